// Plays one seed of a backtest and keeps the books of the agent that is tested.

import type { PriceHistory } from '../history/prices.ts'
import { runWorld } from '../world.ts'
import { type Books, bookkeeper } from './books.ts'
import { backtestWorld, type Entrant, type Terms } from './world.ts'

/** One seed on one stretch of history. */
export type Played = {
  readonly period: string
  readonly seed: number
  /** SHA-256 over everything that all agents decided, in order. */
  readonly decisionsHash: string
  readonly books: Books
  /** Inputs that the cores took, and modelled hours that passed. */
  readonly inputs: number
  readonly hours: number
}

/** The first entrant is the one that is tested. */
export function playSeed(history: PriceHistory, seed: number, terms: Terms, entrants: readonly Entrant[]): Played {
  const spec = backtestWorld(history, seed, terms, entrants)
  const keeper = bookkeeper(entrants[0]?.name ?? '', spec.opensAt, spec.timeScale)
  const { decisionsHash, inputs, elapsed } = runWorld(spec, [keeper.observer])
  const hours = (elapsed * spec.timeScale) / 3_600_000
  return { period: history.name, seed, decisionsHash, books: keeper.books(), inputs, hours }
}
