// A root that never was: a header over a state of one account with one slot, signed by a whole quorum of attestors.
import { type Hex, keccak256, pad, toHex, toRlp } from 'viem'
import { evidenceOf } from '../../adapters/chain/sources/headers.ts'
import { signerOf } from '../../adapters/signer/local-signer.ts'
import type { SingleSource } from '../../domain/network.ts'
import { depositedSlot } from '../../maths/slots.ts'
import { SOURCE_ARTEFACTS } from '../../suite/sources.ts'
import { openBurst } from '../burst.ts'
import { ownersOf } from '../owners.ts'
import type { Acting, Lie } from './theatre.ts'

/** Submits and anchors the root; answers the evidence under it. */
export async function signForgedRoot(
  source: Extract<SingleSource, { readonly kind: 'attested' }>,
  { place, account, token, units }: Lie,
  { deployment, scenario }: Pick<Acting, 'deployment' | 'scenario'>,
): Promise<Hex> {
  const { vault, site, engine } = place
  const storage = leaf(keccak256(depositedSlot(account, token, keccak256)), toRlp(toHex(units)))
  const state = leaf(keccak256(vault.vault), toRlp([toHex(1n), '0x', keccak256(storage), keccak256('0x')]))
  const tip = await site.chain.rpc.request<{ readonly number: Hex; readonly timestamp: Hex }>('eth_getBlockByNumber', [
    'latest',
    false,
  ])
  const number = BigInt(tip.number) + AHEAD
  const header = headerOf({ number, time: BigInt(tip.timestamp), root: keccak256(state) })
  const block = { chain: vault.chain, number, hash: keccak256(header) }
  const corrupt = deployment.seats.filter((seat) => seat.attest).slice(0, scenario.bonds.threshold)
  const signers = [...corrupt].sort((a, b) => (a.operator.toLowerCase() < b.operator.toLowerCase() ? -1 : 1))
  const signatures = await Promise.all(
    signers.map(({ key }) => signerOf(key).signStatement({ kind: 'attestation', ...block })),
  )
  const { owner } = await ownersOf(engine.chain)
  const burst = await openBurst(engine.chain, owner, 'interval')
  const oracle = { to: source.at, abi: SOURCE_ARTEFACTS.RootOracle.abi }
  burst.call({ ...oracle, name: 'submit', args: [header, signatures] })
  burst.call({ ...oracle, name: 'anchor', args: [number, vault.vault, [state]] })
  await burst.flush()
  return evidenceOf(number, [storage])
}

/** Far enough ahead that no honest block of the run has this height. */
const AHEAD = 100_000n

function headerOf({ number, time, root }: { readonly number: bigint; readonly time: bigint; readonly root: Hex }): Hex {
  const fields: Hex[] = Array.from({ length: 16 }, (): Hex => '0x')
  fields[0] = pad('0x00')
  fields[3] = root
  fields[8] = toHex(number)
  fields[11] = toHex(time)
  return toRlp(fields)
}

/** A trie of one leaf: an even path of the whole key. */
const leaf = (key: Hex, value: Hex): Hex => toRlp([`0x20${key.slice(2)}`, value])
