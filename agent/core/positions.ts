// What we hold on engines besides cash, and the orders that may change it.
import type { TradeOrder } from '../domain/trade.ts'
import type { ChainId, Instant, InstrumentId } from '../domain/units.ts'

/** What is held of an instrument, by whom, and the cash that it moved so far, fees included. */
export type Position = {
  readonly strategy: string
  readonly size: bigint
  readonly cash: bigint
  readonly fees: bigint
}

/** Positions, the orders that may change them, and what was refused lately. */
export type Trades = {
  readonly positions: Map<string, Position>
  readonly orders: Map<string, TradeOrder>
  readonly rest: Map<string, Instant>
  readonly said: Map<string, string>
  count: number
}

export const openTrades = (): Trades => ({
  positions: new Map(),
  orders: new Map(),
  rest: new Map(),
  said: new Map(),
  count: 0,
})

/** A size that a position might have. */
export type Instead = { readonly instrument: InstrumentId; readonly size: bigint }

/** Names an instrument of an engine. */
export const keyOf = (engine: ChainId, instrument: InstrumentId): string => `${engine}:${instrument}`

/** Whether any position of ours stands on an engine, or an order may open one. */
export const holdsAny = ({ positions, orders }: Trades, engine: ChainId): boolean =>
  [...positions.keys(), ...orders.keys()].some((key) => key.startsWith(`${engine}:`))
