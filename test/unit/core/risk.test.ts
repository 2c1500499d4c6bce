// What a liquidator carries decides what the next gap costs, and what may still be taken.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createCore, type Input, step } from '../../../agent/core/core.ts'
import { riskOf, shortfallCarried, WHOLE } from '../../../agent/core/risk/carried.ts'
import { exposed, gapRisk, shortfallOf } from '../../../agent/core/risk/gap.ts'
import { gapLaw } from '../../../agent/core/risk/laws.ts'
import type { Exposure } from '../../../agent/core/risk/words.ts'
import type { Setup } from '../../../agent/core/setup.ts'
import type { Core } from '../../../agent/core/state.ts'
import type { LatencyLaw, Quote } from '../../../agent/domain/liquidation.ts'
import { millis, wad } from '../../../agent/domain/units.ts'
import { toDouble } from '../../../agent/maths/fixed-point.ts'
import {
  account,
  address,
  anchor,
  batchesAt,
  ENGINE,
  hash,
  latency,
  ME,
  MINUTE,
  only,
  opening,
  playDrawn,
  ripe,
  START,
  sale,
  seatOf,
  secondsIn,
  setup,
  takeAll,
  usd,
  vaultSetup,
  WETH,
  won,
} from '../../support/builders.ts'

type Change = { readonly volatility?: number; readonly latency?: Partial<LatencyLaw>; readonly jumps?: number }

/** A core that believes what the test says, and has heard one price. */
function believing(
  { volatility = 0.9, latency: way = {}, jumps = 1 }: Change = {},
  over: Partial<Setup['risk']> = {},
): Core {
  const base = setup()
  const { prices } = base.risk
  const { calm } = prices.shapes.states
  const states = { ...prices.shapes.states, calm: { ...calm, jumps: calm.jumps * jumps } }
  const risk = { ...base.risk, prices: { ...prices, volatility, shapes: { ...prices.shapes, states } }, ...over }
  const core = createCore({ ...base, risk, vaults: [vaultSetup({ latency: latency(way) })] })
  for (const input of opening(2_500)) step(core, input)
  return core
}

test('a publisher who lies alone teaches nothing', () => {
  const taught = (lie: (i: number) => number) => {
    const core = believing()
    for (let i = 1; i <= 60; i++) {
      const batches = batchesAt(2_500 + (i % 7), secondsIn(i))
      batches.forEach((honest, place) => {
        const entries = honest.entries.map((one) => ({ ...one, price: (one.price * BigInt(lie(i))) / 100n }))
        const said = place === 0 ? { ...honest, entries } : honest
        step(core, { at: secondsIn(i), kind: 'prices', batch: said as typeof honest })
      })
    }
    return core.beliefs.prices
  }
  expect(taught((i) => 50 + 40 * (i % 5))).toEqual(taught(() => 100))
})

const cell = (feed = 0) => ({ engine: ENGINE, feed, vault: 'vault-fast' })
function leg(core: Core, dollars: number, feed = 0): Exposure {
  const found = exposed(core, START, [{ cell: cell(feed), value: usd(dollars), debt: usd(dollars * 0.97) }])
  if ('type' in found || found[0] === undefined) throw new Error('expected a law')
  return found[0]
}
const premium = (core: Core, dollars = 10_000): bigint => gapRisk(core, START, [leg(core, dollars)]).premium
const figure = (min: number, max: number) => fc.double({ min, max, noNaN: true })
const more = figure(1.1, 3)

/** Claims of so much wrapped ether each, on their way since the start. */
const claims = (count: number, ether: bigint, collateral = 0): readonly Input[] =>
  Array.from({ length: count }, (_, i) => ({
    at: START,
    kind: 'claim-opened',
    claim: {
      ...{ intent: hash(100 + i + 50 * collateral), vault: collateral < 2 ? 'vault-fast' : 'vault-slow', collateral },
      ...{ asset: WETH, amount: ether * 10n ** 18n, openedAt: START, openedIn: anchor(1n) },
    },
  }))

