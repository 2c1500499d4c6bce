// Does a risk number hold? Coverage (Kupiec 1995), independence of breaches (Christoffersen 1998), jump flags.
import { Refusal, within } from './refusal.ts'
import { chiSquareOneSurvival } from './special.ts'

/** A likelihood ratio and the chance of one at least as large if the model holds. */
export type Verdict = { readonly LR: number; readonly pValue: number }

/** Breaches after days without and with a breach: nij counts j after i. */
export type Transitions = { readonly n00: number; readonly n01: number; readonly n10: number; readonly n11: number }

/** Share of breaches against p. */
export function kupiec(n: number, x: number, p: number): Verdict {
  const LR = coverageRatio(n, x, p)
  return { LR, pValue: chiSquareOneSurvival(LR) }
}

/** Do breaches come in clusters? */
export function christoffersen(transitions: Transitions): Verdict {
  const LR = independenceRatio(transitions)
  return { LR, pValue: chiSquareOneSurvival(LR) }
}

/** Both at once, with two degrees of freedom. */
export function conditionalCoverage(n: number, x: number, p: number, transitions: Transitions): Verdict {
  const LR = coverageRatio(n, x, p) + independenceRatio(transitions)
  return { LR, pValue: Math.exp(-LR / 2) }
}

function coverageRatio(n: number, x: number, p: number): number {
  whole('n', n)
  whole('x', x)
  within('x', x, { most: n })
  within('p', p, { above: 0, below: 1 })
  if (n === 0) throw new Refusal('no-mass', 'expected at least one observation')
  return Math.max(0, 2 * (entropy(x, x / (n * p)) + entropy(n - x, (n - x) / (n * (1 - p)))))
}

function independenceRatio({ n00, n01, n10, n11 }: Transitions): number {
  for (const [name, count] of Object.entries({ n00, n01, n10, n11 })) whole(name, count)
  const total = n00 + n01 + n10 + n11
  if (total === 0) throw new Refusal('no-mass', 'expected at least one transition')
  const [zero, one] = [(n00 + n10) / total, (n01 + n11) / total]
  const after = (quiet: number, breach: number): number =>
    entropy(quiet, quiet / (quiet + breach) / zero) + entropy(breach, breach / (quiet + breach) / one)
  return Math.max(0, 2 * (after(n00, n01) + after(n10, n11)))
}

/** count ln(ratio); nothing where nothing was counted. */
const entropy = (count: number, ratio: number): number => (count === 0 ? 0 : count * Math.log(ratio))

function whole(name: string, value: number): void {
  within(name, value, { least: 0 })
  if (!Number.isInteger(value)) throw new Refusal('out-of-range', `${name}: expected a whole number, found ${value}`)
}

/** Lee and Mykland's threshold for a largest standardised return, in units of its spacing: -ln(-ln(1 - alpha)). */
export const leeMyklandBeta = (alpha: number): number =>
  -Math.log(-Math.log1p(-within('alpha', alpha, { above: 0, below: 1 })))

/** Acerbi and Szekely's second statistic: zero if ES holds, negative if losses beyond VaR are too many or too large. */
export function acerbiSzekely(
  losses: readonly number[],
  risks: readonly { VaR: number; ES: number }[],
  alpha: number,
): number {
  if (losses.length === 0 || losses.length !== risks.length)
    throw new Refusal('no-mass', 'expected one forecast per loss, and at least one')
  const sum = losses.reduce((total, loss, i) => {
    const { VaR, ES } = risks[i] ?? { VaR: Number.NaN, ES: Number.NaN }
    return total + (loss > VaR ? loss / ES : 0)
  }, 0)
  return 1 - sum / (losses.length * (1 - alpha))
}
