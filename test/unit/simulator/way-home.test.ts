import { expect, test } from 'vitest'
import { lawfulWay, mechanicalWay, stoppagesOver, type TrueLaw } from '../../../agent/simulator/way-home.ts'
import { address, MINUTE, SECOND, START } from '../../support/builders.ts'

const law: TrueLaw = { median: 8 * MINUTE, spread: 0.25, stuckOdds: 0.1, stuckMedian: 60 * MINUTE, stuckSpread: 0.5 }
const from = { seed: 7, route: 'fast', timeScale: 60, stoppages: [] }
const slice = (version: bigint) => ({ account: address(1), version })

test('the same slice takes the same time whoever seized it and whenever it is asked', () => {
  const [way, again] = [lawfulWay(law, from), lawfulWay(law, from)]
  expect(again(START, slice(3n))).toBe(way(START, slice(3n)))
  expect(way(START + 500, slice(3n)) - way(START, slice(3n))).toBe(500)
  expect(way(START, slice(4n))).not.toBe(way(START, slice(3n)))
})

test('drawn times have the median and the stuck odds of their law', () => {
  const way = lawfulWay(law, from)
  const seconds = Array.from({ length: 4_000 }, (_, i) => way(0, slice(BigInt(i)))).sort((a, b) => a - b)
  expect(seconds[2_000]).toBeGreaterThan(8 * SECOND)
  expect(seconds[2_000]).toBeLessThan(8.6 * SECOND)
  expect(seconds.filter((time) => time > 20 * SECOND).length / 4_000).toBeCloseTo(0.1, 1)
})

test('what would end while the chain stands still ends when it moves again', () => {
  const still = lawfulWay(law, { ...from, stoppages: [{ from: START, to: START + 90 * SECOND }] })
  expect(still(START, slice(3n))).toBe(START + 90 * SECOND)
})

test('stoppages come in order and never overlap', () => {
  const all = stoppagesOver([0, 1_000 * MINUTE], {
    seed: 3,
    chain: 'vaults',
    every: 20 * MINUTE,
    median: MINUTE,
    spread: 0.5,
  })
  expect(all.length).toBeGreaterThan(20)
  for (const [i, one] of all.entries()) expect(one.from).toBeGreaterThanOrEqual(all[i - 1]?.to ?? 0)
})

test('a way of blocks: finality, the root, its delay, the pause of the route, and the vault chain', () => {
  const blocks = {
    opensAt: START,
    engineBlock: SECOND,
    engineFinality: 2,
    attestation: 300,
    delay: 0,
    vaultBlock: 2 * SECOND,
    vaultFinality: 1,
    stoppages: [],
  }
  expect(mechanicalWay(blocks)(START, slice(1n)) - START).toBe(6 * SECOND)
  expect(mechanicalWay({ ...blocks, delay: 5 * SECOND })(START, slice(1n)) - START).toBe(12 * SECOND)
  const paused = { ...blocks, stoppages: [{ from: START + 3 * SECOND, to: START + 9 * SECOND }] }
  expect(mechanicalWay(paused)(START, slice(1n)) - START).toBe(12 * SECOND)
})
