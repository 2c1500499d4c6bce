// What is done for claims that do not come home: one table, read from the top; the last row that applies is played.
import type { PlaybookStep, SettlementStep } from '../domain/settlement.ts'
import { type Instant, type Millis, millis, since } from '../domain/units.ts'

/** What holds claims up: the market they are sold in, the price of gas, or the way from chain to chain. */
type Cause = 'market' | 'gas' | 'route'

type Row = {
  readonly cause: Cause | 'any'
  /** Attempts in a row that were stuck, and time since the first of them; both must be reached. */
  readonly attempts: number
  readonly age: Millis
  readonly step: PlaybookStep
  /** For people. */
  readonly detail: string
}

const [SECONDS, MINUTES] = [1_000, 60_000]

/** A newer root restarts the delay of a slow route, and nobody but an operator helps against a market or a price of gas. */
const PLAYBOOK: readonly Row[] = [
  { cause: 'any', attempts: 1, age: millis(0), step: 'retry', detail: 'again every second on the same root' },
  {
    cause: 'route',
    attempts: 30,
    age: millis(20 * SECONDS),
    step: 'newer-root',
    detail: 'on the newest attested root',
  },
  {
    ...{ cause: 'route', attempts: 60, age: millis(45 * SECONDS), step: 'other-source' },
    detail: 'on the oldest attested root that covers it, which others may have brought already',
  },
  {
    ...{ cause: 'route', attempts: 90, age: millis(75 * SECONDS), step: 'sell' },
    detail: 'the route takes no capital of ours: whatever is seized on it is sold to a provider at the bid',
  },
  {
    ...{ cause: 'route', attempts: 120, age: millis(100 * SECONDS), step: 'escalate' },
    detail: 'look at the route: is its source paused, its breaker tripped, its node alive?',
  },
  {
    ...{ cause: 'market', attempts: 120, age: millis(5 * MINUTES), step: 'escalate' },
    detail: 'look at the market: no price, or none at which it may be sold',
  },
  {
    ...{ cause: 'gas', attempts: 5, age: millis(5 * MINUTES), step: 'escalate' },
    detail: 'look at gas: the claim was not included at what it is worth',
  },
]

/** Since when claims of a vault are stuck, how often in a row, why, and what was last played. */
export type Trouble = {
  readonly since: Instant
  readonly attempts: number
  readonly reason: string
  readonly played: PlaybookStep | undefined
}

/** One more stuck attempt. */
export const troubled = (before: Trouble | undefined, reason: string, at: Instant): Trouble => ({
  since: before?.since ?? at,
  attempts: (before?.attempts ?? 0) + 1,
  reason,
  played: before?.played,
})

/** The row to play. */
export function playFor({ since: start, attempts, reason }: Trouble, at: Instant): Row | undefined {
  const cause = causeOf(reason)
  return PLAYBOOK.findLast(
    (row) => (row.cause === 'any' || row.cause === cause) && attempts >= row.attempts && since(start, at) >= row.age,
  )
}

/** The row that comes next for the same cause, if it stays stuck. */
export function nextAfter(step: PlaybookStep, reason: string): PlaybookStep | undefined {
  const cause = causeOf(reason)
  const rows = PLAYBOOK.filter((row) => row.cause === 'any' || row.cause === cause)
  return rows[rows.findLastIndex((row) => row.step === step) + 1]?.step
}

function causeOf(reason: string): Cause {
  if (reason === 'BELOW_FLOOR' || reason === NO_PRICE) return 'market'
  return reason === 'NOT_INCLUDED' || reason === 'E_GAS_BUDGET' ? 'gas' : 'route'
}

/** Whether another root may be what helps: from the other source on, every second round is on the oldest one. */
export const wantsOldest = ({ played, attempts, reason }: Trouble): boolean =>
  causeOf(reason) === 'route' &&
  reason !== PROOF_GONE &&
  played !== undefined &&
  !['retry', 'newer-root'].includes(played) &&
  Math.floor(attempts / STUBBORN) % 2 === 0

/** Stuck attempts with one root before a newer one is tried: a newer root restarts the delay of a slow route. */
export const STUBBORN = 30

/** Nothing is owed at the root, and nothing of it is left to sell. */
export const NOTHING_OWED = 'NOTHING_OWED'

/** No node proves the root's block any more. */
const PROOF_GONE = 'PROOF_GONE'

/** Whether trying the same root again is of no use. */
export const isSpent = (reason: string): boolean => reason === NOTHING_OWED || reason === PROOF_GONE

/** A claim that cannot be valued is not sold. */
export const NO_PRICE = 'no fresh price to sell at'

/** The trouble that an earlier run had with a claim, from its steps: a restart goes on in the table where it was. */
export function troubleIn(steps: readonly SettlementStep[]): Trouble | undefined {
  const start = steps.findLastIndex(({ kind }) => kind === 'opened' || kind === 'sold')
  const latest = steps.slice(start + 1)
  const stuck = latest.filter((step) => step.kind === 'stuck')
  const [first, last] = [stuck[0], stuck.at(-1)]
  if (first === undefined || last === undefined) return undefined
  const played = latest.findLast((step) => step.kind === 'playbook')?.step
  const reached = PLAYBOOK.find((row) => row.step === played)?.attempts ?? 1
  return { since: first.at, attempts: Math.max(reached, stuck.length), reason: last.reason, played }
}
