// How far doubles may be from the integers of the margin rule, and how far an account may wait.

/** Slack, its error bound, and what a move by the usual moves of all columns takes at most. */
export type Measure = { slack: number; bound: number; swing: number }

/** Nobody waits for a move of more than 15 %: what is linear only near the present prices is bounded over this box. */
export const FARTHEST = 0.15
/** For the rounding of doubles, in parts of the gross: 64 units in the last place serve sums of up to forty terms. */
export const RELATIVE = 64 * 2 ** -53
/** For the integers' rounding, in dollars: a thousand wei, where an account of forty positions rounds two hundred times. */
export const ABSOLUTE = 1e-15
