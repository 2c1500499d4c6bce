import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decode, encode } from '../../../agent/adapters/store/codec.ts'
import { createCore, type Effect, type Input, step } from '../../../agent/core/core.ts'
import { drawTable } from '../../../agent/core/risk/draw.ts'
import type { ScenarioSpec } from '../../../agent/core/risk/words.ts'
import { seat, WHOLE_BUDGET } from '../../../agent/core/setup.ts'
import type { Claim, Intent } from '../../../agent/domain/liquidation.ts'
import { bps, instant, wad } from '../../../agent/domain/units.ts'
import { logged, restored } from '../../../agent/runtime/loop.ts'
import { strategy as firstCome } from '../../../strategies/first-come.ts'
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
  head,
  lost,
  only,
  PROVIDER,
  provider,
  ripe,
  START,
  sale,
  seatOf,
  setup,
  takeAll,
  usd,
  VAULT_CHAIN,
  won,
} from '../../support/builders.ts'

/** A core with every built-in strategy and one that tosses coins. */
const fresh = () =>
  createCore(
    setup({
      risk: { ...setup().risk, scenarios: { ...setup().risk.scenarios, rows: 512 } },
      seats: [
        seat(gapAware, gapAware.params.parse({}), { budget: { ...WHOLE_BUDGET, capital: bps(6_000) } }),
        seatOf((view) => (view.random() < 0.3 ? takeAll(view) : []), { name: 'coin' }),
        seat(firstCome, firstCome.params.parse({ minGain: 10n ** 18n })),
      ],
    }),
  )

/** What happens next, as far as chance decides it. */
const event = fc.record({
  kind: fc.constantFrom(
    'prices',
    'prices',
    'prices',
    'account',
    'account',
    'head',
    'provider',
    'outcome',
    'outcome',
    'sale',
    'claim',
    'reorg',
    'cash',
    'competitor',
    'gas',
    'timer',
    'terms',
    'multiplier',
  ),
  wait: fc.integer({ min: 0, max: 1_500 }),
  level: fc.integer({ min: 2_050, max: 2_600 }),
  pick: fc.integer({ min: 0, max: 5 }),
  luck: fc.integer({ min: 0, max: 3 }),
})
type Event = typeof event extends fc.Arbitrary<infer T> ? T : never

/** Plays a session the way a chain would answer it, and writes down every input. */
function session(events: readonly Event[]): { readonly inputs: readonly Input[]; readonly effects: readonly Effect[] } {
  const core = fresh()
  const inputs: Input[] = []
  const effects: Effect[] = []
  const pending: Intent[] = []
  const claims: Claim[] = []
  const drawn: ScenarioSpec[] = []
  let at: number = START
  let block = 1n
  const tell = (input: Input): void => {
    inputs.push(input)
    for (const effect of step(core, input)) {
      effects.push(effect)
      if (effect.kind === 'submit') pending.push(effect.intent)
      if (effect.kind === 'settle') claims.push(effect.claim)
      if (effect.kind === 'draw-scenarios') drawn.push(effect.spec)
    }
    for (const spec of drawn.splice(0)) tell({ at: input.at, kind: 'scenarios', table: drawTable(spec) })
  }
  for (const input of prologue) tell(input)
  for (const { kind, wait, level, pick, luck } of events) {
    at += wait
    block += 1n
    for (const input of inputsOf(kind, { at: instant(at), block, level, pick, luck, pending, claims })) tell(input)
  }
  return { inputs, effects }
}

const prologue: readonly Input[] = [
  { at: START, kind: 'terms', terms: engineTerms() },
  { at: START, kind: 'head', head: head(1n) },
  { at: START, kind: 'cash', engine: ENGINE, cash: usd(120_000) },
]

type Moment = Omit<Event, 'kind' | 'wait'> & {
  readonly at: Input['at']
  readonly block: bigint
  readonly pending: Intent[]
  readonly claims: Claim[]
}