/** The best quote of the usual candidate, after inputs, with scenarios drawn. */
function quoted(before: readonly Input[], over: Partial<Setup> = {}): Quote | undefined {
  let seen: Quote | undefined
  const watcher = seatOf(({ candidates }) => {
    seen = candidates[0]?.quotes[0]
    return []
  })
  const again = batchesAt(2_399, secondsIn(1)).map((batch): Input => ({ at: secondsIn(1), kind: 'prices', batch }))
  const core = createCore(setup({ seats: [watcher], ...over }))
  playDrawn(core, [...opening(2_400, ripe()), ...before])
  seen = undefined
  playDrawn(core, again)
  return seen
}

describe('the premium', () => {
  test('rises with volatility', () => {
    fc.assert(
      fc.property(figure(0.3, 2), more, (volatility, by) => {
        expect(premium(believing({ volatility: volatility * by })) >= premium(believing({ volatility }))).toBe(true)
      }),
      { numRuns: 12, seed: 3 },
    )
  })

  test('rises with the intensity of jumps', () => {
    fc.assert(
      fc.property(figure(0.5, 4), more, (jumps, by) => {
        expect(premium(believing({ jumps: jumps * by })) >= premium(believing({ jumps }))).toBe(true)
      }),
      { numRuns: 12, seed: 3 },
    )
  })

  test('rises with latency', () => {
    fc.assert(
      fc.property(figure(1, 300), more, (minutes, by) => {
        const slow = (length: number) => believing({ latency: { median: millis(length * MINUTE) } })
        expect(premium(slow(minutes * by)) >= premium(slow(minutes))).toBe(true)
      }),
      { numRuns: 12, seed: 3 },
    )
  })

  test('rises with the odds of a stall', () => {
    const odds = (stuckOdds: number) => premium(believing({ latency: { stuckOdds } }))
    expect(odds(0.3) > odds(0.01)).toBe(true)
  })

  test('rises as the evidence says that earlier tails were too short, and never falls below the model', () => {
    const at = (multiplier: number) => {
      const core = believing()
      step(core, { at: START, kind: 'multiplier', multiplier })
      return Number(premium(core)) / Number(premium(believing()))
    }
    expect([at(0.2), at(1), at(2), at(9)]).toEqual([1, 1, expect.closeTo(2, 1), expect.closeTo(3, 1)])
  })

  test('of a claim that cost nothing is nothing', () => {
    const core = believing()
    const free = { ...leg(core, 10_000), debt: wad(-5n) }
    expect(gapRisk(core, START, [free])).toEqual({ expected: 0n, shortfall: 0n, premium: 0n })
  })

  test('pays for a route that refunds, and more for one that may lose everything', () => {
    const failing = (failures: { refundOdds: number; refundLoss: number; lossOdds: number }) => {
      const core = createCore(setup({ vaults: [vaultSetup({ failures })] }))
      for (const input of opening(2_500)) step(core, input)
      return premium(core)
    }
    const never = failing({ refundOdds: 0, refundLoss: 0, lossOdds: 0 })
    const refunds = failing({ refundOdds: 0.05, refundLoss: 0.02, lossOdds: 0 })
    expect(refunds > never).toBe(true)
    expect(failing({ refundOdds: 0.05, refundLoss: 0.02, lossOdds: 0.01 }) > 2n * refunds).toBe(true)
  })

  test('never lets a shortfall exceed the debt', () => {
    fc.assert(
      fc.property(figure(0.3, 9), figure(1, 20_000), (volatility, debt) => {
        const core = believing({ volatility })
        const one = { ...leg(core, 20_000), debt: usd(debt) }
        expect(shortfallOf(core, one)).toBeLessThanOrEqual(debt + 1e-6)
        expect(gapRisk(core, START, [one]).expected <= usd(debt)).toBe(true)
      }),
      { numRuns: 12, seed: 5 },
    )
  })
})

