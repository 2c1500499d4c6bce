// What a backtest is asked to play. Plain data, so that it can be handed to another thread.
import type { Book } from '../../../config/book.ts'
import type { Terms } from '../../simulator/backtest/world.ts'

/** A strategy by built-in name or file, with its parameters. */
export type Spec = { readonly use: string; readonly params: Readonly<Record<string, unknown>> }

/** Where it is played: on prices that were, in a market that a scenario makes up, or in one that was recorded. */
export type Ground =
  | { readonly kind: 'prices'; readonly file: string }
  | { readonly kind: 'scenario'; readonly file: string }
  | { readonly kind: 'session'; readonly file: string }

/** Everything but the seed. */
export type Plan = {
  readonly grounds: readonly Ground[]
  /** Longest time without a row, in milliseconds. */
  readonly gap: number
  /** Rounds that an oracle published, by symbol: they take the place of its model. */
  readonly rounds: Readonly<Record<string, string>>
  readonly terms: Terms
  /** Whether competitors were named; else a scenario keeps its own agents. */
  readonly named: boolean
}

/** One seed on one ground. `lineup` says who takes part: the same world with somebody else in the first seat. */
export type Task = { readonly ground: number; readonly seed: number; readonly lineup: number }

/** The name of the agent that is tested, whatever it runs. */
export const TESTED = 'tested'

/** Names of a line-up, the tested one first. */
export const namesOf = (lineup: readonly Spec[]): readonly string[] =>
  lineup.map(({ use }, i) => (i === 0 ? TESTED : `${use.replace(/^.*\//, '')} ${i}`))

/** What a backtest plays without being told otherwise, with a book as it is described. */
export const termsOf = ({ accounts, every, ...book }: Book): Terms => ({
  warmUp: 24,
  patience: 8,
  ...{ accounts, every, book },
  capital: 400_000,
  rivals: 2,
  oracle: { deviation: 0, heartbeat: 3_600_000 },
})
