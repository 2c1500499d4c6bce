// Proofs of what mirrors owe on a fork of their engine. A fork knows no state root: the words are read from it and put under
// a header of the drill's own, which the drill's attestors sign.
import { type Address, type Hex, keccak256, numberToHex } from 'viem'
import type { ChainLink } from '../../adapters/chain/link.ts'
import { smallState } from '../../adapters/chain/small-state.ts'
import type { Elsewhere } from '../../adapters/chain/sources/testimony.ts'
import type { Network, VaultDeployment } from '../../domain/network.ts'
import { owedSlot } from '../../maths/slots.ts'
import type { AttestedHeader } from '../../ports/chain.ts'
import { type Fork, read } from './fork.ts'
import { attest } from './powers.ts'

/** One block of a fork, and everything that it proves. */
export type Prover = {
  readonly number: bigint
  readonly reader: Elsewhere['reader']
  attested(network: Network): Promise<AttestedHeader>
}

type Proving = {
  readonly vaults: readonly VaultDeployment[]
  readonly beneficiary: Address
  readonly link: ChainLink
  readonly finality: number
}

/** The newest block of the fork as a prover of all that a beneficiary is owed. */
export async function proverOf(fork: Fork, { vaults, beneficiary, link, finality }: Proving): Promise<Prover> {
  const head = await link.reader.latest()
  const words = new Map<Address, Map<Hex, bigint>>()
  for (const { mirror, assets } of vaults) {
    const slots = words.get(mirror) ?? new Map<Hex, bigint>()
    for (const { token } of assets) {
      const slot = owedSlot(beneficiary, token, keccak256)
      slots.set(slot, await read(fork, mirror, slot))
    }
    words.set(mirror, slots)
  }
  const block = await fork.rpc.request<Readonly<Record<string, unknown>>>('eth_getBlockByNumber', [
    numberToHex(head.number),
    false,
  ])
  const { header, hash, proof } = await smallState(block, words)
  const { number } = head
  return {
    number,
    reader: {
      // So many blocks stand on top of it as make it final.
      ...{ id: fork.id, latest: async () => ({ ...head, number: number + BigInt(finality) }) },
      header: async () => ({ rlp: header, head: { ...head, hash } }),
      proof: (address, slots) => proof(address, slots),
    },
    attested: async (network) => {
      const attestations = await attest(network, { chain: fork.id, number, hash })
      return { chain: fork.id, number, header, attestations }
    },
  }
}
