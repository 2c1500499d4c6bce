// What a venue, a feed or our own clock may do to prices, and why nothing is bid on it. F.. are numbers of the fault matrix.
import { describe, expect, test } from 'vitest'
import { createCore, type Effect, type Input } from '../../../agent/core/core.ts'
import { type Instant, instant } from '../../../agent/domain/units.ts'
import {
  account,
  batch,
  ENGINE,
  engineTerms,
  entry,
  ladder,
  only,
  opening,
  PUBLISHERS,
  play,
  pools,
  ripe,
  SECOND,
  START,
  seatOf,
  secondsIn,
  setup,
  takeAll,
  usd,
} from '../../support/builders.ts'

const eager = () => createCore(setup({ seats: [seatOf(takeAll)] }))
const maxAge = engineTerms().priceMaxAge
const reasons = (effects: readonly Effect[]) => only(effects, 'decided').map(({ decision }) => decision.reason)

/** Every publisher's price of ETH at a moment, each its own. */
const ticks = (prices: readonly number[], sequence: Instant, at = sequence): readonly Input[] =>
  prices.map((ether, i) => {
    const publisher = PUBLISHERS[i] ?? PUBLISHERS[0]
    const entries = [entry(0, ether), entry(1, ether * 24), entry(2, 60, { shocks: ladder(300) })]
    return { at, kind: 'prices', batch: batch({ publisher, sequence, entries }) }
  })

describe('F13: one of three venues moves tenfold within a minute', () => {
  test.each([
    ['up', 10, 2_700, account({ cash: usd(236_000), positions: [{ instrument: 0, size: usd(-100) }] })],
    ['down', 1 / 10, 2_400, account()],
  ])('%s, and nobody is bid on for it', (_where, factor, believed, held) => {
    const core = eager()
    const walk = Array.from({ length: 61 }, (_, second) =>
      ticks([2_500 * factor ** (second / 60), 2_500, 2_501], secondsIn(second)),
    )
    const effects = play(core, [...opening(2_500, held), ...walk.flat()])
    expect([...only(effects, 'found'), ...only(effects, 'submit')]).toEqual([])
    // The same account is bid on once all of them say so.
    const all = play(core, ticks([believed, believed, believed], secondsIn(62)))
    expect(only(all, 'found')).toHaveLength(1)
  })
})

describe('F14: publishers whom the market contradicts', () => {
  /** The official price of ether goes up and down by a dollar, and is 2.85 % below what it trades at. */
  const official = (block: number) => 2_400 + (block % 3)
  const market = (block: number) => official(block) / 0.9715
  const bounded = (bound: number, act: 'halt' | 'alarm') =>
    createCore(setup({ seats: [seatOf(takeAll)], protections: { ...setup().protections, market: { bound, act } } }))
  const spoken = (block: number) => {
    const said = official(block)
    return ticks([said, said, said], secondsIn(block))
  }
  /** Fifty blocks of pools beside publishers who go on saying the same. */
  const blocks = (prices: (block: number) => readonly Input[], first = 1) =>
    Array.from({ length: 50 }, (_, i) => [...spoken(first + i), ...prices(first + i)]).flat()
  const both = (ether: (block: number) => number) => (block: number) =>
    ['vault-fast', 'vault-slow'].map((vault) => pools(secondsIn(block), BigInt(block), ether(block), vault))
  const calm = opening(official(0)).filter(({ kind }) => kind !== 'account')
  const fallen = (second: number): Input => ({
    ...{ at: secondsIn(second), kind: 'account', account: ripe(), source: 'own' },
  })

  test('within the bound are believed for fifty blocks', () => {
    const core = bounded(0.03, 'halt')
    expect(only(play(core, [...calm, ...blocks(both(market))]), 'halted')).toEqual([])
    expect(only(play(core, [fallen(51)]), 'submit')).toHaveLength(1)
  })

  test('beyond it stop every bid from the third block on, until an operator looked', () => {
    const core = bounded(0.02, 'halt')
    const stops = only(play(core, [...calm, ...blocks(both(market))]), 'halted').map(({ halt }) => halt)
    const detail = `2 of its pools trade feed 0 of engine ${ENGINE} 2.93 % from what publishers say`
    expect(stops).toEqual([{ reason: 'market-divergence', at: secondsIn(3), detail }])
    const meanwhile = play(core, [fallen(51), ...blocks(both(official), 51)])
    expect([only(meanwhile, 'submit'), reasons(meanwhile)]).toEqual([[], ['halted']])
    const after = play(core, [{ at: secondsIn(101), kind: 'resume' }, ...spoken(102)])
    expect(only(after, 'submit')).toHaveLength(1)
  })

  test('raise one alarm and no more where the operator wants to be told only', () => {
    const core = bounded(0.02, 'alarm')
    const effects = play(core, [...calm, ...blocks(both(market))])
    expect(only(effects, 'halted')).toEqual([])
    expect(only(effects, 'alarm').map(({ code }) => code)).toEqual(['W_MARKET_DIVERGENCE'])
    expect(only(play(core, [fallen(51)]), 'submit')).toHaveLength(1)
  })

  const first = (block: number, ether: number) => pools(secondsIn(block), BigInt(block), ether)
  test.each([
    ['one of two pools', (block: number) => both(official)(block).with(0, first(block, market(block)))],
    ['pools on opposite sides', (block: number) => both(market)(block).with(0, first(block, 2_000))],
    ['two blocks of three', (block: number) => both(block % 3 === 0 ? official : market)(block)],
    ['the same block again and again', (block: number) => both(market)(block).map((one) => ({ ...one, number: 7n }))],
    ['nobody', () => []],
  ])('are not contradicted by %s', (_who, prices) => {
    const core = bounded(0.02, 'halt')
    expect(only(play(core, [...calm, ...blocks(prices)]), 'halted')).toEqual([])
  })
})

