// A feed teaches its volatility, its jumps and its state; what cannot be trusted is refused by a stated rule.
import { describe, expect, test } from 'vitest'
import { gapOf, type PriceBelief, priceBelief, sameBelief } from '../../../../agent/maths/learning/price-belief.ts'
import { learnPrice, type PriceTick } from '../../../../agent/maths/learning/price-learning.ts'
import { PRICE_TERMS, type PriceTerms } from '../../../../agent/maths/learning/price-terms.ts'
import { returnLaw } from '../../../../agent/maths/risk/law.ts'
import { tailOf } from '../../../../agent/maths/risk/loss.ts'
import { MINUTE, taught, walk } from './histories.ts'

/** What is believed after prices, so long after the last of them. */
function believed(ticks: readonly PriceTick[], later = 0, terms: PriceTerms = PRICE_TERMS): PriceBelief {
  const belief = priceBelief(taught(ticks, terms), (ticks.at(-1)?.at ?? 0) + later, terms)
  if (belief.type === 'untrusted') throw new RangeError(`expected a belief, found ${belief.reason}`)
  return belief
}

/** A walk that then falls by a share within so many minutes. */
function crash(share: number, minutes: number): PriceTick[] {
  const before = walk(600)
  const last = before.at(-1) ?? { at: 0, price: 1 }
  const fall = Array.from({ length: minutes }, (_, i) => ({
    at: last.at + (i + 1) * MINUTE,
    price: last.price * (1 - (share * (i + 1)) / minutes),
  }))
  return [...before, ...fall]
}

/** One-per-cent quantile of the return over a quarter of an hour. */
const worst = (belief: PriceBelief): number => tailOf(returnLaw(gapOf(belief, { type: 'fixed', l: 900 }), 24), 0.01).q

describe('volatility', () => {
  test.each([0.2, 0.6, 2])('of %d a year is found within a day', (sigma) => {
    const { volatility } = believed(walk(1440, { sigma }))
    expect(volatility / sigma).toBeGreaterThan(0.75)
    expect(volatility / sigma).toBeLessThan(1.4)
  })

  test('is known from the first half hour of prices every half minute, between prior and truth', () => {
    const terms = { ...PRICE_TERMS, spacing: MINUTE / 2 }
    const { volatility, effectiveSample } = believed(walk(72, { sigma: 1.4, spacing: MINUTE / 2 }), 0, terms)
    expect(volatility).toBeGreaterThan(PRICE_TERMS.volatility)
    expect(volatility).toBeLessThan(1.6)
    expect(effectiveSample).toBeLessThan(72)
  })

  test('is the prior before the second price', () => {
    const belief = believed(walk(1))
    expect(belief.volatility / PRICE_TERMS.volatility).toBeCloseTo(1, 0)
    expect(belief).toMatchObject({ state: 'calm', version: 1, effectiveSample: 0, age: 0, stale: false })
  })

  test('is not swollen for long by one crash', () => {
    const [ticks, quiet] = [walk(900), walk(900)]
    const crashed = ticks.map(({ at, price }, i) => ({ at, price: i > 600 ? price * 0.85 : price }))
    expect(believed(crashed).volatility).toBeLessThan(1.5 * believed(quiet).volatility)
  })
})

test('however wild the prices, a law can be made of what is believed', () => {
  const before = walk(60)
  const last = before.at(-1) ?? { at: 0, price: 1 }
  const wild = Array.from({ length: 40 }, (_, i) => ({
    at: last.at + (i + 1) * MINUTE,
    price: i % 2 === 0 ? 900 : 100,
  }))
  for (const later of [0, 3 * MINUTE]) {
    const belief = believed([...before, ...wild], later)
    expect(belief.volatility).toBeLessThanOrEqual(60)
    expect(worst(belief)).toBeLessThan(0)
  }
})

