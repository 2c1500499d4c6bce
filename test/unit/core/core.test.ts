import { expect, test } from 'vitest'
import { createCore, type Input } from '../../../agent/core/core.ts'
import { free, inFlight } from '../../../agent/core/ledger.ts'
import { bps, instant, wad } from '../../../agent/domain/units.ts'
import type { Answer } from '../../../agent/strategy.ts'
import {
  account,
  address,
  anchor,
  batchesAt,
  ENGINE,
  hash,
  head,
  lost,
  ME,
  only,
  opening,
  PROVIDER,
  play,
  provider,
  ripe,
  START,
  sale,
  seatOf,
  secondsIn,
  setup,
  submitted,
  takeAll,
  usd,
  won,
} from '../../support/builders.ts'

const ticks = (ether: number, second: number): readonly Input[] =>
  batchesAt(ether, secondsIn(second)).map((batch) => ({ at: secondsIn(second), kind: 'prices', batch }))
const told = (second: number, over: Parameters<typeof ripe>[0]): Input => ({
  at: secondsIn(second),
  kind: 'account',
  source: 'own',
  account: ripe(over),
})

test('an account that falls below maintenance is found once, decided and submitted', () => {
  const core = createCore(setup({ seats: [seatOf(takeAll)] }))
  const effects = [...play(core, opening(2_400, ripe())), ...play(core, ticks(2_399, 1))]
  expect(effects.map(({ kind }) => kind)).toEqual(['found', 'decided', 'submit', 'draw-scenarios', 'decided'])
  expect(only(effects, 'decided').map(({ decision }) => [decision.strategy, decision.kind, decision.reason])).toEqual([
    ['test', 'take', 'take'],
    ['core', 'skip', 'already-reserved'],
  ])
})

test('a healthy account, a flat account and our own account are none of our business', () => {
  const core = createCore(setup({ seats: [seatOf(takeAll)] }))
  const held = [account(), ripe({ id: address(0x12), positions: [], cash: usd(5) }), ripe({ id: ME })]
  expect(
    play(core, [
      ...opening(2_500),
      ...held.map((one): Input => ({ at: START, kind: 'account', source: 'own', account: one })),
    ]),
  ).toEqual([])
})

test('a submitted intent carries our own figures, its deadline and its prices', () => {
  const { intent } = submitted()
  expect(intent).toMatchObject({
    id: `0x${'11'.padStart(40, '0')}00007a6a00000001${intent.id.slice(58, 62)}0000`,
    strategy: 'test',
    validUntil: START + 5_000,
  })
  expect(intent.quote).toMatchObject({ discount: 600, route: { settlement: 'state-proof' }, providerFee: 0n })
  expect(intent.quote.candidate.batches).toEqual(batchesAt(2_400))
  expect(intent.maxPay >= intent.quote.pay).toBe(true)
})

test('a lost race gives the reservation back', () => {
  const { core, intent } = submitted()
  const before = usd(400_000)
  expect(free(core.ledger, ENGINE, usd(0))).not.toEqual(before)
  play(core, [{ at: secondsIn(1), kind: 'outcome', intent, outcome: lost() }])
  expect(free(core.ledger, ENGINE, usd(0))).toEqual(before)
})

test('after a lost race the account waits for a newer state, or for a while', () => {
  const { core, intent } = submitted()
  const effects = play(core, [
    { at: secondsIn(1), kind: 'outcome', intent, outcome: lost() },
    ...ticks(2_400, 2),
    told(2, { version: 2n, anchor: anchor(3n) }),
  ])
  expect(only(effects, 'decided').map(({ decision }) => decision.reason)).toEqual(['settling', 'take'])
  expect(only(effects, 'wake')).toEqual([{ kind: 'wake', at: secondsIn(4) }])
})

test('a lost race on an unchanged account is tried again when our node says that it is unchanged', () => {
  const { core, intent } = submitted()
  play(core, [{ at: secondsIn(1), kind: 'outcome', intent, outcome: lost() }])
  expect(only(play(core, [...ticks(2_400, 1), told(1, { anchor: anchor(3n) })]), 'submit')).toHaveLength(1)
})

