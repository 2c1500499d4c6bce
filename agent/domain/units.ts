// Units that must never be mixed. The brands exist only at compile time; the constructors here are the only casts.
import type { Address } from 'viem'

declare const unit: unique symbol
type Branded<Base, Name extends string> = Base & { readonly [unit]: Name }

/** Fixed point, 18 decimals: values in dollars and sizes of positions. */
export type Wad = Branded<bigint, 'wad'>
/** Fixed point, 8 decimals: dollars per unit, as publishers sign it. */
export type Price = Branded<bigint, 'price'>
/** Hundredths of a percent. */
export type Bps = Branded<number, 'bps'>
/** Milliseconds since the Unix epoch. */
export type Instant = Branded<number, 'instant'>
/** A length of time in milliseconds. */
export type Millis = Branded<number, 'millis'>
/** An EIP-155 chain id. */
export type ChainId = Branded<number, 'chain id'>
/** A margin account on one engine. */
export type AccountId = Address
/** Index of a price feed in the price book. */
export type FeedId = number
/** Index of an instrument in the engine. */
export type InstrumentId = number
/** Index of a collateral (one asset of one vault) in the engine. */
export type CollateralId = number
/** Name of a vault in the network description. */
export type VaultId = string

export const wad = (raw: bigint): Wad => raw as Wad
export const price = (raw: bigint): Price => raw as Price
export const bps = (n: number): Bps => n as Bps
export const instant = (ms: number): Instant => ms as Instant
export const millis = (ms: number): Millis => ms as Millis
export const chainId = (id: number): ChainId => id as ChainId

/** The time `length` after `start`. */
export const after = (start: Instant, length: Millis): Instant => instant(start + length)
/** How long ago `then` was. */
export const since = (then: Instant, now: Instant): Millis => millis(now - then)