describe('the state of a market', () => {
  test.each([
    ['calm', 0.001],
    ['triggered', 0.009],
    ['cascade', 0.08],
  ] as const)('is %s when half an hour took %d of the price', (state, share) => {
    expect(believed(crash(share, 20)).state).toBe(state)
  })

  test('fattens the lower tail beyond what volatility does', () => {
    const [calm, cascade] = [believed(walk(600)), believed(crash(0.08, 20))]
    expect(worst(cascade) / cascade.volatility).toBeLessThan(worst(calm) / calm.volatility)
  })

  test('ends half an hour after the fall', () => {
    const ticks = crash(0.08, 20)
    const [last = { at: 0, price: 1 }] = ticks.slice(-1)
    const after = walk(40, { seed: 3 }).map(({ at, price }) => ({
      at: last.at + at + MINUTE,
      price: (last.price * price) / 2000,
    }))
    expect(believed([...ticks, ...after]).state).toBe('calm')
  })
})

describe('jumps', () => {
  const every = (hours: number, size: number): PriceTick[] => {
    let level = 1
    return walk(7 * 1440).map(({ at, price }, i) => {
      if (i % (60 * hours) === 59) level *= size
      return { at, price: price * level }
    })
  }

  test('make more of them likelier', () => {
    expect(believed(every(2, 0.985)).model.lambda).toBeGreaterThan(1.2 * believed(walk(7 * 1440)).model.lambda)
  })

  test('that all go down make the next one likelier to go down, and larger', () => {
    const [falling, quiet] = [believed(every(2, 0.985)), believed(walk(7 * 1440))]
    expect(falling.model.p).toBeLessThan(quiet.model.p)
    expect(falling.model.eta2).toBeLessThan(quiet.model.eta2)
  })
})

describe('a price is refused and counted', () => {
  const before = taught(walk(60))
  const last = before.merged
  test.each([
    ['that is no number', { at: 60 * MINUTE, price: Number.NaN }, 'not-a-number'],
    ['that is infinite', { at: 60 * MINUTE, price: Infinity }, 'not-a-number'],
    ['of zero', { at: 60 * MINUTE, price: 0 }, 'out-of-range'],
    ['below zero', { at: 60 * MINUTE, price: -5 }, 'out-of-range'],
    ['a thousand times the last', { at: 60 * MINUTE, price: last.price * 1000 }, 'out-of-range'],
    ['a thousandth of the last', { at: 60 * MINUTE, price: last.price / 1000 }, 'out-of-range'],
    ['from before the last', { at: 30 * MINUTE, price: last.price }, 'clock-backwards'],
    ['without a time', { at: Number.NaN, price: last.price }, 'not-a-number'],
  ])('%s', (_, tick, reason) => {
    expect(learnPrice(before, tick, PRICE_TERMS)).toEqual({ ...before, refused: { reason, count: 1 } })
  })

  test.each([2000, 1])('while nothing was learned, and the first sound one, of %d, is learned from', (price) => {
    const nothing = learnPrice(undefined, { at: 0, price: Number.NaN }, PRICE_TERMS)
    expect(priceBelief(nothing, 0, PRICE_TERMS)).toEqual({ type: 'untrusted', reason: 'price-unseen' })
    const sound = learnPrice(nothing, { at: MINUTE, price }, PRICE_TERMS)
    expect(sound).toEqual(learnPrice(undefined, { at: MINUTE, price }, PRICE_TERMS))
  })

  test('of our own source, without a word about the merged one', () => {
    const next = learnPrice(before, { at: 60 * MINUTE, price: last.price * 1.001, own: -1 }, PRICE_TERMS)
    expect(next.own).toBe(before.own)
    expect(next.version).toBe(before.version + 1)
  })
})

