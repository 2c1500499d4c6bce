// What a fault campaign stands on: a plan that is what its figures say, and a pool that takes what geth takes.
import { describe, expect, test } from 'vitest'
import { signerOf } from '../../../agent/adapters/signer/local-signer.ts'
import { chainId } from '../../../agent/domain/units.ts'
import { seeded } from '../../../agent/simulator/scenario/random.ts'
import { type Aim, openAim } from '../../../agent/swarm/chaos/aim.ts'
import { DEEP, planOf } from '../../../agent/swarm/chaos/plan.ts'
import { POINTS } from '../../../agent/swarm/chaos/points.ts'
import { openPool } from '../../../agent/swarm/chaos/pool.ts'
import { FINALITY } from '../../../agent/swarm/chaos/scene.ts'

const forks = (plan: ReturnType<typeof planOf>) =>
  plan.flatMap(({ troubles }) => troubles.flatMap((trouble) => (trouble.kind === 'reorg' ? [trouble] : [])))

describe('a plan of a thousand kills', () => {
  const plan = planOf({ kills: 1_000, seed: 7 })

  test('ends half of the lives at points, the others at a random moment', () => {
    expect(plan.filter(({ end }) => end.kind === 'point').length).toBe(500)
    expect(plan.filter(({ end }) => end.kind === 'moment').length).toBe(500)
  })

  test('forks the chains at least five hundred times, never as deep as finality', () => {
    const depths = forks(plan).map(({ depth }) => depth)
    expect(depths.length).toBeGreaterThanOrEqual(500)
    expect([Math.min(...depths), Math.max(...depths)]).toEqual([1, FINALITY - 1])
  })

  test('is the same plan again from the same seed, and another from another', () => {
    expect(planOf({ kills: 1_000, seed: 7 })).toEqual(plan)
    expect(planOf({ kills: 1_000, seed: 8 })).not.toEqual(plan)
  })
})

test('a plan of deep reorganisations has exactly as many as it says, all beyond finality', () => {
  const plan = planOf({ kills: 100, seed: 1, reorgs: 0.5, depth: DEEP, points: [], troubles: ['reorg'] })
  const deep = forks(plan).filter(({ depth }) => depth > FINALITY)
  expect(deep.length).toBe(50)
})

describe('the aim', () => {
  /** Lives that end at the first point that they are armed with. */
  const shoot = (aim: Aim, lives: number): Readonly<Record<string, number>> => {
    const counts: Record<string, number> = {}
    for (let i = 0; i < lives; i++) {
      const [point] = aim.next()
      if (point === undefined) throw new Error('a life is armed with no point')
      counts[point] = (counts[point] ?? 0) + 1
      aim.hit(point)
    }
    return counts
  }

  test('hits every point as often as any other, however early a life comes by', () => {
    const counts = shoot(openAim(POINTS, new Map(), seeded(7, 'aim')), 500)
    expect(counts).toEqual(Object.fromEntries(POINTS.map((point) => [point, 20])))
  })

  test('makes up for what earlier worlds missed', () => {
    const known = new Map(POINTS.map((point) => [point, point === 'event:claim:sold' ? 3 : 20]))
    expect(shoot(openAim(POINTS, known, seeded(7, 'aim')), 17)).toEqual({ 'event:claim:sold': 17 })
  })
})

describe('the memory pool', () => {
  const signer = signerOf(`0x${'11'.repeat(32)}`)
  const signed = (nonce: number, fee: bigint) =>
    signer.signTransaction({
      ...{ chain: chainId(31_337), nonce, to: signer.address, value: 0n, data: '0x', gas: 21_000n },
      ...{ maxFee: fee, tip: fee },
    })

  test('takes a replacement for a tenth more on both fees, and not for less', async () => {
    const pool = openPool()
    expect(typeof pool.offer(await signed(0, 100n), 0)).toBe('object')
    expect(pool.offer(await signed(0, 100n), 0)).toBe('already known')
    expect(pool.offer(await signed(0, 109n), 0)).toBe('replacement transaction underpriced')
    expect(typeof pool.offer(await signed(0, 110n), 0)).toBe('object')
    expect(pool.waiting().map(({ maxFee }) => maxFee)).toEqual([110n])
  })

  test('gives a block what pays its base fee, in the order of nonces and up to the first gap', async () => {
    const pool = openPool()
    for (const [nonce, fee] of [
      [2, 9n],
      [0, 9n],
      [1, 9n],
      [4, 9n],
    ] as const)
      pool.offer(await signed(nonce, fee), 0)
    expect(pool.ready(0, 5n).map(({ nonce }) => nonce)).toEqual([0, 1, 2])
    expect(pool.ready(0, 10n)).toEqual([])
    pool.prune(2)
    expect(pool.waiting().map(({ nonce }) => nonce)).toEqual([2, 4])
    expect(pool.offer(await signed(1, 50n), 2)).toBe('nonce too low')
  })
})
