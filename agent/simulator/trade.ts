// A trade of an executor against the engine's pool, as the contracts execute it: prices, fill, margin.
import type { Address } from 'viem'
import type { MarginAccount, Prices } from '../domain/market.ts'
import type { TradeOrder } from '../domain/trade.ts'
import { type Wad, wad } from '../domain/units.ts'
import { margin, positionValue, tradeFeeUp } from '../maths/margin.ts'
import { type Engine, pushed } from './engine.ts'

/** What a trade did, or the reason for which its transaction reverts. */
export type TradeDone = { readonly cashChange: Wad; readonly fees: Wad } | { readonly reverted: string }

/** Executes a trade in the newest block. */
export function executeTrade(engine: Engine, trader: Address, order: TradeOrder): TradeDone {
  const { instrument, size, limit } = order
  const prices = pushed(engine, order.batches)
  const listed = engine.terms.instruments.find(({ id }) => id === instrument)
  if (prices === undefined) return { reverted: 'BatchExpired' }
  const mark = listed && prices.get(listed.markFeed)?.price
  if (mark === undefined) return { reverted: 'PriceStale' }
  if (size > 0n ? mark > limit : mark < limit) return { reverted: 'PriceLimit' }
  const value = positionValue(size, mark)
  const fees = tradeFeeUp(value, engine.terms.tradeFee)
  const cash = (engine.cash.get(trader) ?? 0n) - value - fees
  const held = new Map(engine.positions.get(trader))
  held.set(instrument, (held.get(instrument) ?? 0n) + size)
  const after = margin(accountOf(engine, trader, { held, cash }), engine.terms, prices)
  if (after === undefined || after.netValue < after.initial) return { reverted: 'InitialMargin' }
  engine.prices = prices
  engine.cash.set(trader, cash)
  engine.positions.set(trader, held)
  engine.pool += value
  engine.insurance += fees
  return { cashChange: wad(-value - fees), fees: wad(fees) }
}

/** An executor's own account as a node reports it. */
export function ownAccount(engine: Engine, trader: Address): MarginAccount {
  const held = engine.positions.get(trader) ?? new Map()
  return accountOf(engine, trader, { held, cash: engine.cash.get(trader) ?? 0n })
}

/** Margin that an executor's positions leave it: what they are worth, and the initial margin they take. */
export function ownMargin(
  engine: Engine,
  trader: Address,
  prices: Prices,
): { readonly value: bigint; readonly initial: bigint } {
  const held = engine.positions.get(trader)
  const found = held && margin(accountOf(engine, trader, { held, cash: 0n }), engine.terms, prices)
  return { value: found?.netValue ?? 0n, initial: found?.initial ?? 0n }
}

type Held = { readonly held: ReadonlyMap<number, bigint>; readonly cash: bigint }

const accountOf = (engine: Engine, id: Address, { held, cash }: Held): MarginAccount => ({
  engine: engine.terms.chain,
  ...{ id, owner: id, mode: 'cross', credit: [], auctionStartedAt: undefined },
  // Every block is news of it.
  version: engine.number,
  cash: wad(cash),
  positions: [...held].flatMap(([instrument, size]) => (size === 0n ? [] : [{ instrument, size: wad(size) }])),
  anchor: {
    chain: engine.terms.chain,
    number: engine.number,
    hash: `0x${engine.number.toString(16).padStart(64, '0')}`,
  },
})