describe('a price that was refused long enough', () => {
  test('is an anchor once nothing else was heard, and makes no return', () => {
    const before = taught(walk(60))
    const [sigma, price] = [before.merged.variances, before.merged.price * 1000]
    const ticks = Array.from({ length: 14 }, (_, i) => ({ at: (60 + i) * MINUTE, price: price * (1 + i * 1e-5) }))
    const early = ticks.slice(0, 10).reduce((state, tick) => learnPrice(state, tick, PRICE_TERMS), before)
    expect(early.merged).toBe(before.merged)
    expect(priceBelief(early, 70 * MINUTE, PRICE_TERMS)).toEqual({ type: 'untrusted', reason: 'price-refused' })
    const anchored = ticks.slice(0, 11).reduce((state, tick) => learnPrice(state, tick, PRICE_TERMS), before)
    expect(anchored.merged.price).toBeCloseTo(price, -4)
    expect(anchored.merged.variances).toEqual(sigma)
    expect(priceBelief(anchored, 71 * MINUTE, PRICE_TERMS).type).toBe('belief')
  })

  test('because our clock was ahead, sets the clock anew after ten', () => {
    const ahead = taught([...walk(60), { at: 1e12, price: 2000 }])
    const back = walk(80).slice(60)
    const ninth = back.slice(0, 9).reduce((state, tick) => learnPrice(state, tick, PRICE_TERMS), ahead)
    expect(ninth.refused).toEqual({ reason: 'clock-backwards', count: 9 })
    const twelfth = back.slice(0, 12).reduce((state, tick) => learnPrice(state, tick, PRICE_TERMS), ahead)
    expect(twelfth.heardAt).toBe(71 * MINUTE)
    expect(priceBelief(twelfth, 71 * MINUTE, PRICE_TERMS).type).toBe('belief')
  })
})

describe('an old belief', () => {
  const ticks = walk(300)
  const fresh = believed(ticks)

  test('widens: half as much volatility again, three times the jumps', () => {
    const old = believed(ticks, 3 * MINUTE)
    expect(old.stale).toBe(true)
    expect(old.model.sigma).toBeCloseTo(1.5 * fresh.model.sigma, 12)
    expect(old.model.lambda).toBeCloseTo(3 * fresh.model.lambda, 9)
    expect(worst(old)).toBeLessThan(1.4 * worst(fresh))
  })

  test.each([
    ['price-unseen', undefined, 0],
    ['price-stale', taught(ticks), 299 * MINUTE + 10 * MINUTE + 1],
    ['clock-backwards', taught(ticks), 200 * MINUTE],
    ['clock-backwards', taught(ticks), Number.NaN],
  ])('is none: %s', (reason, state, at) => {
    expect(priceBelief(state, at, PRICE_TERMS)).toEqual({ type: 'untrusted', reason })
  })

  test('of a feed that repeats itself is none: frozen', () => {
    const last = ticks.at(-1) ?? { at: 0, price: 1 }
    const frozen = Array.from({ length: 12 }, (_, i) => ({ at: last.at + (i + 1) * MINUTE, price: last.price }))
    expect(priceBelief(taught([...ticks, ...frozen]), last.at + 12 * MINUTE, PRICE_TERMS)).toEqual({
      type: 'untrusted',
      reason: 'price-frozen',
    })
  })
})

describe('two beliefs are the same for a law', () => {
  test('a minute apart in a calm market, not after a crash', () => {
    const [one, next] = [believed(walk(600)), believed(walk(601))]
    expect(sameBelief(one, one)).toBe(true)
    expect(sameBelief(one, next, 0.2)).toBe(true)
    expect(sameBelief(one, believed(crash(0.08, 20)), 0.2)).toBe(false)
  })
})

describe('a gap', () => {
  test('costs more the longer it lasts, and less than its square root once it is long', () => {
    const belief = believed(walk(1440))
    const at = (seconds: number): number =>
      -tailOf(returnLaw(gapOf(belief, { type: 'lognormal', median: seconds, s: 0.2 }), 24), 0.01).q
    const tails = [5, 60, 900, 3600, 14_400].map(at)
    expect(tails.every((tail, i) => i === 0 || tail > (tails[i - 1] ?? 0))).toBe(true)
    expect(tails[0]).toBeGreaterThan(0)
  })

  test('keeps the mean of the price', () => {
    expect(returnLaw(gapOf(believed(crash(0.08, 20)), { type: 'fixed', l: 900 }), 24).mean).toBeCloseTo(1, 9)
  })
})
