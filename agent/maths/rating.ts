// A letter for how often somebody, or some way, failed of late; and what a letter costs whoever bears it.

export type Grade = 'A' | 'B' | 'C' | 'D'

/** What follows from a grade: the share of a limit that may still be used. */
export type Terms = { readonly below: number; readonly share: number }

/** By share of failures. Nothing goes over a D. */
export const GRADES: { readonly [G in Grade]: Terms } = {
  A: { below: 0.05, share: 1 },
  B: { below: 0.15, share: 0.5 },
  C: { below: 0.4, share: 0.2 },
  D: { below: Number.POSITIVE_INFINITY, share: 0 },
}

/** The letter of a share of failures. */
export const gradeOf = (failed: number): Grade => LETTERS.find((letter) => failed < GRADES[letter].below) ?? 'D'

const LETTERS: readonly Grade[] = ['A', 'B', 'C', 'D']

/** Posterior mean of a share of failures, from a prior that is worth `trust` observations at `prior`. */
export const failureShare = (
  failed: number,
  seen: number,
  { prior, trust }: { prior: number; trust: number },
): number => (failed + prior * trust) / (seen + trust)

/** What more than half of the witnesses can only have said together. Ascending, the middle; of two the lower. */
export function middle(said: readonly number[]): number | undefined {
  const sorted = [...said].sort((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)]
}
