// Loss per unit of debt, l = K - h exp(X): odds, expected loss, VaR and ES, with failure branches.

import { noSums } from './kernel.ts'
import type { ReturnLaw } from './law.ts'
import { Refusal, resolved, within } from './refusal.ts'
import { at } from './special.ts'

/** K is one plus costs; h the bonus after slippage and oracle basis, all per unit of debt. */
export type Terms = { readonly K: number; readonly h: number }

/** Odds of a loss and its mean. `b` is the log return at which nothing is left over. */
export type LossOdds = {
  readonly b: number
  readonly pLoss: number
  readonly partial_expectation: number
  readonly EL: number
}

/** Where the worst 1 - alpha begin and their mean. `g` is E[exp X | X <= q]: VaR and ES are affine in h. */
export type Tail = { readonly q: number; readonly partial_expectation: number; readonly g: number }

/** P(l > 0) and E[max(l, 0)]. */
export function lossOdds(law: ReturnLaw, terms: Terms): LossOdds {
  const { K, h } = checked(terms)
  const b = Math.log(K / h)
  const pLoss = resolved('pLoss', law.below(b))
  const partial = resolved('partial expectation', law.partial(b))
  return { b, pLoss, partial_expectation: partial, EL: Math.max(0, K * pLoss - h * partial) }
}

/** The lower tail of the return at a probability. `guess` is where the last one was: it saves half of the work. */
export function tailOf(law: ReturnLaw, p: number, guess?: number): Tail {
  within('tail', p, { above: 0, below: 1 })
  const q = quantile(law, p, guess)
  const partial = law.partial(q)
  return { q, partial_expectation: partial, g: partial / p }
}

/** VaR and ES of the loss from a tail. */
export const varEs = (
  { q, g }: Pick<Tail, 'q' | 'g'>,
  { K, h }: Terms,
): { readonly VaR: number; readonly ES: number } => ({
  VaR: K - h * Math.exp(q),
  ES: K - h * g,
})

/** The x with F(x) = p: Newton on ln F between brackets. */
export function quantile(law: ReturnLaw, p: number, guess = -2.2 * law.deviation): number {
  const target = Math.log(p)
  const sums = noSums()
  let x = guess
  let [low, high] = [-Infinity, Infinity]
  for (let step = 0; step < 200; step++) {
    sums.fill(0)
    law.kernel.add(x, sums)
    const miss = Math.log(Math.max(0, at(sums, 0))) - target
    if (Math.abs(miss) < 1e-13) return x
    if (miss > 0) high = x
    else low = x
    const newton = x - (miss * at(sums, 0)) / at(sums, 1)
    const next = newton > low && newton < high ? newton : between(low, high, law.deviation)
    // Newton squares the miss: what is left after this step is below 1e-14.
    if (Math.abs(miss) < 1e-7 || Math.abs(next - x) <= 1e-15 + 4e-16 * Math.abs(x)) return next
    x = next
  }
  throw new Refusal('unresolved', `no quantile at ${p}`)
}

/** Halfway between brackets; beyond the one that is there, a step that doubles. */
function between(low: number, high: number, scale: number): number {
  if (low === -Infinity) return high - Math.max(scale, 2 * Math.abs(high))
  if (high === Infinity) return low + Math.max(scale, 2 * Math.abs(low))
  return (low + high) / 2
}

/** What may happen instead of settling, how likely, and what is lost then. */
export type Failure = { readonly odds: number; readonly loss: number }

/**
 * VaR and ES when the settlement may fail with fixed losses: the loss has atoms, so ES is
 * [E[l; l > VaR] + VaR (1 - alpha - P(l > VaR))] / (1 - alpha).
 */
export function varEsWithFailures(
  law: ReturnLaw,
  terms: Terms,
  failures: readonly Failure[],
  alpha: number,
): { readonly VaR: number; readonly ES: number } {
  const { K, h } = checked(terms)
  const settles = 1 - oddsOf(failures)
  const tail = 1 - within('alpha', alpha, { above: 0, below: 1 })
  const VaR = mixedVaR(law, { K, h }, failures, tail)
  const x = VaR < K ? Math.log((K - VaR) / h) : -Infinity
  const [mass, partial] = x === -Infinity ? [0, 0] : [law.below(x), law.partial(x)]
  const worse = failures.filter(({ loss }) => loss > VaR)
  const beyond = settles * mass + oddsOf(worse)
  const lost = settles * (K * mass - h * partial) + worse.reduce((sum, { odds, loss }) => sum + odds * loss, 0)
  return { VaR, ES: (lost + VaR * (tail - beyond)) / tail }
}

/** Chance that the settlement fails one way or another. */
function oddsOf(failures: readonly Failure[]): number {
  for (const { odds, loss } of failures) {
    within('odds of failure', odds, { least: 0, below: 1 })
    within('loss if it fails', loss)
  }
  const sum = failures.reduce((total, { odds }) => total + odds, 0)
  return within('odds of failing at all', sum, { least: 0, below: 1 })
}

/** The least v with P(l > v) <= tail: from the largest atom down, each takes its part of the tail when it lies beyond. */
function mixedVaR(law: ReturnLaw, { K, h }: Terms, failures: readonly Failure[], tail: number): number {
  const settles = 1 - oddsOf(failures)
  const settled = (left: number): number => K - h * Math.exp(quantile(law, left / settles))
  let above = 0
  for (const { odds, loss } of failures.toSorted((a, b) => b.loss - a.loss)) {
    const settledBeyond = loss < K ? settles * law.below(Math.log((K - loss) / h)) : 0
    if (settledBeyond + above > tail) return above < tail ? settled(tail - above) : loss
    if (settledBeyond + above + odds > tail) return loss
    above += odds
  }
  return settled(tail - above)
}

function checked({ K, h }: Terms): Terms {
  return { K: within('K', K, { above: 0 }), h: within('h', h, { above: 0 }) }
}