test('a second attempt on the same version has another id', () => {
  const { core, intent } = submitted()
  play(core, [{ at: secondsIn(1), kind: 'outcome', intent, outcome: lost() }])
  const [again] = only(play(core, ticks(2_400, 5)), 'submit')
  expect(again?.intent.id).toBe(`${intent.id.slice(0, -4)}0001`)
})

test('a won bid is in flight until its claim is sold, and then it is accounted for', () => {
  const { core, intent } = submitted()
  const effects = play(core, [{ at: secondsIn(1), kind: 'outcome', intent, outcome: won(intent) }])
  const [{ claim } = { claim: undefined }] = only(effects, 'settle')
  expect(claim).toMatchObject({
    intent: intent.id,
    vault: 'vault-fast',
    collateral: 0,
    amount: intent.quote.legs[0]?.amount,
  })
  expect(inFlight(core.ledger)).toBe(intent.quote.outlay)
  expect(free(core.ledger, ENGINE, usd(0))).toBe(usd(400_000) - intent.quote.outlay - usd(1))
  const value = intent.quote.collateralValue
  const sold = sale(wad(value - usd(200)), wad(value - usd(150)))
  const [settled] = only(
    play(core, [{ at: secondsIn(20), kind: 'claim-sold', claims: claim ? [claim] : [], sale: sold }]),
    'settled',
  )
  expect(settled?.attribution).toEqual({
    bonus: intent.quote.bonus,
    positions: 0n,
    funding: 0n,
    gas: -usd(4.8),
    lostRaceGas: 0n,
    providerFee: 0n,
    protocolFee: -usd(1),
    slippage: -usd(50),
    gap: -usd(150),
    total: intent.quote.bonus - usd(4.8) - usd(1) - usd(200),
  })
  expect(inFlight(core.ledger)).toBe(0n)
})

test('a bid sold to a provider has no gap and is settled at once', () => {
  const rates = [{ collateral: 0, rate: bps(9_990) }]
  const core = createCore(setup({ seats: [seatOf(takeAll)] }))
  const [last, ...first] = [...opening(2_400, ripe())].reverse()
  const offer: Input = { at: START, kind: 'provider', provider: provider({ rates }), from: PROVIDER }
  const [{ intent } = { intent: undefined }] = only(
    play(core, [...first.reverse(), offer, ...(last ? [last] : [])]),
    'submit',
  )
  if (intent === undefined) throw new Error('expected a submission')
  expect(intent.quote.route).toEqual({
    id: `31338:service:${PROVIDER}`,
    engine: ENGINE,
    settlement: 'liquidity-service',
    provider: PROVIDER,
  })
  expect(intent.quote.gap).toEqual({ expected: 0n, shortfall: 0n, premium: 0n })
  const effects = play(core, [{ at: secondsIn(1), kind: 'outcome', intent, outcome: won(intent) }])
  const { bonus, providerFee } = intent.quote
  expect(only(effects, 'settled')[0]?.attribution).toMatchObject({
    bonus,
    providerFee: -providerFee,
    gap: 0n,
    total: bonus - providerFee - usd(1) - usd(2.4),
  })
  expect(only(effects, 'settle')).toEqual([])
})

test('a provider that declined is not asked again before it announces itself', () => {
  const core = createCore(setup({ seats: [seatOf(takeAll)] }))
  const offer: Input = {
    at: START,
    kind: 'provider',
    provider: provider({ rates: [{ collateral: 0, rate: bps(9_990) }] }),
    from: PROVIDER,
  }
  const [first] = only(play(core, [offer, ...opening(2_400, ripe())]), 'submit')
  if (first === undefined) throw new Error('expected a submission')
  const declined: Input = {
    at: secondsIn(1),
    kind: 'outcome',
    intent: first.intent,
    outcome: { kind: 'declined', reason: 'reserves exhausted' },
  }
  const routes = only(play(core, [declined, ...ticks(2_400, 1)]), 'submit').map(
    ({ intent }) => intent.quote.route.settlement,
  )
  expect([first.intent.quote.route.settlement, ...routes]).toEqual(['liquidity-service', 'state-proof'])
})

