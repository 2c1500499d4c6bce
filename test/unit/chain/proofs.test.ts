// Proofs outlive what nodes remember.
import { expect, test } from 'vitest'
import type { Counter } from '../../../agent/adapters/chain/sources/counter.ts'
import { isProvable, PROOF_GONE, proofOf } from '../../../agent/adapters/chain/sources/proofs.ts'
import { unavailable } from '../../../agent/domain/errors.ts'
import { chainId } from '../../../agent/domain/units.ts'
import type { ChainReader } from '../../../agent/ports/chain.ts'
import { address, anchor } from '../../support/builders.ts'
import { fakeChain } from '../../support/fake-chain.ts'

const counters: readonly Counter[] = [{ of: 'owed', who: address(1), asset: address(2) }]
const broken = unavailable('E_RPC_QUORUM', 'nobody answers', 'wait')

/** A node that proves the newest blocks of a chain that goes on. */
function ground(tip: { number: bigint }, remembers = 128n) {
  let asked = 0
  const proof: ChainReader['proof'] = async (of, slots, number) => {
    asked++
    if (tip.number - number > remembers) throw broken
    return { address: of, accountProof: ['0x01'], slots: slots.map((key) => ({ key, proof: [] })) }
  }
  const latest = async () => ({ ...anchor(tip.number), timestamp: 0n })
  const reader = { ...fakeChain(chainId(31_337)), proof, latest: latest as unknown as ChainReader['latest'] }
  return { on: { other: { reader, finality: 1 }, origin: address(9) }, asked: () => asked }
}

test('what was proven once is there when no node remembers it, and is asked for anew while one does', async () => {
  const tip = { number: 100n }
  const { on, asked } = ground(tip)
  await proofOf(on, counters, 99n)
  const last = await proofOf(on, counters, 99n)
  expect(asked()).toBe(2)
  tip.number = 1_000n
  expect(await proofOf(on, counters, 99n)).toBe(last)
  expect(await isProvable(on, 99n)).toBe(false)
})

test('what no node remembers is told apart from a node that is down', async () => {
  const { on } = ground({ number: 1_000n })
  await expect(proofOf(on, counters, 99n)).rejects.toMatchObject({ code: PROOF_GONE, remedy: 'retry' })
  expect(await isProvable(on, 99n)).toBe(false)
  const silent = ground({ number: 100n }, -1n)
  await expect(proofOf(silent.on, counters, 99n)).rejects.toBe(broken)
  await expect(isProvable(silent.on, 99n)).rejects.toBe(broken)
})

test('the newest are kept, and no more of them than a chain needs', async () => {
  const tip = { number: 1_000n }
  const { on } = ground(tip, 10_000n)
  for (let number = 1n; number <= 300n; number++) await proofOf(on, counters, number)
  tip.number = 100_000n
  await expect(proofOf(on, counters, 300n)).resolves.toBeDefined()
  await expect(proofOf(on, counters, 1n)).rejects.toMatchObject({ code: PROOF_GONE })
})
