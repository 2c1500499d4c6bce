// How an endpoint is doing. A small table of its own, apart from any connection.

/**
 * `well`; `silent` (does not answer), `limited` (asks for fewer requests), `behind` (an older or another branch than the
 * others), `lying` (contradicted by a quorum), `foreign` (another chain).
 */
export type Condition = 'well' | 'silent' | 'limited' | 'behind' | 'lying' | 'foreign'

/** What an exchange showed: it `answered`, it knows what the others know (`abreast`), or something is wrong. */
export type Sign = 'answered' | 'abreast' | Exclude<Condition, 'well'>

/**
 * Until when it is left alone (ms of a monotonic clock), how often it failed in a row, and how often it was behind since
 * it was last abreast: who is behind answers all the same.
 */
export type Health = {
  readonly condition: Condition
  readonly strikes: number
  readonly until: number
  readonly late: number
}

/** A new endpoint is believed to be well. */
export const WELL: Health = { condition: 'well', strikes: 0, until: 0, late: 0 }

/** The health after a sign. Who is left alone is not healed by a late answer, but by one after the time is over. */
export function following(health: Health, sign: Sign, now: number): Health {
  if (sign === 'abreast') return { ...health, late: 0 }
  if (sign === 'answered') return health.condition === 'well' || now >= health.until ? heal(health) : health
  const counted = sign === 'behind' ? { ...health, late: health.late + 1 } : { ...health, strikes: health.strikes + 1 }
  const times = sign === 'behind' ? counted.late : counted.strikes
  const { tolerated, first, longest } = RULES[sign]
  if (times <= tolerated) return counted
  const pause = Math.min(longest, first * 2 ** Math.min(times - tolerated - 1, 16))
  return { ...counted, condition: sign, until: now + pause }
}

/** Whether it may be asked: well, or its pause is over and it gets another chance. */
export const available = (health: Health, now: number): boolean => health.condition === 'well' || now >= health.until

/** One lost answer is an accident; a lie or another chain is not. Pauses in ms. */
const RULES: Readonly<Record<Exclude<Condition, 'well'>, Rule>> = {
  silent: { tolerated: 1, first: 500, longest: 8_000 },
  limited: { tolerated: 0, first: 250, longest: 8_000 },
  behind: { tolerated: 4, first: 500, longest: 4_000 },
  lying: { tolerated: 0, first: 30_000, longest: 3_600_000 },
  foreign: { tolerated: 0, first: 60_000, longest: 3_600_000 },
}

type Rule = { readonly tolerated: number; readonly first: number; readonly longest: number }

/** Strikes of a liar are remembered: the next lie costs it twice the time. */
const heal = ({ condition, strikes, late }: Health): Health =>
  condition === 'lying' || condition === 'foreign' ? { ...WELL, strikes, late } : { ...WELL, late }
