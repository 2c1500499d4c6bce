import type { Address } from 'viem'
import { expect, test } from 'vitest'
import { createCore, type Effect, type Input } from '../../../agent/core/core.ts'
import { type Budget, type Setup, seat, WHOLE_BUDGET } from '../../../agent/core/setup.ts'
import type { Decision, SkipReason } from '../../../agent/domain/liquidation.ts'
import { bps } from '../../../agent/domain/units.ts'
import type { Answer, View } from '../../../agent/strategy.ts'
import { strategy as gapAware } from '../../../strategies/gap-aware.ts'
import {
  account,
  address,
  anchor,
  auctionTerms,
  batchesAt,
  ENGINE,
  engineTerms,
  hash,
  ME,
  only,
  opening,
  play,
  ripe,
  START,
  seatOf,
  secondsIn,
  setup,
  submitted,
  takeAll,
  usd,
  WETH,
  won,
} from '../../support/builders.ts'

const shown = (inputs: readonly Input[], over: Partial<Setup> = {}): readonly Effect[] =>
  play(createCore(setup({ seats: [seatOf(takeAll)], ...over })), inputs)
const risk = setup().risk
const tick = (second: number): readonly Input[] =>
  batchesAt(2_400, secondsIn(second)).map((batch) => ({ at: secondsIn(second), kind: 'prices', batch }))
const altered = (change: (answer: Answer, view: View) => readonly Answer[]) => ({
  seats: [seatOf((view) => takeAll(view).flatMap((answer) => change(answer, view)))],
})

const OTHER = address(0xaa)
const paused = { reason: 'operator', detail: 'an operator paused this agent', at: START } as const

/** The same account with one of the limits too narrow for anything. */
const narrow = (shares: Partial<Setup['risk']['shares']>): readonly Effect[] =>
  shown(opening(2_400, ripe()), { risk: { ...risk, shares: { ...risk.shares, ...shares } } })

/** One strategy that takes everything, within a budget. */
const budgeted = (budget: Partial<Budget>) => ({ seats: [seatOf(takeAll, { budget: { ...WHOLE_BUDGET, ...budget } })] })

/** A claim of ours that nobody redeemed since the start. */
const hung = (n: number): Input => ({
  at: START,
  kind: 'claim-opened',
  claim: {
    ...{ intent: hash(n), vault: 'vault-fast', collateral: 0, asset: WETH, amount: 10n ** 18n },
    ...{ openedAt: START, openedIn: anchor(1n) },
  },
})
const seenAt = (second: number): Input => ({ at: secondsIn(second), kind: 'account', account: ripe(), source: 'own' })

/** What a look at the breaker of one side of a route found. */
const breaker = (side: 'mirror' | 'vault', tripped: boolean, vault = 'vault-fast'): Input => ({
  ...{ at: START, kind: 'breaker', vault, side, tripped },
})