describe('F15: a feed that stops while the market falls on', () => {
  test('is no price any more once it is older than the price book allows', () => {
    const found = (age: number) => {
      const core = eager()
      const [terms, head, cash, ...prices] = opening(2_400)
      const known = [terms, head, cash].flatMap((input) => input ?? [])
      const fresh = play(core, [...known, ...prices.filter(({ kind }) => kind === 'prices')])
      const seen: Input = { at: instant(START + age), kind: 'account', account: ripe(), source: 'own' }
      return only([...fresh, ...play(core, [seen])], 'submit').length
    }
    expect([maxAge - 1, maxAge, maxAge * 1.2].map(found)).toEqual([1, 0, 0])
  })
})

describe('F56: a clock', () => {
  test.each([-90, 90])('that is %i s off bids on nothing', (off) => {
    const shifted = opening(2_400, ripe()).map((input) => ({ ...input, at: instant(input.at + off * SECOND) }))
    expect(only(play(eager(), shifted), 'submit')).toEqual([])
  })

  test.each([-90, 90])('that jumps %i s bids on nothing until it is set right, and then once', (off) => {
    const core = eager()
    const wrong = instant(START + off * SECOND)
    const [prices, rest] = [ticks([2_400, 2_400, 2_400], secondsIn(1)), opening(2_400)]
    play(
      core,
      rest.filter(({ kind }) => kind !== 'account'),
    )
    const seen: Input = { at: wrong, kind: 'account', account: ripe(), source: 'own' }
    const during = play(core, [seen, ...prices.map((input) => ({ ...input, at: wrong }))])
    const after = play(core, [
      ...ticks([2_400, 2_400, 2_400], secondsIn(2)),
      ...ticks([2_400, 2_400, 2_400], secondsIn(3)),
    ])
    expect([only(during, 'submit').length, only(after, 'submit').length]).toEqual([0, 1])
  })

  test('that stands still, or runs twice as fast, bids on nothing once prices are out of its reach', () => {
    for (const rate of [0, 2]) {
      const core = eager()
      play(core, opening(2_500, ripe()))
      const late = Array.from({ length: 60 }, (_, i) => {
        const second = i + 30
        return ticks([2_400, 2_400, 2_400], secondsIn(second), instant(START + second * rate * SECOND))
      })
      const effects = play(core, late.flat())
      expect([rate, only(effects, 'submit').length]).toEqual([rate, 0])
      expect(reasons(effects).filter((reason) => reason === 'take')).toEqual([])
    }
  })
})