test('an observer that throws costs nobody a settlement', () => {
  const clumsy = seatOf(takeAll, {
    observe: () => {
      throw new Error('forgot')
    },
  })
  const { core, intent } = submitted({ seats: [clumsy] })
  const effects = play(core, [{ at: secondsIn(1), kind: 'outcome', intent, outcome: won(intent) }])
  expect(only(effects, 'alarm')).toEqual([
    { kind: 'alarm', code: 'W_STRATEGY_ERROR', detail: 'test failed on an outcome: forgot' },
  ])
  expect(only(effects, 'settle')).toHaveLength(1)
})

test('an outcome of an earlier run is said, and its claim still comes home', () => {
  const { intent } = submitted()
  const core = createCore(setup({ seats: [seatOf(takeAll)] }))
  const effects = play(core, [...opening(2_500), { at: START, kind: 'outcome', intent, outcome: won(intent) }])
  expect(only(effects, 'alarm').map(({ code }) => code)).toEqual(['W_OUTCOME_UNKNOWN'])
  expect(only(effects, 'settle')).toHaveLength(1)
})

test('a slice without collateral is cash at once, without any gap', () => {
  const core = createCore(setup({ seats: [seatOf(takeAll)] }))
  const cross = ripe({ mode: 'cross', cash: usd(-220_000) })
  const [submission] = only(play(core, opening(2_400, cross)), 'submit')
  expect(submission?.intent.quote).toMatchObject({
    route: { settlement: 'none' },
    legs: [],
    collateralValue: 0n,
    gap: { expected: 0n, shortfall: 0n, premium: 0n },
  })
  expect((submission?.intent.quote.outlay ?? 0n) < 0n).toBe(true)
  expect((submission?.intent.quote.net ?? 0n) > 0n).toBe(true)
})

test('exhausted capital is said once, and again only after cash came and went', () => {
  const core = createCore(setup({ seats: [seatOf(takeAll)] }))
  const poor = play(core, [...opening(2_400, ripe(), usd(100)), ...ticks(2_390, 1), told(1, { id: address(0x12) })])
  expect(only(poor, 'alarm').map(({ code }) => code)).toEqual(['W_CAPITAL_EXHAUSTED'])
  expect(only(poor, 'decided').map(({ decision }) => decision.reason)).toEqual(['capital', 'capital'])
  const again = play(core, [
    { at: secondsIn(2), kind: 'cash', engine: ENGINE, cash: usd(200) },
    told(2, { version: 2n, anchor: anchor(4n) }),
  ])
  expect(only(again, 'alarm')).toHaveLength(1)
})

test('what capital allows is taken when the whole slice is too much', () => {
  const { intent } = submitted()
  const core = createCore(setup({ seats: [seatOf(takeAll)] }))
  const [less] = only(play(core, opening(2_400, ripe(), usd(9_000))), 'submit')
  expect(less?.intent.quote.fraction).toBeGreaterThan(0)
  expect(less?.intent.quote.fraction).toBeLessThan(intent.quote.fraction)
})

test('a strategy that throws is skipped with that reason, and the others go on', () => {
  const broken = seatOf(
    () => {
      throw new Error('division by zero')
    },
    { name: 'broken' },
  )
  const core = createCore(setup({ seats: [broken, seatOf(takeAll)] }))
  const effects = play(core, opening(2_400, ripe()))
  expect(only(effects, 'decided').map(({ decision }) => [decision.strategy, decision.reason, decision.detail])).toEqual(
    [
      ['broken', 'strategy-error', 'division by zero'],
      ['test', 'take', 'test'],
    ],
  )
})

