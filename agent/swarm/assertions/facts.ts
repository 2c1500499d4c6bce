// What assertions are judged by, as it stands at one moment of a run.
import type { Assertion } from '../../../config/assertions.ts'
import type { Scenario } from '../../../config/scenario.ts'
import type { Network } from '../../domain/network.ts'
import type { AccountId } from '../../domain/units.ts'
import type { Balance } from '../conservation.ts'
import type { Seated } from '../deployment.ts'
import type { Record } from '../record.ts'
import type { Life } from '../truth.ts'
import type { Voices } from '../voices.ts'

/** Everything known now. Moments are wall milliseconds. */
export type Facts = {
  readonly scenario: Scenario
  readonly network: Network
  readonly opened: number
  readonly now: number
  readonly record: Record
  readonly lives: ReadonlyMap<AccountId, Life>
  readonly voices: Voices
  readonly seats: readonly Seated[]
  /** Accounts that the scenario names. */
  readonly named: ReadonlyMap<string, AccountId>
  /** The book of every account that holds it under one of three modes. */
  readonly books: ReadonlyMap<AccountId, number>
  /** Names of the agents whose processes run. */
  readonly alive: ReadonlySet<string>
  /** Every ledger, once the run has ended: nothing comes after that. */
  readonly ledgers: readonly Balance[] | undefined
}

/** Holds or fails for now, or is open: what would decide it has not come yet. An open one does not hold at the end. */
export type Finding = { readonly state: 'holds' | 'fails' | 'open'; readonly found: string }

/** How every kind of assertion is judged. */
export type Judges<K extends Assertion['kind'] = Assertion['kind']> = {
  readonly [Kind in K]: (one: Extract<Assertion, { readonly kind: Kind }>, facts: Facts) => Finding
}

/** So many are enough, whatever comes later. */
export const reached = (found: number, least: number, text = String(found)): Finding => ({
  state: found >= least ? 'holds' : 'open',
  found: text,
})

/** Holds until it is broken. */
export const unbroken = (broken: boolean, found: string): Finding => ({ state: broken ? 'fails' : 'holds', found })

/** Decided when the run has ended. */
export const atTheEnd = ({ ledgers }: Facts, holds: boolean, found: string): Finding => {
  if (ledgers === undefined) return { state: 'open', found }
  return { state: holds ? 'holds' : 'fails', found }
}