function inputsOf(kind: Event['kind'], { at, block, level, pick, luck, pending, claims }: Moment): readonly Input[] {
  const held = { id: address(0x11 + pick), version: block / 4n, anchor: anchor(block) }
  switch (kind) {
    case 'terms':
      return [{ at, kind, terms: engineTerms({ auction: auctionTerms({ startDiscount: bps(50 * luck) }) }) }]
    case 'head':
      return [
        {
          at,
          kind,
          head: head(block, { chain: pick === 0 ? VAULT_CHAIN : ENGINE, timestamp: BigInt(Math.floor(at / 1_000)) }),
        },
      ]
    case 'prices':
      return batchesAt(level, at)
        .slice(0, luck)
        .map((batch) => ({ at, kind, batch }))
    case 'account':
      return [
        {
          at,
          kind,
          account: luck === 0 ? account(held) : ripe(held),
          source: (['own', 'own', 'proven', 'peer'] as const)[luck] ?? 'own',
        },
      ]
    case 'provider':
      return [
        { at, kind, provider: provider({ rates: [{ collateral: 0, rate: bps(9_700 + 90 * luck) }] }), from: PROVIDER },
      ]
    case 'outcome': {
      const intent = pending.splice(0, 1)[0]
      const outcomes = intent && [
        won(intent, { anchor: anchor(block) }),
        lost(),
        { kind: 'declined' as const, reason: 'busy' },
        { kind: 'expired' as const, reason: 'late' },
      ]
      const outcome = outcomes?.[luck]
      return intent && outcome ? [{ at, kind, intent, outcome }] : []
    }
    case 'sale': {
      const sold = claims.splice(0, luck + 1)
      return sold.length === 0
        ? []
        : [{ at, kind: 'claim-sold', claims: sold, sale: sale(wad(usd(level) * 7n), wad(usd(level) * 8n)) }]
    }
    case 'claim': {
      const claim = {
        intent: hash(pick),
        vault: 'vault-slow',
        collateral: 2,
        asset: address(0xe1),
        amount: 10n ** 17n,
        openedAt: at,
        openedIn: anchor(block),
      }
      return [{ at, kind: 'claim-opened', claim }]
    }
    case 'reorg':
      return [{ at, kind, from: anchor(block - BigInt(luck)) }]
    case 'cash':
      return [{ at, kind, engine: ENGINE, cash: usd(20 * level) }]
    case 'competitor':
      return [{ at, kind, engine: ENGINE, bidder: address(0x50 + luck), account: held.id }]
    case 'gas':
      return [
        {
          at,
          kind,
          chain: VAULT_CHAIN,
          cost: wad(10n ** 15n),
          purpose: (['claim', 'credit', 'root'] as const)[luck] ?? 'root',
        },
      ]
    case 'multiplier':
      return [{ at, kind, multiplier: 1 + 0.2 * luck }]
    case 'timer':
      return [{ at, kind }]
  }
}

const bytes = (effects: readonly Effect[]): string =>
  JSON.stringify(effects, (_, value) => (typeof value === 'bigint' ? `${value}n` : value))

/** Sessions draw scenarios: on a busy machine that takes its time. */
const LONG = 120_000

test("a run's logged inputs replayed through a fresh core give byte-identical effects", { timeout: LONG }, () => {
  const seen = new Set<string>()
  fc.assert(
    fc.property(fc.array(event, { minLength: 40, maxLength: 120 }), (events) => {
      const { inputs, effects } = session(events)
      const core = fresh()
      const log = inputs.map((input) => restored(decode(encode(logged(input))) as Input))
      expect(bytes(log.flatMap((input) => step(core, input)))).toBe(bytes(effects))
      for (const { kind } of effects) seen.add(kind)
      for (const { kind } of inputs) seen.add(`input ${kind}`)
    }),
    { numRuns: 25, seed: 20_261_122 },
  )
  expect([...seen].filter((kind) => !kind.startsWith('input')).sort()).toEqual([
    'alarm',
    'decided',
    'draw-scenarios',
    'found',
    'gap-realised',
    'open-auction',
    'settle',
    'settled',
    'submit',
    'wake',
  ])
  expect([...seen].filter((kind) => kind.startsWith('input'))).toHaveLength(15)
})

test('quotes that are kept are those that would be made anew: a core that forgets them decides alike', {
  timeout: LONG,
}, () => {
  let kept = 0
  fc.assert(
    fc.property(fc.array(event, { minLength: 40, maxLength: 120 }), (events) => {
      const { inputs, effects } = session(events)
      const forgetful = fresh()
      const anew = inputs.flatMap((input) => {
        Object.assign(forgetful, { priced: new WeakMap(), load: undefined })
        return step(forgetful, input)
      })
      expect(bytes(anew)).toBe(bytes(effects))
      kept += only(effects, 'decided').length
    }),
    { numRuns: 15, seed: 20_261_123 },
  )
  expect(kept).toBeGreaterThan(100)
})

test('in any session no account has two bids under way, and nothing but a take is said twice in a row', {
  timeout: LONG,
}, () => {
  fc.assert(
    fc.property(fc.array(event, { minLength: 40, maxLength: 120 }), (events) => {
      const { inputs, effects } = session(events)
      const core = fresh()
      for (const input of inputs) {
        step(core, input)
        const accounts = [...core.ledger.reserved.values()].map(({ intent }) => intent.quote.candidate.account.id)
        expect(new Set(accounts).size).toBe(accounts.length)
      }
      expect(repeated(effects)).toEqual([])
    }),
    { numRuns: 15, seed: 7 },
  )
})

/** Decisions that say what the same strategy last said about the same account. */
function repeated(effects: readonly Effect[]): readonly string[] {
  const last = new Map<string, string>()
  return only(effects, 'decided').flatMap(({ decision }) => {
    const key = `${decision.account} ${decision.strategy}`
    const said = `${decision.candidate} ${decision.kind} ${decision.reason}`
    const again = last.get(key) === said && decision.kind !== 'take'
    last.set(key, said)
    return again ? [`${key}: ${said}`] : []
  })
}
