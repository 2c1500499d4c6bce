// What a backtest is asked to play. Plain data, so that it can be handed to another thread.
import type { Book } from '../../../config/book.ts'
import type { Terms } from '../../simulator/backtest/world.ts'

/** A strategy by built-in name or file, with its parameters. */
export type Spec = { readonly use: string; readonly params: Readonly<Record<string, unknown>> }

/** Everything but the seed. */
export type Plan = {
  /** Price files, each a stretch of time of its own. */
  readonly files: readonly string[]
  /** Longest time without a row, in milliseconds. */
  readonly gap: number
  readonly terms: Terms
  /** The strategy that is tested, then those it competes with. */
  readonly lineup: readonly Spec[]
}

/** One seed on one file. `lineup` replaces the plan's: the same world with somebody else in the first seat. */
export type Task = { readonly file: number; readonly seed: number; readonly lineup: number }

/** The name of the agent that is tested, whatever it runs. */
export const TESTED = 'tested'

/** What a backtest plays without being told otherwise, with a book as it is described. */
export const termsOf = ({ accounts, every, ...book }: Book): Terms => ({
  warmUp: 24,
  patience: 8,
  ...{ accounts, every, book },
  capital: 400_000,
  rivals: 2,
  oracle: { deviation: 0, heartbeat: 3_600_000 },
})
