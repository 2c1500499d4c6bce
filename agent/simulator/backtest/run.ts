// Plays one seed of a backtest and keeps the books of everybody with a core.
import type { WorldSpec } from '../spec.ts'
import { runWorld } from '../world.ts'
import { type Books, bookkeeper } from './books.ts'

/** One seed on one ground. */
export type Played = {
  readonly period: string
  readonly seed: number
  /** SHA-256 over everything that all agents decided, in order. */
  readonly decisionsHash: string
  /** Of the agent that is tested. */
  readonly books: Books
  /** What each agent with a core earned, the tested one first. */
  readonly field: readonly Result[]
  /** Inputs that the cores took, and modelled hours that passed. */
  readonly inputs: number
  readonly hours: number
}

/** One agent in one world. Dollars. */
export type Result = { readonly name: string; readonly pnl: number; readonly liquidations: number }

/** The first agent is the one that is tested. */
export function playWorld(spec: WorldSpec, period: string): Played {
  const keepers = spec.agents.map(({ name }) => ({ name, keeper: bookkeeper(name, spec.opensAt, spec.timeScale) }))
  const [first] = keepers
  if (first === undefined) throw new RangeError('a backtest tests somebody')
  const { decisionsHash, inputs, elapsed } = runWorld(
    spec,
    keepers.map(({ keeper }) => keeper.observer),
  )
  const field = keepers.map(({ name, keeper }): Result => {
    const { pnl, liquidations } = keeper.books()
    return { name, pnl, liquidations }
  })
  const hours = (elapsed * spec.timeScale) / 3_600_000
  return { period, seed: spec.seed, decisionsHash, books: first.keeper.books(), field, inputs, hours }
}
