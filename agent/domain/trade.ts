// Positions of our own on an engine: what offsets collateral that is on its way.
import type { Hex } from 'viem'
import type { PriceBatch } from './market.ts'
import type { ChainId, InstrumentId, Price, Wad } from './units.ts'

/** A trade against the engine's pool. `size` above zero buys; `limit` is the worst price. Prices travel along. */
export type TradeOrder = {
  readonly id: Hex
  readonly strategy: string
  readonly engine: ChainId
  readonly instrument: InstrumentId
  readonly size: Wad
  readonly limit: Price
  readonly batches: readonly PriceBatch[]
  readonly reason: string
}

/** How it ended. `cashChange` is what it did to our engine cash, its fees included; gas in native coin. */
export type TradeOutcome =
  | { readonly kind: 'done'; readonly cashChange: Wad; readonly fees: Wad; readonly gasCost: bigint }
  | { readonly kind: 'refused'; readonly reason: string; readonly gasCost: bigint }

/** Counted and askable: why a strategy's trade was not sent. */
export type TradeRefusal =
  | 'shadow'
  | 'halted'
  | 'instrument-unknown'
  | 'prices-missing'
  | 'strategy-error'
  | 'taken'
  | 'under-way'
  | 'beyond-exposure'
  | 'capital'
  | 'refused-lately'

/** A position that is closed: what it brought, fees and the shares of its gas included. */
export type ClosedPosition = {
  readonly strategy: string
  readonly engine: ChainId
  readonly instrument: InstrumentId
  readonly pnl: Wad
  readonly fees: Wad
}
