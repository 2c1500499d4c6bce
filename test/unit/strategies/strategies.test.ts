import { describe, expect, test } from 'vitest'
import { createCore, type Input } from '../../../agent/core/core.ts'
import { seat } from '../../../agent/core/setup.ts'
import { bps, wad } from '../../../agent/domain/units.ts'
import type { Answer, Strategy, View } from '../../../agent/strategy.ts'
import { strategy as firstCome } from '../../../strategies/first-come.ts'
import { strategy as gapAware } from '../../../strategies/gap-aware.ts'
import { strategy as patient } from '../../../strategies/patient.ts'
import { strategy as shortfallBudget } from '../../../strategies/shortfall-budget.ts'
import {
  account,
  address,
  batchesAt,
  ENGINE,
  only,
  opening,
  PROVIDER,
  play,
  provider,
  ripe,
  START,
  seatOf,
  secondsIn,
  setup,
  usd,
} from '../../support/builders.ts'

/** The view of an account so many seconds into its auction, at $2,400. */
function viewAt(seconds: number, before: readonly Input[] = []): View {
  let seen: View | undefined
  const watcher = seatOf((view) => {
    seen = view
    return []
  })
  const started = BigInt(START / 1_000) + 1n - BigInt(seconds)
  play(createCore(setup({ seats: [watcher] })), [...before, ...opening(2_400, account({ auctionStartedAt: started }))])
  if (seen === undefined) throw new Error('expected a view')
  return seen
}
const ask = <P>(strategy: Strategy<P>, view: View, params: unknown = {}): Answer | undefined =>
  strategy.decide(view, strategy.params.parse(params))[0]

describe('first-come', () => {
  test('takes whatever pays more than it costs, whatever its gap', () => {
    const answer = ask(firstCome, viewAt(5))
    expect(answer?.kind).toBe('take')
    expect((answer?.quote.net ?? 1n) < 0n).toBe(true)
  })

  test('takes the route with the largest gain before the gap', () => {
    const view = viewAt(11, [
      {
        at: START,
        kind: 'provider',
        provider: provider({ rates: [{ collateral: 0, rate: bps(9_900) }] }),
        from: PROVIDER,
      },
    ])
    expect(ask(firstCome, view)?.quote.route.settlement).toBe('state-proof')
  })

  test('waits while the bonus is below its least gain, and gives up at the last discount', () => {
    expect(ask(firstCome, viewAt(5), { minGain: usd(1_000_000) })).toMatchObject({
      kind: 'postpone',
      until: secondsIn(1),
    })
    expect(ask(firstCome, viewAt(60), { minGain: usd(1_000_000) })?.kind).toBe('skip')
  })
})

describe('gap-aware', () => {
  test('leaves to others what does not pay for its gap, and comes back when it will', () => {
    const view = viewAt(4)
    const answer = ask(gapAware, view)
    if (answer?.kind !== 'postpone') throw new Error(`expected to wait, found ${answer?.kind}`)
    const seconds = (answer.until - START) / 1_000
    expect([ask(gapAware, viewAt(4 + seconds))?.kind, ask(gapAware, viewAt(3 + seconds))?.kind]).toEqual([
      'take',
      'postpone',
    ])
  })

  test('takes the best net over routes and sizes', () => {
    const view = viewAt(11, [
      {
        at: START,
        kind: 'provider',
        provider: provider({ rates: [{ collateral: 0, rate: bps(9_990) }] }),
        from: PROVIDER,
      },
    ])
    const answer = ask(gapAware, view)
    expect(answer).toMatchObject({ kind: 'take', quote: { route: { settlement: 'liquidity-service' } } })
    expect(answer?.quote.net).toBe(view.candidates[0]?.quotes[0]?.net)
  })

  test('skips what no discount of the auction will pay for', () => {
    expect(ask(gapAware, viewAt(11), { minNet: usd(1_000_000) })).toMatchObject({ kind: 'skip' })
  })

  test('looks again within its patience', () => {
    expect(ask(gapAware, viewAt(0), { patience: 500 })).toMatchObject({ kind: 'postpone', until: START + 500 })
  })
})