describe('a busy agent', () => {
  test('asks more for the same gap than an idle one', () => {
    const risk = { ...setup().risk, maxShortfall: usd(4_000) }
    const [idle, busy] = [quoted([], { risk }), quoted(claims(6, 10n), { risk })]
    const each = (quote: Quote | undefined) => toDouble(quote?.gap.premium ?? 0n) / toDouble(quote?.outlay ?? 1n)
    expect(each(busy)).toBeGreaterThan(1.2 * each(idle))
  })

  test('takes less when the limit comes near, and nothing at it', () => {
    const risk = { ...setup().risk, maxShortfall: usd(1_000), bidPrice: 0.01 }
    const [idle, busy] = [quoted([], { risk }), quoted(claims(4, 11n), { risk })]
    expect(busy?.fraction ?? 0).toBeLessThan(idle?.fraction ?? 0)
    expect(quoted(claims(9, 10n), { risk })).toBeUndefined()
  })

  test('asks less while a short position of its own hedges what is on its way', () => {
    const risk = { ...setup().risk, maxShortfall: usd(4_000) }
    const short = account({ id: ME, cash: usd(500_000), positions: [{ instrument: 0, size: usd(-60) }], credit: [] })
    const hedge: Input = { at: START, kind: 'account', account: short, source: 'own' }
    const [bare, hedged] = [quoted(claims(6, 10n), { risk }), quoted([...claims(6, 10n), hedge], { risk })]
    expect(toDouble(hedged?.gap.premium ?? 0n)).toBeLessThan(0.8 * toDouble(bare?.gap.premium ?? 0n))
  })
})

describe('everything carried', () => {
  const carrying = (inputs: readonly Input[]): Core => {
    const core = createCore(setup())
    const tick = batchesAt(2_499, secondsIn(1)).map((batch): Input => ({ at: secondsIn(1), kind: 'prices', batch }))
    playDrawn(core, [...opening(2_500), ...inputs, ...tick])
    playDrawn(core, [{ at: secondsIn(2), kind: 'timer' }])
    return core
  }
  const total = (inputs: readonly Input[]) => shortfallCarried(carrying(inputs), secondsIn(2))

  test('has at most the tail of its parts together, and more than either', () => {
    const [ether, bitcoin] = [claims(3, 5n), claims(2, 5n, 2)]
    const [both, one, other] = [total([...ether, ...bitcoin]), total(ether), total(bitcoin)]
    expect(both).toBeLessThanOrEqual(one + other + 1e-6)
    expect(both).toBeGreaterThan(Math.max(one, other))
  })

  test('is added up until scenarios were drawn, which is the most it can be', () => {
    const core = createCore(setup())
    for (const input of [...opening(2_500), ...claims(3, 5n), ...claims(2, 5n, 2)]) step(core, input)
    const bound = shortfallCarried(core, START)
    const drawn = carrying([...claims(3, 5n), ...claims(2, 5n, 2)])
    expect(core.carried).toBeUndefined()
    expect(drawn.carried?.held.size).toBe(5)
    expect(shortfallCarried(drawn, secondsIn(2))).toBeLessThanOrEqual(1.05 * bound)
  })

  test('is measured in parts by asset, route and chain over the same scenarios', () => {
    const core = carrying([...claims(3, 5n), ...claims(2, 5n, 2)])
    const es = (part: string) => riskOf(core, secondsIn(2), part)[0]?.ES ?? 0
    expect(es('chain 31337')).toBeCloseTo(es(WHOLE), 6)
    expect(es('asset 31338:0')).toBeCloseTo(es(WHOLE), 6)
    expect(es('route vault-fast') + es('route vault-slow')).toBeGreaterThan(es(WHOLE))
    expect(riskOf(core, secondsIn(2), WHOLE).map(({ ES, VaR }) => ES >= VaR)).toEqual([true, true, true])
  })

  test('is nothing again once everything was sold', () => {
    const held = claims(3, 5n)
    const core = carrying(held)
    const sold = held.flatMap((input) => (input.kind === 'claim-opened' ? [input.claim] : []))
    playDrawn(core, [{ at: secondsIn(9), kind: 'claim-sold', claims: sold, sale: sale(usd(37_000), usd(37_500)) }])
    playDrawn(core, [{ at: secondsIn(9), kind: 'timer' }])
    expect(shortfallCarried(core, secondsIn(9))).toBe(0)
  })
})

