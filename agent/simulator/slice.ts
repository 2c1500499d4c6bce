// A bid as the contracts execute it: prices, start, slice, close, guard. Nothing changes unless everything holds.
import type { Address } from 'viem'
import type { Leg } from '../domain/liquidation.ts'
import type { Margin, MarginAccount, PriceBatch, Prices } from '../domain/market.ts'
import { type AccountId, type Bps, bps, type Wad, wad } from '../domain/units.ts'
import { max, min } from '../maths/fixed-point.ts'
import {
  collateralValueDown,
  discount,
  type Holdings,
  insolventRewardDown,
  isBelowMaintenance,
  margin,
  maxFractionUp,
  outlay,
  payUp,
  positionValue,
  share,
  shareDown,
  tradeFeeUp,
} from '../maths/margin.ts'
import { standingOf } from '../maths/standing.ts'
import { type Engine, marginAt, pushed, put } from './engine.ts'
import { ownMargin } from './trade.ts'

/** What a bidder asks for. `floor` is the least change of its engine cash that it accepts. */
export type Bid = {
  readonly bidder: Address
  readonly account: AccountId
  readonly fraction: Bps
  readonly maxPay: Wad
  readonly version: bigint
  readonly batches: readonly PriceBatch[]
  readonly floor: bigint
}

/** What a slice did. */
export type Taken = {
  readonly pay: Wad
  readonly outlay: Wad
  readonly collateralValue: Wad
  readonly legs: readonly Leg[]
  readonly cashChange: Wad
  readonly tradeFees: Wad
  /** The account as it was. */
  readonly before: MarginAccount
  readonly discount: Bps
}

/** A slice, or the reason for which the transaction reverts. */
export type Executed = Taken | { readonly reverted: string }

/** Executes a bid in the newest block. */
export function executeBid(engine: Engine, bid: Bid): Executed {
  const prices = pushed(engine, bid.batches)
  if (prices === undefined) return revert('BatchExpired')
  const account = engine.accounts.get(bid.account)
  if (account === undefined) return revert('AccountUnknown')
  if (account.version !== bid.version) return revert('LOST_RACE')
  const { margin: found, held } = standingOf(account, engine.terms, prices)
  if (found === undefined || held === undefined) return revert('PriceStale')
  if (!isBelowMaintenance(found)) return revert('AccountHealthy')
  const slice = sliceOf(engine, { account, margin: found, held, prices }, bid)
  if ('reverted' in slice) return slice
  commit(engine, { bid, account, prices, slice })
  return slice
}

/** Opens an auction without a bid. True when it runs now. */
export function openAuction(engine: Engine, id: AccountId, batches: readonly PriceBatch[]): boolean {
  const prices = pushed(engine, batches)
  const account = engine.accounts.get(id)
  const found = account && prices && marginAt(account, engine.terms, prices)
  if (account === undefined || prices === undefined || found === undefined || !isBelowMaintenance(found)) return false
  engine.prices = prices
  if (account.auctionStartedAt === undefined)
    put(engine, { ...account, auctionStartedAt: engine.seconds, anchor: anchorOf(engine) })
  return true
}

/** The block that is being made. */
export const anchorOf = ({ terms, number }: Engine) => ({
  chain: terms.chain,
  number,
  hash: `0x${number.toString(16).padStart(64, '0')}` as const,
})

type Valued = {
  readonly account: MarginAccount
  readonly margin: Margin
  readonly held: Holdings
  readonly prices: Prices
}

function sliceOf(engine: Engine, valued: Valued, bid: Bid): Executed {
  const { account, margin, held } = valued
  const { auction } = engine.terms
  const startedAt = account.auctionStartedAt ?? engine.seconds
  const elapsed = engine.seconds - startedAt
  if (elapsed < BigInt(auction.bondedSeconds) && !engine.bonded.has(bid.bidder)) return revert('BondedOnly')
  const now = discount(auction, elapsed)
  const most = maxFractionUp(margin, now, auction)
  if (bid.fraction <= 0 || bid.fraction > most || (margin.mark <= 0n && bid.fraction !== most))
    return revert('FractionOutOfRange')
  const pay = payOf(engine, margin, { discount: now, elapsed, fraction: bid.fraction })
  if (pay > 0n && pay > bid.maxPay) return revert('PayAboveMaximum')
  const legs = legsOf(held, bid.fraction)
  const cash = share(account.cash, bid.fraction) - pay
  const closed = closeOut(engine, valued, bid.fraction)
  if (!isFunded(engine, bid, { cash, prices: valued.prices, ...closed })) return revert('InitialMargin')
  const cashChange = wad(cash + closed.value - closed.fees)
  if (cashChange < bid.floor) return revert('BelowFloor')
  return {
    pay,
    outlay: outlay(pay, margin.netValue, bid.fraction),
    collateralValue: wad(legs.reduce((sum, { value }) => sum + value, 0n)),
    legs,
    cashChange,
    tradeFees: wad(closed.fees),
    before: account,
    discount: now,
  }
}

