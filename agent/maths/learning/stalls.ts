// Is a chain stalled? Lost finality or a halted sequencer holds up every route at once: a two-state hidden Markov chain
// per blockchain, filtered by what arrives late and what arrives in time.

/** P(stalled) as of a modelled time in milliseconds. */
export type StallBelief = { readonly at: number; readonly odds: number }

/** Share of time that a chain is stalled, and how long a stall lasts on average. */
export const STALL_SHARE = 0.002
const STALL_MILLIS = 2 * 3_600_000

/** Odds that a settlement is late while its chain stalls, and while it does not. */
const LATE = { stalled: 0.9, running: 0.02 } as const

/** After one more settlement that ran late or came in time. Of two observations at odds with time the later counts. */
export function afterArrival(belief: StallBelief | undefined, at: number, late: boolean): StallBelief {
  if (!Number.isFinite(at)) return belief ?? { at: 0, odds: STALL_SHARE }
  const before = stallOdds(belief, at)
  const given = late ? LATE : { stalled: 1 - LATE.stalled, running: 1 - LATE.running }
  const odds = (before * given.stalled) / (before * given.stalled + (1 - before) * given.running)
  return { at: Math.max(at, belief?.at ?? at), odds }
}

/** P(stalled) at a time: what was learned fades towards the share of time that chains are stalled. */
export function stallOdds(belief: StallBelief | undefined, at: number): number {
  if (belief === undefined) return STALL_SHARE
  const faded = Math.exp(-Math.max(0, at - belief.at) / STALL_MILLIS)
  return STALL_SHARE + (belief.odds - STALL_SHARE) * faded
}
