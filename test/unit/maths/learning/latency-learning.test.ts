// Settlements teach a route its latency: body, tail, stuck mode; chains that stall hold up all of their routes.
import { describe, expect, test } from 'vitest'
import { latencyBelief, remaining } from '../../../../agent/maths/learning/latency-belief.ts'
import {
  type Arrival,
  type LatencyLearning,
  latencyUnseen,
  learnLatency,
} from '../../../../agent/maths/learning/latency-learning.ts'
import { latencyPrior, lognormalPrior, stuckBeyond } from '../../../../agent/maths/learning/latency-prior.ts'
import { afterArrival, STALL_SHARE, type StallBelief, stallOdds } from '../../../../agent/maths/learning/stalls.ts'
import { atomsOf, type Latency, meanTime } from '../../../../agent/maths/risk/latency.ts'
import { chance } from '../../../../agent/maths/risk/random.ts'

const prior = latencyPrior(960, 1042, 1126)
const calm = { at: 0, state: 'calm', stallOdds: 0 } as const
const HOUR = 3_600_000

const arrived = (seconds: number, at = 0): Arrival => ({ type: 'arrived', at, seconds })

const taughtBy = (arrivals: readonly Arrival[], from = latencyUnseen(prior)): LatencyLearning =>
  arrivals.reduce(learnLatency, from)

/** Settlement times of a lognormal route. */
function times(count: number, median: number, s = 0.2): number[] {
  const from = chance(5)
  return Array.from({ length: count }, () => median * Math.exp(s * from.normal()))
}

/** The time by which a share of settlements arrives. */
function quantile(latency: Latency, share: number): number {
  const { points, weights } = atomsOf(latency)
  const order = [...points.keys()].sort((a, b) => (points[a] ?? 0) - (points[b] ?? 0))
  let below = 0
  for (const i of order) {
    below += weights[i] ?? 0
    if (below >= share) return points[i] ?? 0
  }
  return Number.NaN
}

describe('a route on which nothing settled', () => {
  test('has the quartiles that were published, and one stuck in two hundred', () => {
    const belief = latencyBelief(latencyUnseen(prior), calm)
    expect(quantile(belief.body, 0.25) / 960).toBeCloseTo(1, 1)
    expect(quantile(belief.body, 0.5) / 1042).toBeCloseTo(1, 1)
    expect(quantile(belief.body, 0.75) / 1126).toBeCloseTo(1, 1)
    expect(belief).toMatchObject({
      stuckOdds: 0.005,
      stuck: { type: 'lognormal', median: expect.closeTo(7200, 6) },
      version: 0,
      effectiveSample: 0,
      learned: 0,
    })
  })

  test('is refused a prior whose quartiles are out of order', () => {
    expect(() => latencyPrior(10, 5, 20)).toThrow(expect.objectContaining({ reason: 'out-of-range' }))
    expect(() => latencyPrior(0, 5, 20)).toThrow(expect.objectContaining({ reason: 'out-of-range' }))
  })
})

describe('the body', () => {
  test('moves from the prior to what settles, without a step', () => {
    const shares = [0, 30, 100, 299, 300, 600].map(
      (count) => latencyBelief(taughtBy(times(count, 300).map((time) => arrived(time))), calm).learned,
    )
    expect(shares.map((share) => Math.round(100 * share) / 100)).toEqual([0, 0.27, 0.7, 1, 1, 1])
  })

  test('is what settled once enough has', () => {
    const belief = latencyBelief(taughtBy(times(600, 300).map((time) => arrived(time))), calm)
    expect(quantile(belief.body, 0.5) / 300).toBeCloseTo(1, 1)
    expect(quantile(belief.body, 0.99) / (300 * Math.exp(0.2 * 2.326))).toBeCloseTo(1, 0)
  })

  test('goes back to the prior when nothing settles for months', () => {
    const learned = taughtBy(times(400, 300).map((time) => arrived(time)))
    expect(latencyBelief(learned, { ...calm, at: 120 * 24 * HOUR }).learned).toBeLessThan(0.05)
  })

  test('takes bounded room, however much settles', () => {
    const many = taughtBy(times(4000, 300, 1.5).map((time) => arrived(time)))
    expect(many.body.length).toBeLessThan(450)
  })

  test('has a tail that reaches beyond what was seen, but not beyond the timeout', () => {
    const from = chance(9)
    const heavy = Array.from({ length: 1500 }, () => 200 + 30 * (from.uniform() ** -0.4 - 1))
    const prior_ = lognormalPrior(260, 0.2, { timeout: 900 })
    const belief = latencyBelief(
      taughtBy(
        heavy.map((time) => arrived(time)),
        latencyUnseen(prior_),
      ),
      calm,
    )
    const truth = 200 + 30 * (0.01 ** -0.4 - 1)
    expect(quantile(belief.body, 0.99) / truth).toBeGreaterThan(0.85)
    expect(quantile(belief.body, 0.99) / truth).toBeLessThan(1.2)
    expect(Math.max(...atomsOf(belief.body).points)).toBeLessThanOrEqual(900)
  })
})

