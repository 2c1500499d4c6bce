// A margin state proven by a real node: storage is written on a devnet, proven by eth_getProof, rebuilt by the receiver.
import { keccak256, numberToHex } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type HeaderFields, headerRlp } from '../../agent/adapters/chain/header.ts'
import { proveState } from '../../agent/adapters/gossip/state-proof.ts'
import type { MarginAccount } from '../../agent/domain/market.ts'
import type { ProvenState, StorageProof } from '../../agent/domain/message.ts'
import { accountSlots, type ContractSlots } from '../../agent/maths/slots.ts'
import { type Anvil, startAnvil } from '../support/anvil.ts'
import { ENGINE, network } from '../unit/gossip/builders.ts'
import { account, storageOf } from '../unit/gossip/state-builder.ts'

let chain: Anvil
beforeAll(async () => {
  chain = await startAnvil({ chainId: ENGINE })
})
afterAll(() => chain.stop())

test('an account proven by a node is rebuilt, absent slots and empty contracts included', async () => {
  for (const trader of [account(), account({ credit: [], positions: [], mode: 'cross' })]) {
    await write(trader)
    const state = await prove(trader)
    const anchor = { chain: ENGINE, number: state.number, hash: state.hash }
    expect(await proveState(state, network())).toEqual({ kind: 'proven', account: { ...trader, anchor } })
  }
})

async function write(trader: MarginAccount): Promise<void> {
  for (const [contract, words] of storageOf(trader)) {
    await chain.ask('anvil_setCode', contract, '0x00')
    for (const [slot, value] of words)
      await chain.ask('anvil_setStorageAt', contract, slot, numberToHex(value, { size: 32 }))
  }
  await chain.ask('evm_mine')
}

async function prove(trader: MarginAccount): Promise<ProvenState> {
  const block = (await chain.ask('eth_getBlockByNumber', 'latest', false)) as HeaderFields & { number: `0x${string}` }
  const header = headerRlp(block)
  const places = accountSlots(trader, network(), keccak256)
  const proofs = await Promise.all(places.map((place) => proofOf(place, block.number)))
  const { engine, id, version } = trader
  return { engine, account: id, version, number: BigInt(block.number), hash: keccak256(header), header, proofs }
}

async function proofOf({ address, slots }: ContractSlots, number: string): Promise<StorageProof> {
  const answer = (await chain.ask('eth_getProof', address, slots, number)) as {
    readonly accountProof: StorageProof['accountProof']
    readonly storageProof: readonly { readonly proof: StorageProof['accountProof'] }[]
  }
  const proven = slots.map((key, index) => ({ key, proof: answer.storageProof[index]?.proof ?? [] }))
  return { address, accountProof: answer.accountProof, slots: proven }
}