describe('what was said of a gap', () => {
  const told = (inputs: readonly Input[], seats = [seatOf(() => [])]) => {
    const core = createCore(setup({ seats }))
    return { core, effects: playDrawn(core, [...opening(2_400, ripe()), ...inputs]) }
  }
  const tick = (second: number, ether: number): readonly Input[] =>
    batchesAt(ether, secondsIn(second)).map((batch) => ({ at: secondsIn(second), kind: 'prices', batch }))

  test('is judged for quotes that nobody took, once, along a latency drawn from the law', () => {
    const { effects } = told([...tick(1, 2_390), ...tick(200, 2_350), ...tick(201, 2_350)])
    const records = only(effects, 'gap-realised').map(({ record }) => record)
    expect(records).toHaveLength(1)
    const [{ forecast, realised } = fail()] = records
    expect(realised).toMatchObject({ taken: false, drawn: true, x: Math.log(2_350 / 2_400) })
    expect(realised.loss).toBeCloseTo(forecast.K - forecast.h * (2_350 / 2_400), 12)
    expect(forecast.levels.map(({ alpha }) => alpha)).toEqual([0.975, 0.99, 0.999])
    expect(Object.keys(forecast.baselines)).toEqual(['ewma-normal', 'filtered-historical'])
    expect([realised.u > 0 && realised.u < 1, realised.uLatency > 0 && realised.uLatency < 1]).toEqual([true, true])
  })

  test('is judged by the sale when the gap was ours', () => {
    const { core, effects } = told([], [seatOf(takeAll)])
    const [{ intent } = fail()] = only(effects, 'submit')
    const opened = playDrawn(core, [{ at: secondsIn(2), kind: 'outcome', intent, outcome: won(intent) }])
    const settling = only(opened, 'settle').map(({ claim }) => claim)
    const sold = playDrawn(core, [
      ...tick(9, 2_300),
      {
        at: secondsIn(10),
        kind: 'claim-sold',
        claims: settling,
        sale: sale(usd(9_000), usd(9_100), { soldAt: secondsIn(10) }),
      },
    ])
    const [{ record } = fail()] = only(sold, 'gap-realised')
    expect(record.realised).toMatchObject({ taken: true, drawn: false, seconds: 600, x: Math.log(2_300 / 2_400) })
    expect(core.beliefs.latencies.get('vault-fast')?.version).toBe(1)
  })
})

test('a feed that stands still for ten minutes gives no quote', () => {
  const core = createCore(setup())
  for (const input of opening(2_500)) step(core, input)
  expect(gapLaw(core, secondsIn(11), cell(), usd(1))).toEqual({ type: 'untrusted', reason: 'price-stale' })
})

test('a price that moves beyond what the model can describe gives no quote, and ends nobody', () => {
  const { prices } = setup().risk
  const { cascade } = prices.shapes.states
  const shapes = { ...prices.shapes, states: { calm: cascade, triggered: cascade, cascade } }
  const core = believing({}, { prices: { ...prices, volatility: 1_000, shapes } })
  for (const second of [6, 9])
    for (const batch of batchesAt(2_400, secondsIn(6))) step(core, { at: secondsIn(second), kind: 'prices', batch })
  expect(gapLaw(core, secondsIn(9), cell(), usd(1))).toEqual({ type: 'untrusted', reason: 'out-of-range' })
})

test('races that were lost make the next one dearer, and races that were won cheaper', () => {
  const cost = (outcomes: readonly ('won' | 'lost')[]): number => {
    const core = createCore(setup({ seats: [seatOf(takeAll)] }))
    const rival: Input = { at: START, kind: 'competitor', engine: ENGINE, bidder: address(1), account: address(0x99) }
    const [{ intent } = fail()] = only(playDrawn(core, [rival, ...opening(2_400, ripe())]), 'submit')
    for (const kind of outcomes)
      core.beliefs.races.bySize.set(4, { won: kind === 'won' ? 9 : 0, lost: kind === 'lost' ? 9 : 0 })
    const other = ripe({ id: address(0x12), anchor: anchor(2n) })
    const effects = playDrawn(core, [{ at: secondsIn(1), kind: 'account', account: other, source: 'own' }])
    return toDouble(only(effects, 'submit')[0]?.intent.quote.raceCost ?? intent.quote.raceCost)
  }
  expect(cost(['lost'])).toBeGreaterThan(cost([]))
  expect(cost(['won'])).toBeLessThan(cost([]))
})

const fail = (): never => {
  throw new Error('expected it to be there')
}