/** For every reason, a situation that gives it. A reason without one does not compile. */
const situations: Readonly<Record<SkipReason, () => readonly Effect[]>> = {
  'not-profitable': () => shown(opening(2_400)),
  'gap-premium': () => {
    const seats = [seat(gapAware, gapAware.params.parse({}))]
    const dear = { ...risk, bidPrice: 5 }
    const inputs = opening(2_400, ripe()).map(
      (input): Input =>
        input.kind === 'terms'
          ? { ...input, terms: engineTerms({ auction: auctionTerms({ maxDiscount: bps(600) }) }) }
          : input,
    )
    return shown(inputs, { seats, risk: dear })
  },
  'waiting-for-discount': () => shown(opening(2_400), { seats: [seat(gapAware, gapAware.params.parse({}))] }),
  capital: () => shown(opening(2_400, ripe(), usd(100))),
  'in-flight-limit': () => shown(opening(2_400, ripe()), { risk: { ...risk, maxInFlight: usd(100) } }),
  'shortfall-limit': () => shown(opening(2_400, ripe()), { risk: { ...risk, maxShortfall: usd(1) } }),
  'settlement-limit': () => narrow({ settlement: 1e-6 }),
  'gas-runway': () =>
    shown([...opening(2_400, ripe())], { gas: { bid: usd(0.5), claim: usd(0.5), nativeFeed: 0, runway: 1 } }),
  'asset-limit': () => narrow({ asset: 1e-6 }),
  'route-limit': () => narrow({ route: 1e-6 }),
  'chain-limit': () => narrow({ chain: 1e-6 }),
  'stress-limit': () => narrow({ stress: 1e-6 }),
  'strategy-limit': () => shown(opening(2_400, ripe()), budgeted({ shortfall: bps(0) })),
  'route-stalled': () => shown([...opening(2_500), ...[1, 2].map(hung), ...tick(600), seenAt(600)]),
  'route-tripped': () => shown([breaker('mirror', true), ...opening(2_400, ripe())]),
  'policy-refused': () => {
    const ways = new Map([['vault-fast:state-proof', 'policy.routes.refuse has vault-fast']])
    return shown(opening(2_400, ripe()), { policy: { engines: new Map(), ways, assets: new Map() } })
  },
  'gap-unknown': () => {
    const frozen = batchesAt(2_400, secondsIn(11)).map((batch): Input => ({ at: secondsIn(11), kind: 'prices', batch }))
    return shown([...opening(2_400), ...frozen, { at: secondsIn(11), kind: 'account', account: ripe(), source: 'own' }])
  },
  'already-reserved': () => play(submitted().core, tick(1)),
  provisional: () =>
    shown(
      opening(2_400, ripe()).map((input): Input => (input.kind === 'account' ? { ...input, source: 'peer' } : input)),
    ),
  'prices-missing': () => shown(opening(2_400, ripe()).filter(({ kind }) => kind !== 'prices')),
  'prices-stale': () => shown([...opening(2_400, ripe()), { at: secondsIn(9), kind: 'timer' }]),
  'no-route': () => shown(opening(2_400, ripe()), { vaults: [] }),
  insolvent: () => shown(opening(2_100, account())),
  expired: () => {
    let kept: readonly Answer[] = []
    const late = seatOf((view) => {
      const answers = kept
      kept = takeAll(view)
      return answers
    })
    const next = ripe({ version: 2n, anchor: anchor(3n) })
    const changed: Input = { at: secondsIn(1), kind: 'account', source: 'own', account: next }
    return shown([...opening(2_400, ripe()), changed], { seats: [late] })
  },
  duplicate: () =>
    shown(
      opening(2_400, ripe()),
      altered((answer) => [answer, answer]),
    ),
  'over-fraction': () =>
    shown(
      opening(2_400, ripe()),
      altered((answer) => [{ ...answer, quote: { ...answer.quote, fraction: bps(9_999) } }]),
    ),
  shadow: () => shown(opening(2_400, ripe()), { mode: 'shadow' }),
  halted: () => shown([{ at: START, kind: 'halt', halt: paused }, ...opening(2_400, ripe())]),
  'strategy-error': () =>
    shown(
      opening(2_400, ripe()),
      altered(() => {
        throw new Error('mistake')
      }),
    ),
  'not-ours': () => {
    const inFleet = (me: Address, other: Address): readonly Effect[] => {
      const fleet = { members: [ME, OTHER], me, executor: ME }
      const alive: Input = { at: START, kind: 'member', from: other, heads: [{ chain: ENGINE, number: 1n }] }
      return play(createCore(setup({ seats: [seatOf(takeAll)], fleet })), [alive, ...opening(2_400, ripe())])
    }
    const one = inFleet(ME, OTHER)
    return only(one, 'submit').length === 0 ? one : inFleet(OTHER, ME)
  },
  settling: () => {
    const { core, intent } = submitted()
    return play(core, [{ at: secondsIn(1), kind: 'outcome', intent, outcome: won(intent) }])
  },
}

const decisions = (effects: readonly Effect[]): readonly Decision[] =>
  only(effects, 'decided').map(({ decision }) => decision)

test.each(Object.entries(situations))('a candidate can be left for %s', (reason, situation) => {
  expect(decisions(situation()).map((decision) => decision.reason)).toContain(reason)
})

test('nothing is submitted in any of these situations but the first answer of two', () => {
  const submits = Object.entries(situations).filter(([, situation]) => only(situation(), 'submit').length > 0)
  expect(submits.map(([reason]) => reason)).toEqual(['prices-stale', 'duplicate'])
})

