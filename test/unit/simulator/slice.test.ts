import { expect, test } from 'vitest'
import type { Intent } from '../../../agent/domain/liquidation.ts'
import { bps, wad } from '../../../agent/domain/units.ts'
import { type Engine, openEngine, put, wholeCash } from '../../../agent/simulator/engine.ts'
import { type Bid, executeBid, openAuction } from '../../../agent/simulator/slice.ts'
import {
  account,
  batchesAt,
  engineTerms,
  ME,
  ripe,
  SECOND,
  START,
  secondsIn,
  submitted,
  usd,
} from '../../support/builders.ts'

/** The chain as the builders' agent saw it when it bid: one ripe account, and our cash. */
function chain(): Engine {
  const engine = openEngine(engineTerms(), { pool: usd(1e6), insurance: usd(1e4), bonded: new Set([ME]) })
  engine.seconds = BigInt(START / SECOND) + 1n
  put(engine, ripe())
  engine.cash.set(ME, usd(400_000))
  return engine
}

const bidOf = ({ quote, maxPay }: Intent, over: Partial<Bid> = {}): Bid => ({
  bidder: ME,
  account: quote.candidate.account.id,
  version: quote.candidate.account.version,
  batches: quote.candidate.batches,
  fraction: quote.fraction,
  maxPay,
  floor: -usd(1e6),
  ...over,
})

test('a bid in the block it was quoted for is filled exactly as quoted', () => {
  const { intent } = submitted()
  const { quote } = intent
  const taken = executeBid(chain(), bidOf(intent))
  expect(taken).toMatchObject({
    pay: quote.pay,
    outlay: quote.outlay,
    collateralValue: quote.collateralValue,
    legs: quote.legs,
    discount: quote.discount,
  })
})

test('a bid moves cash and makes none; the account is another version', () => {
  const engine = chain()
  const before = wholeCash(engine)
  executeBid(engine, bidOf(submitted().intent))
  expect(wholeCash(engine)).toBe(before)
  expect(engine.accounts.get(ripe().id)?.version).toBe(2n)
})

test('who comes second loses the race, and nothing else changes', () => {
  const engine = chain()
  const { intent } = submitted()
  executeBid(engine, bidOf(intent))
  const after = new Map(engine.accounts)
  expect(executeBid(engine, bidOf(intent))).toEqual({ reverted: 'LOST_RACE' })
  expect(engine.accounts).toEqual(after)
})

test.each<readonly [string, string, (engine: Engine, bid: Bid) => Bid]>([
  ['a slice larger than restores the account', 'FractionOutOfRange', (_, bid) => ({ ...bid, fraction: bps(10_000) })],
  ['a price beyond what we would pay', 'PayAboveMaximum', (_, bid) => ({ ...bid, maxPay: wad(1n) })],
  ['a loss beyond the floor', 'BelowFloor', (_, bid) => ({ ...bid, floor: usd(1) })],
  [
    'a bidder without cash',
    'InitialMargin',
    (engine, bid) => {
      engine.cash.set(ME, 0n)
      return bid
    },
  ],
  ['prices from yesterday', 'BatchExpired', (_, bid) => ({ ...bid, batches: batchesAt(2_400, secondsIn(-60)) })],
  ['an account that recovered', 'AccountHealthy', (_, bid) => ({ ...bid, batches: batchesAt(2_600) })],
  [
    'a stranger in the seconds of the bonded',
    'BondedOnly',
    (engine, bid) => {
      put(engine, account())
      return { ...bid, bidder: '0x0000000000000000000000000000000000000009' }
    },
  ],
])('%s reverts the bid', (_, reverted, changed) => {
  const engine = chain()
  const bid = changed(engine, bidOf(submitted().intent))
  expect(executeBid(engine, bid)).toEqual({ reverted })
})

test('an auction opens below maintenance only, and keeps the time at which it began', () => {
  const engine = chain()
  put(engine, account())
  expect(openAuction(engine, account().id, batchesAt(2_600))).toBe(false)
  expect(openAuction(engine, account().id, batchesAt(2_400))).toBe(true)
  const began = engine.accounts.get(account().id)?.auctionStartedAt
  engine.seconds += 5n
  openAuction(engine, account().id, batchesAt(2_400, secondsIn(6)))
  expect(engine.accounts.get(account().id)?.auctionStartedAt).toBe(began)
})
