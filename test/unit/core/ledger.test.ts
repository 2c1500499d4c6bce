import fc from 'fast-check'
import { expect, test } from 'vitest'
import { step } from '../../../agent/core/core.ts'
import {
  bookSale,
  free,
  inFlight,
  openLedger,
  openSettlement,
  release,
  reserve,
  unsettledGas,
} from '../../../agent/core/ledger.ts'
import type { Attribution, Intent, Leg } from '../../../agent/domain/liquidation.ts'
import { wad } from '../../../agent/domain/units.ts'
import {
  address,
  ENGINE,
  fill,
  hash,
  only,
  START,
  sale,
  secondsIn,
  submitted,
  usd,
  VAULT_CHAIN,
  WETH,
} from '../../support/builders.ts'

const sum = ({ total: _, ...parts }: Attribution): bigint => Object.values(parts).reduce((all, part) => all + part, 0n)
const money = (max: number) => fc.bigInt({ min: 0n, max: BigInt(max) * 10n ** 18n })
const signed = fc.bigInt({ min: -(10n ** 22n), max: 10n ** 22n })
const asset = () => WETH

const bids = fc.array(
  fc.record({
    settlement: fc.constantFrom('state-proof' as const, 'liquidity-service' as const, 'none' as const),
    values: fc.array(money(50_000), { minLength: 1, maxLength: 4 }),
    cashChange: signed,
    outlay: signed,
    tradeFees: money(50),
    funding: signed,
    saleProceeds: money(50_000),
    gas: money(3),
    collateralValue: money(90_000),
  }),
  { minLength: 1, maxLength: 6 },
)
const sales = fc.record({
  proceeds: money(400_000),
  value: money(400_000),
  gas: money(9),
  early: money(2),
  chunk: fc.integer({ min: 1, max: 4 }),
})

type Bid = { settlement: 'state-proof' | 'liquidity-service' | 'none'; values: readonly bigint[] }

function intentFor(base: Intent, { settlement, values }: Bid, index: number): Intent {
  const legs = values.map(
    (value, i): Leg => ({ collateral: i, vault: `vault-${i % 2}`, amount: value + 1n, value: wad(value) }),
  )
  const route = { ...base.quote.route, settlement }
  return { ...base, id: hash(index), quote: { ...base.quote, route, legs: settlement === 'none' ? [] : legs } }
}

test('the parts of every settlement sum to its total, and all totals to what the tokens did', () => {
  const { intent: base } = submitted()
  fc.assert(
    fc.property(bids, sales, (all, sold) => {
      const ledger = openLedger()
      let tokens = 0n
      const opened = all.map((bid, index) => {
        const intent = intentFor(base, bid, index)
        const { settlement: _, values: __, gas, outlay, tradeFees, funding, ...over } = bid
        tokens += bid.cashChange - gas
        const filled = fill(intent, {
          ...over,
          outlay: wad(outlay),
          tradeFees: wad(tradeFees),
          funding: wad(funding),
          cashChange: wad(bid.cashChange),
          saleProceeds: wad(bid.saleProceeds),
          collateralValue: wad(bid.collateralValue),
        })
        return openSettlement(ledger, { intent, fill: filled, at: START, gas: wad(gas), asset })
      })
      const closed = opened.flatMap(({ settled }) => settled ?? [])
      const claims = opened.flatMap((one) => one.claims)
      for (let from = 0; from < claims.length; from += sold.chunk) {
        const some = claims.slice(from, from + sold.chunk)
        ledger.claimGas.set(VAULT_CHAIN, sold.early)
        tokens += sold.proceeds - sold.gas - sold.early
        closed.push(
          ...bookSale(ledger, {
            claims: some,
            weights: some.map(({ amount }) => amount),
            sale: sale(wad(sold.proceeds), wad(sold.value)),
            gas: wad(sold.gas),
          }),
        )
      }
      expect(closed).toHaveLength(all.length)
      expect(closed.map(({ attribution }) => sum(attribution))).toEqual(
        closed.map(({ attribution }) => attribution.total),
      )
      expect(closed.reduce((total, { attribution }) => total + attribution.total, 0n)).toBe(tokens)
      expect([inFlight(ledger), ledger.settlements.size]).toEqual([0n, 0])
    }),
  )
})

test('a won bid moves its reservation into flight, wei for wei', () => {
  const { core, intent } = submitted()
  const { ledger } = core
  release(ledger, intent.id)
  openSettlement(ledger, { intent, fill: fill(intent), at: START, gas: usd(1), asset })
  expect(inFlight(ledger)).toBe(intent.quote.outlay)
})

test('reservations of one engine leave the cash of another alone', () => {
  const { core } = submitted()
  expect(free(core.ledger, ENGINE, usd(0)) < usd(400_000)).toBe(true)
  expect(free({ ...core.ledger, cash: new Map([[VAULT_CHAIN, usd(7)]]) }, VAULT_CHAIN, usd(2))).toBe(usd(5))
})

test('free cash is never below zero', () => {
  expect(free(openLedger(), ENGINE, usd(100))).toBe(0n)
})

test('the same intent is never reserved twice', () => {
  const { core, intent } = submitted()
  expect(() => reserve(core.ledger, { intent, amount: usd(1) })).toThrow('an intent was reserved twice')
})

test('gas of lost races is carried by the next settlement', () => {
  const { core, intent } = submitted()
  const { quote } = intent
  const service = {
    ...intent,
    id: hash(5),
    quote: { ...quote, route: { ...quote.route, settlement: 'liquidity-service' as const } },
  }
  step(core, {
    at: secondsIn(1),
    kind: 'outcome',
    intent,
    outcome: { kind: 'lost', reason: 'late', gasCost: 10n ** 15n, anchor: undefined },
  })
  const won = { kind: 'won' as const, fill: fill(service) }
  const effects = [1, 2].flatMap((n) =>
    step(core, { at: secondsIn(n), kind: 'outcome', intent: { ...service, id: hash(n) }, outcome: won }),
  )
  expect(only(effects, 'settled').map(({ attribution }) => attribution.lostRaceGas)).toEqual([-usd(2.4), 0n])
})

test('gas that no settlement has carried yet is not forgotten', () => {
  const { core, intent } = submitted()
  const cost = wad(10n ** 15n)
  const lost = { kind: 'lost' as const, reason: 'late', gasCost: cost, anchor: undefined }
  step(core, { at: secondsIn(1), kind: 'outcome', intent, outcome: lost })
  for (const purpose of ['claim', 'credit', 'root'] as const)
    step(core, { at: secondsIn(1), kind: 'gas', chain: VAULT_CHAIN, cost, purpose })
  expect(unsettledGas(core.ledger)).toBe(usd(4 * 2.4))
})

test('a claim that no book held is said, and costs nobody anything', () => {
  const { core, intent } = submitted()
  const claim = {
    intent: intent.id,
    vault: 'vault-fast',
    collateral: 0,
    asset: address(1),
    amount: 1n,
    openedAt: START,
    openedIn: fill(intent).anchor,
  }
  const effects = step(core, { at: START, kind: 'claim-sold', claims: [claim], sale: sale(usd(1), usd(1)) })
  expect(only(effects, 'alarm').map(({ code }) => code)).toEqual(['W_CLAIM_UNKNOWN'])
})