function payOf(
  { terms }: Engine,
  margin: Margin,
  at: { readonly discount: Bps; readonly elapsed: bigint; readonly fraction: Bps },
): Wad {
  if (margin.mark > 0n) return payUp(at.fraction, margin.mark, at.discount)
  return wad(-insolventRewardDown(margin, at.elapsed, BigInt(terms.auction.insolventSeconds)))
}

const legsOf = ({ collateral }: Holdings, fraction: Bps): readonly Leg[] =>
  collateral.flatMap(({ collateral: { id, vault, decimals }, amount, price }) => {
    const part = shareDown(amount, fraction)
    return part === 0n
      ? []
      : [{ collateral: id, vault, amount: part, value: wad(collateralValueDown(part, decimals, price)) }]
  })

type Closed = { readonly value: bigint; readonly fees: bigint; readonly initial: bigint }

/** Inherited positions against the pool at the mark, and the initial margin they take until then. */
function closeOut(engine: Engine, { account, held, prices }: Valued, fraction: Bps): Closed {
  const parts = account.positions.map((one) => ({ ...one, size: wad(share(one.size, fraction)) }))
  const inherited = { ...account, mode: 'cross' as const, cash: wad(0n), positions: parts, credit: [] }
  let [value, fees] = [0n, 0n]
  for (const { instrument, size } of held.positions) {
    const worth = positionValue(share(size, fraction), prices.get(instrument.markFeed)?.price ?? 0n)
    value += worth
    fees += tradeFeeUp(worth, engine.terms.tradeFee)
  }
  return { value, fees, initial: margin(inherited, engine.terms, prices)?.initial ?? 0n }
}

/** A bidder stands on its own cash and what it inherits. */
function isFunded(
  engine: Engine,
  { bidder }: Bid,
  slice: Closed & { readonly cash: bigint; readonly prices: Prices },
): boolean {
  const own = ownMargin(engine, bidder, slice.prices)
  return (engine.cash.get(bidder) ?? 0n) + slice.cash + slice.value + own.value >= slice.initial + own.initial
}

type Commit = {
  readonly bid: Bid
  readonly account: MarginAccount
  readonly prices: Prices
  readonly slice: Taken
}

function commit(engine: Engine, { bid, account, prices, slice }: Commit): void {
  const { fraction } = bid
  engine.prices = prices
  const left: MarginAccount = {
    ...account,
    version: account.version + 1n,
    cash: wad(account.cash - share(account.cash, fraction) + max<bigint>(slice.pay, 0n)),
    positions: account.positions.map((one) => ({ ...one, size: wad(one.size - share(one.size, fraction)) })),
    credit:
      account.mode === 'cross'
        ? account.credit
        : account.credit.map((one) => ({ ...one, amount: one.amount - shareDown(one.amount, fraction) })),
    auctionStartedAt: account.auctionStartedAt ?? engine.seconds,
    anchor: anchorOf(engine),
  }
  const after = marginAt(left, engine.terms, prices)
  const healed = after !== undefined && !isBelowMaintenance(after)
  put(engine, healed ? { ...left, auctionStartedAt: undefined } : left)
  engine.cash.set(bid.bidder, (engine.cash.get(bid.bidder) ?? 0n) + slice.cashChange)
  const traded = slice.cashChange + slice.tradeFees - (share(account.cash, fraction) - slice.pay)
  engine.pool -= traded
  engine.insurance += slice.tradeFees
  if (slice.pay < 0n) cover(engine, -slice.pay)
}

/** The insurance account pays as far as it goes, the pool bears the rest. */
function cover(engine: Engine, amount: bigint): void {
  const covered = min(amount, max(engine.insurance, 0n))
  engine.insurance -= covered
  engine.pool -= amount - covered
  engine.badDebt += amount - covered
}

/** The whole of an account's slice that one bid may take, a little less for prices that recover. */
export const largestSlice = (found: Margin, at: Bps, engine: Engine): Bps => {
  const most = maxFractionUp(found, at, engine.terms.auction)
  return most === 10_000 ? most : bps(Math.max(1, Math.floor(most * 0.95)))
}

const revert = (reason: string): { readonly reverted: string } => ({ reverted: reason })
