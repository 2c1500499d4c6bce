import { describe, expect, test } from 'vitest'
import { createCore, type Effect, type Input } from '../../../agent/core/core.ts'
import { providerRating, routeRating } from '../../../agent/core/ratings.ts'
import type { RouteReport } from '../../../agent/domain/message.ts'
import { bps, millis } from '../../../agent/domain/units.ts'
import {
  address,
  only,
  opening,
  PROVIDER,
  play,
  provider,
  ripe,
  START,
  seatOf,
  setup,
  takeAll,
  usd,
} from '../../support/builders.ts'

const report = (settled: number, stuck: number): RouteReport => ({
  vault: 'vault-fast',
  settled,
  stuck,
  median: millis(480_000),
})
const said = (n: number, settled: number, stuck: number): Input => ({
  at: START,
  kind: 'witness',
  from: address(0xa0 + n),
  routes: [report(settled, stuck)],
})
const asked = (short: number | undefined): Input => ({ at: START, kind: 'promise', provider: PROVIDER, short })
const times = (count: number, input: Input): readonly Input[] => Array.from({ length: count }, () => input)

function decided(before: readonly Input[], rate?: number) {
  const core = createCore(setup({ seats: [seatOf(takeAll)] }))
  const indicated: readonly Input[] =
    rate === undefined
      ? []
      : [
          {
            at: START,
            kind: 'provider',
            provider: provider({ rates: [{ collateral: 0, rate: bps(rate) }], reserves: usd(1e6) }),
            from: PROVIDER,
          },
        ]
  return { core, effects: play(core, [...before, ...indicated, ...opening(2_400, ripe())]) }
}
const bid = (effects: readonly Effect[]) => only(effects, 'submit').map(({ intent }) => intent.quote)[0]
const details = (effects: readonly Effect[]): string =>
  only(effects, 'decided')
    .map(({ decision }) => decision.detail)
    .join()

describe('a route', () => {
  test('that agents find stuck is bid on for less, at higher odds, and in the end not at all', () => {
    const sound = bid(decided([]).effects)
    const watched = decided([said(1, 17, 3), said(2, 17, 3), said(3, 17, 3)])
    const suspect = bid(watched.effects)
    expect(routeRating(watched.core, START, 'vault-fast')).toMatchObject({
      grade: 'B',
      share: 0.5,
      witnesses: 3,
      stuck: 9,
    })
    expect(Number(suspect?.gap.premium ?? 0n) / Number(suspect?.outlay ?? 1n)).toBeGreaterThan(
      Number(sound?.gap.premium ?? 0n) / Number(sound?.outlay ?? 1n),
    )
    const down = decided([said(1, 1, 9), said(2, 1, 9), said(3, 1, 9)])
    expect([routeRating(down.core, START, 'vault-fast').grade, bid(down.effects)]).toEqual(['D', undefined])
    expect(details(down.effects)).toContain('rated D')
  })

  test('is not talked down by one liar, nor by two witnesses', () => {
    const liar = decided([said(1, 0, 100), said(2, 20, 0), said(3, 20, 0)])
    expect(routeRating(liar.core, START, 'vault-fast').grade).toBe('A')
    expect(routeRating(decided([said(1, 1, 9), said(2, 1, 9)]).core, START, 'vault-fast').grade).toBe('A')
    expect(bid(liar.effects)?.outlay).toBe(bid(decided([]).effects)?.outlay)
  })

  test('is sound again when reports age', () => {
    const { core } = decided([said(1, 1, 9), said(2, 1, 9), said(3, 1, 9)])
    expect(routeRating(core, (START + 60_001) as typeof START, 'vault-fast').grade).toBe('A')
  })
})

describe('a provider', () => {
  test('that fell behind its word once, when a crash overtook it, is hardly dearer', () => {
    expect(providerRating(decided([asked(200)], 9_990).core, PROVIDER)).toMatchObject({ grade: 'A', fee: 50 })
  })

  test('that gives less than it indicates is quoted at what it gives', () => {
    const word = bid(decided(times(5, asked(0)), 9_990).effects)
    const { core: watched } = decided([])
    const shorts = Array.from({ length: 60 }, () => {
      const short = 20 - providerRating(watched, PROVIDER).fee
      play(watched, [asked(short)])
      return short
    })
    const { core, effects } = decided(shorts.map(asked), 9_990)
    expect(word?.route.settlement).toBe('liquidity-service')
    expect(providerRating(core, PROVIDER)).toMatchObject({ grade: 'A', fee: 20 })
    const quoted = bid(effects)
    const fee = (quote: typeof quoted): number =>
      quote === undefined ? 0 : Number((quote.providerFee * 10_000n) / quote.collateralValue)
    expect([fee(word), quoted?.route.settlement === 'liquidity-service' ? fee(quoted) : 30]).toEqual([10, 30])
  })

  test('that breaks its promises is not counted on: the same account goes home by proof', () => {
    const trusted = decided(times(6, asked(0)), 9_990)
    const broken = decided(times(6, asked(undefined)), 9_990)
    expect(bid(trusted.effects)?.route.settlement).toBe('liquidity-service')
    expect(providerRating(broken.core, PROVIDER).grade).toBe('D')
    expect(bid(broken.effects)?.route.settlement).toBe('state-proof')
  })

  test('earns its place back promise by promise', () => {
    const { core } = decided([...times(6, asked(undefined)), ...times(60, asked(0))], 9_990)
    expect(providerRating(core, PROVIDER).grade).toBe('A')
  })
})