test('a strategy cannot change what it was shown', () => {
  const vandal = seatOf(({ candidates }) => {
    for (const { quotes } of candidates) for (const quote of quotes) Object.assign(quote, { outlay: 0n })
    return []
  })
  const core = createCore(setup({ seats: [vandal] }))
  expect(only(play(core, opening(2_400, ripe())), 'decided')[0]?.decision.reason).toBe('strategy-error')
})

test('figures that a strategy invents are never believed', () => {
  const liar = seatOf((view) =>
    takeAll(view).map(
      (answer): Answer => ({
        ...answer,
        quote: { ...answer.quote, fraction: bps(100), outlay: wad(1n), pay: wad(1n) },
      }),
    ),
  )
  const core = createCore(setup({ seats: [liar] }))
  const [submission] = only(play(core, opening(2_400, ripe())), 'submit')
  expect(submission?.intent.quote.fraction).toBe(100)
  expect((submission?.intent.quote.pay ?? 0n) > usd(100)).toBe(true)
})

test('only the strategy whose intent it was hears of its outcome', () => {
  const heard: string[] = []
  const named = (name: string) =>
    seatOf(name === 'eager' ? takeAll : () => [], { name, observe: (_, { kind }) => heard.push(`${name} ${kind}`) })
  const { core, intent } = submitted({ seats: [named('idle'), named('eager')] })
  play(core, [{ at: secondsIn(1), kind: 'outcome', intent, outcome: lost() }])
  expect(heard).toEqual(['eager lost'])
})

test('a postponed candidate wakes us once, and the same reason is not repeated', () => {
  const patient = seatOf(({ candidates, now }) =>
    candidates.flatMap(({ quotes }) =>
      quotes.slice(0, 1).map(
        (quote): Answer => ({
          kind: 'postpone',
          quote,
          until: instant(now < secondsIn(4) ? secondsIn(4) : now + 9_000),
          reason: 'later',
        }),
      ),
    ),
  )
  const core = createCore(setup({ seats: [patient] }))
  const effects = [
    ...play(core, opening(2_400, ripe())),
    ...play(core, ticks(2_399, 1)),
    ...play(core, ticks(2_398, 2)),
    ...play(core, [{ at: secondsIn(4), kind: 'timer' }]),
  ]
  expect(only(effects, 'decided')).toHaveLength(1)
  expect(only(effects, 'wake').map(({ at }) => at)).toEqual([secondsIn(4), secondsIn(13)])
})

test('a timer that fires a little early is set again', () => {
  const patient = seatOf(({ candidates }) =>
    candidates.flatMap(({ quotes }) =>
      quotes.slice(0, 1).map((quote): Answer => ({ kind: 'postpone', quote, until: secondsIn(4), reason: 'later' })),
    ),
  )
  const core = createCore(setup({ seats: [patient] }))
  const effects = [
    ...play(core, opening(2_400, ripe())),
    ...play(core, [{ at: instant(secondsIn(4) - 1), kind: 'timer' }]),
  ]
  expect(only(effects, 'wake').map(({ at }) => at)).toEqual([secondsIn(4), secondsIn(4)])
})

test('the discount follows the engine clock between heads', () => {
  const discounts: number[] = []
  const watcher = seatOf(({ candidates }) => {
    for (const { quotes } of candidates) discounts.push(quotes[0]?.discount ?? 0)
    return []
  })
  const core = createCore(setup({ seats: [watcher] }))
  play(core, [
    ...opening(2_400, ripe()),
    { at: secondsIn(2), kind: 'timer' },
    { at: secondsIn(3), kind: 'head', head: head(3n) },
  ])
  expect(discounts).toEqual([600, 700, 700])
})

test('a reorg takes back what was read from the lost blocks', () => {
  const core = createCore(setup({ seats: [seatOf(takeAll)] }))
  play(core, opening(2_500, ripe({ anchor: anchor(7n) })))
  play(core, [{ at: secondsIn(1), kind: 'reorg', from: anchor(7n, { hash: hash(99) }) }])
  expect(play(core, ticks(2_300, 1))).toEqual([])
})