test('in one falling market first-come bids before gap-aware does', () => {
  const firstBid = <P>(strategy: Strategy<P>): number => {
    const core = createCore(setup({ seats: [seat(strategy, strategy.params.parse({}))] }))
    const started = ripe({ auctionStartedAt: BigInt(START / 1_000) + 1n })
    play(core, opening(2_400, started))
    for (let second = 1; second < 40; second++) {
      const at = secondsIn(second)
      const effects = play(
        core,
        batchesAt(2_400, at).map((batch): Input => ({ at, kind: 'prices', batch })),
      )
      if (only(effects, 'submit').length > 0) return second
    }
    return Number.POSITIVE_INFINITY
  }
  const [rash, careful] = [firstBid(firstCome), firstBid(gapAware)]
  expect(rash).toBeLessThan(careful)
  expect(careful).toBeLessThan(40)
})

test('a parameter that no strategy knows is refused by name', () => {
  expect(gapAware.params.safeParse({ patients: 1 }).success).toBe(false)
  expect(firstCome.params.safeParse({ minGain: '-1' }).success).toBe(false)
})

describe('shortfall-budget', () => {
  const view = viewAt(11)
  const [offered] = view.candidates
  const tail = offered?.quotes[0]?.gap.shortfall ?? wad(0n)
  /** The same candidate so many times over. */
  const crowd = (n: number): View => ({ ...view, candidates: Array.from({ length: n }, () => offered ?? never()) })
  const kinds = (answers: readonly Answer[]) => answers.map(({ kind }) => kind)

  test('takes one after another until its budget of expected shortfall is full', () => {
    const params = shortfallBudget.params.parse({ budget: 2n * tail + tail / 2n, minReturn: 0 })
    expect(kinds(shortfallBudget.decide(crowd(4), params))).toEqual(['take', 'take', 'postpone', 'postpone'])
  })

  test('counts what the agent carries already, and never passes the limit of the agent', () => {
    const carried = { ...crowd(2), shortfall: { carried: tail, limit: wad(2n * tail) } }
    const params = shortfallBudget.params.parse({ budget: 100n * tail, minReturn: 0 })
    expect(kinds(shortfallBudget.decide(carried, params))).toEqual(['take', 'postpone'])
  })

  test('leaves what earns too little for its tail', () => {
    const params = shortfallBudget.params.parse({ minReturn: 1_000 })
    expect(shortfallBudget.decide(view, params)[0]).toMatchObject({
      kind: 'postpone',
      reason: 'it earns too little for its tail',
    })
  })
})

describe('patient', () => {
  const rival = (discount: number, at = START): Input[] => [
    { at, kind: 'account', account: account({ id: OTHER, auctionStartedAt: started(discount) }), source: 'own' },
    { at, kind: 'competitor', engine: ENGINE, bidder: RIVAL, account: OTHER },
  ]
  /** Seconds of the engine at which an auction began that stands at this discount at the start. */
  const started = (discount: number) => BigInt(START / 1_000) + 1n - BigInt((discount - 50) / 50)

  test('lets the discount rise beyond its first gain while it is alone', () => {
    const first = viewAt(9)
    expect([ask(gapAware, first)?.kind, ask(patient, first)?.kind]).toEqual(['take', 'postpone'])
  })

  test('takes when it has waited for as much as it wants', () => {
    expect(ask(patient, viewAt(18))?.kind).toBe('take')
    expect(ask(patient, viewAt(9), { greed: 0 })?.kind).toBe('take')
  })

  test('bids just below the discount at which rivals were last seen', () => {
    const view = viewAt(11, [...opening(2_400).slice(0, 6), ...rival(600)])
    expect(view.rivals).toEqual([{ bidder: RIVAL, at: START, discount: 600 }])
    expect(ask(patient, view)?.kind).toBe('take')
    expect(ask(patient, { ...view, rivals: [] })?.kind).toBe('postpone')
  })

  test('never bids what does not pay for its gap', () => {
    expect(ask(patient, viewAt(4))).toMatchObject({ kind: 'postpone', reason: 'does not pay for its gap yet' })
  })
})

const OTHER = address(0x55)
const RIVAL = address(0xcc)
function never(): never {
  throw new Error('expected a candidate')
}