describe('a settlement that hangs', () => {
  const late = { type: 'late', at: 0 } as const

  test('counts before it arrives, and not again when it does', () => {
    const told = taughtBy([late])
    expect(latencyBelief(told, calm).stuckOdds).toBeCloseTo(2 / 201, 12)
    const freed = learnLatency(told, { type: 'arrived', at: 0, seconds: 20_000, told: true })
    expect(latencyBelief(freed, calm).stuckOdds).toBeCloseTo(2 / 201, 12)
    expect(latencyBelief(freed, calm).stuck.median).toBeGreaterThan(7200)
  })

  test('is rarer on a route where none did', () => {
    const smooth = taughtBy(times(200, 1000, 0.1).map((time) => arrived(time)))
    expect(latencyBelief(smooth, calm).stuckOdds).toBeCloseTo(0.0025, 12)
  })

  test('is likelier in stress, twice and five times', () => {
    const odds = (['calm', 'triggered', 'cascade'] as const).map(
      (state) => latencyBelief(latencyUnseen(prior), { ...calm, state }).stuckOdds,
    )
    expect(odds).toEqual([0.005, 0.01, 0.025])
  })

  test('has not nearly arrived because it is old', () => {
    const belief = latencyBelief(latencyUnseen(prior), calm)
    const left = [0, 1000, 4 * 1042].map((age) => meanTime(atomsOf(remaining(belief, age))))
    expect(left[1]).toBeGreaterThan(100)
    expect(left[2]).toBeGreaterThan(left[0] ?? 0)
  })

  test('does not enter the body', () => {
    expect(taughtBy([arrived(stuckBeyond(prior) + 1)]).body).toEqual([])
  })
})

describe('a settlement time is refused', () => {
  const before = taughtBy([arrived(1000)])
  test.each([
    ['that is no number', arrived(Number.NaN)],
    ['of zero', arrived(0)],
    ['below zero', arrived(-3)],
    ['of a year', arrived(31_536_000)],
    ['without an end', arrived(1000, Number.NaN)],
  ])('%s', (_, arrival) => {
    expect(learnLatency(before, arrival)).toEqual({ ...before, refused: 1 })
  })

  test('never makes what was learned younger', () => {
    const learned = taughtBy([arrived(1000, 5 * HOUR), arrived(1000, HOUR)])
    expect(learned.at).toBe(5 * HOUR)
    expect(learned.smooth).toBe(2)
  })
})

describe('a chain', () => {
  const lates = (count: number): StallBelief | undefined =>
    Array.from({ length: count }, (_, i) => i * 1000).reduce<StallBelief | undefined>(
      (belief, at) => afterArrival(belief, at, true),
      undefined,
    )

  test('stalls when several settlements are late at once, whatever their route', () => {
    const odds = [0, 1, 2, 3].map((count) => stallOdds(lates(count), 3000))
    expect(odds[0]).toBe(STALL_SHARE)
    expect(odds[1]).toBeLessThan(0.1)
    expect(odds[3]).toBeGreaterThan(0.9)
  })

  test('runs again once some come in time, and in any case some hours later', () => {
    const stalled = lates(3)
    const inTime = [5000, 6000, 7000].reduce<StallBelief | undefined>(
      (belief, at) => afterArrival(belief, at, false),
      stalled,
    )
    expect(stallOdds(inTime, 7000)).toBeLessThan(0.2)
    expect(stallOdds(stalled, 24 * HOUR)).toBeLessThan(0.01)
  })

  test('that stalls makes every settlement through it likely to hang', () => {
    const belief = latencyBelief(latencyUnseen(prior), { ...calm, stallOdds: stallOdds(lates(3), 3000) })
    expect(belief.stuckOdds).toBeGreaterThan(0.8)
    expect(belief.stuckOdds).toBeLessThanOrEqual(0.9)
  })

  test('keeps its odds through a time that is no number', () => {
    expect(afterArrival(lates(3), Number.NaN, true)).toEqual(lates(3))
  })
})