test('a route is bid on once both of its breakers were looked at and hold, and no more when one is tripped', () => {
  const guarded = { seats: [seatOf(takeAll)], guarded: true }
  const looked = (...looks: readonly Input[]) => {
    const effects = shown([...looks, ...opening(2_400, ripe())], guarded)
    return [only(effects, 'submit').length, decisions(effects).map(({ reason, detail }) => [reason, detail])]
  }
  const unknown = (what: string) => [
    [0, [['route-tripped', `whether the breaker of ${what} is tripped is not known yet`]]],
  ]
  expect([looked()]).toEqual(unknown('the mirror of vault-fast'))
  expect([looked(breaker('mirror', false))]).toEqual(unknown('vault-fast'))
  expect(looked(breaker('mirror', false), breaker('vault', true))).toEqual([
    0,
    [['route-tripped', 'the breaker of vault-fast is tripped']],
  ])
  const fine = [breaker('mirror', false), breaker('vault', false)]
  expect(looked(...fine)[0]).toBe(1)
  expect(looked(...fine, breaker('vault', true, 'vault-slow'))[0]).toBe(1)
})

test('a tripped route stays shut when an operator lets everything else go on, until it is reset', () => {
  const core = createCore(setup({ seats: [seatOf(takeAll)] }))
  const before = play(core, [
    { at: START, kind: 'halt', halt: paused },
    breaker('mirror', true),
    ...opening(2_400, ripe()),
  ])
  const after = play(core, [{ at: secondsIn(1), kind: 'resume' }])
  expect(decisions([...before, ...after]).map(({ reason }) => reason)).toEqual(['route-tripped'])
  expect(only(after, 'submit')).toEqual([])
  expect(only(play(core, [breaker('mirror', false), { at: secondsIn(2), kind: 'timer' }]), 'submit')).toHaveLength(1)
})

test('two strategies that want the same account get one bid', () => {
  const seats = [seatOf(takeAll, { name: 'first' }), seatOf(takeAll, { name: 'second' })]
  const effects = shown(opening(2_400, ripe()), { seats })
  expect(decisions(effects).map(({ strategy, reason }) => [strategy, reason])).toEqual([
    ['first', 'take'],
    ['second', 'duplicate'],
  ])
  expect(only(effects, 'submit')).toHaveLength(1)
})

test('prices that expire at this instant make no intent', () => {
  const inputs = opening(2_400, ripe()).map(
    (input): Input => (input.kind === 'prices' ? { ...input, batch: { ...input.batch, validUntil: START } } : input),
  )
  expect(decisions(shown(inputs)).map(({ reason }) => reason)).toEqual(['expired'])
})

test('a strategy spends its share and no more', () => {
  const { seats } = budgeted({ capital: bps(100) })
  expect(decisions(shown(opening(2_400, ripe()), { seats })).map(({ reason, detail }) => [reason, detail])).toEqual([
    ['capital', 'test has used its share of the capital'],
  ])
  expect(only(shown(opening(2_400, ripe()), { seats }), 'alarm')).toEqual([])
})

test('the first seconds of an auction are left to bonded agents', () => {
  const young = ripe({ auctionStartedAt: BigInt(START / 1_000) })
  const effects = shown(opening(2_400, young), { bonded: false })
  expect(decisions(effects).map(({ reason, detail }) => [reason, detail])).toEqual([
    ['waiting-for-discount', 'open to bonded agents only'],
  ])
  expect(only(effects, 'wake')).toEqual([{ kind: 'wake', at: secondsIn(1) }])
})

test('what is in flight counts against the limits until it is sold', () => {
  const { core, intent } = submitted({ risk: { ...risk, maxInFlight: usd(20_000) } })
  const other = ripe({ id: '0x0000000000000000000000000000000000000012' })
  const effects = play(core, [
    { at: secondsIn(1), kind: 'outcome', intent, outcome: won(intent) },
    ...tick(1),
    { at: secondsIn(1), kind: 'account', source: 'own', account: other },
  ])
  const [second] = only(effects, 'submit')
  expect((second?.intent.quote.outlay ?? 0n) + intent.quote.outlay <= usd(20_000)).toBe(true)
  expect(second?.intent.quote.fraction).toBeLessThan(intent.quote.fraction)
})

test('a late answer counts as expired even when it was our own quote', () => {
  const late = decisions(situations.expired()).filter(({ reason }) => reason === 'expired')
  expect(late.map(({ kind, at }) => [kind, at])).toEqual([['skip', secondsIn(1)]])
})
