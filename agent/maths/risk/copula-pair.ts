// Two positions under a normal or Student copula: the chance of a loss beyond v, given the first position, is closed.
// One integral gives the tail, its integral ES.
import type { ReturnLaw } from './law.ts'
import type { Terms } from './loss.ts'
import { placeOf, returnTable, SCORES, studentTable } from './margin-table.ts'
import { gaussLegendre } from './quadrature.ts'
import { Refusal, within } from './refusal.ts'
import { at, normalCdf, normalDensity } from './special.ts'
import { lookUp, lookUpInverse, tabulated } from './table.ts'

/** Scores of the first position: how far and how many. */
const REACH = 7.2
const COUNT = 480

/** How positions hang together: correlation, and degrees of freedom (null for a normal). */
export type Copula = { readonly rho: number; readonly nu: number | null }

/** A position with the law of its collateral. */
export type Position = Terms & { readonly D: number; readonly law: ReturnLaw }

/** VaR and ES at one level. */
export type TailRisk = { readonly alpha: number; readonly VaR: number; readonly ES: number }

/** Risk of the sum of two losses. */
export function pairRisk(first: Position, second: Position, copula: Copula, alphas: readonly number[]): TailRisk[] {
  const rho = within('rho', copula.rho, { above: -1, below: 1 })
  if (copula.nu !== null) within('nu', copula.nu, { above: 1, most: 1000 })
  const beyond = tailOdds(first, second, { rho, nu: copula.nu })
  const most = first.D * first.K + second.D * second.K
  return alphas.map((alpha) => {
    const tail = 1 - within('alpha', alpha, { above: 0, below: 1 })
    const VaR = crossing(beyond, tail, most)
    return { alpha, VaR, ES: VaR + overTail(beyond, VaR, most) / tail }
  })
}

/** P(L > v): over the scores of the first, the chance that the second loses the rest. */
function tailOdds(first: Position, second: Position, copula: Copula): (v: number) => number {
  const step = (2 * REACH) / COUNT
  const scores = Float64Array.from({ length: COUNT + 1 }, (_, i) => i * step - REACH)
  const returns = returnTable(first.law)
  const losses = scores.map((score) => first.D * (first.K - first.h * Math.exp(lookUp(returns, score))))
  const weights = scores.map((score) => step * normalDensity(score))
  const places = scores.map((score) => placeOf(score, copula.nu))
  const ofSecond = placeAt(second, copula.nu)
  const given = conditional(copula)
  return (v) => {
    let sum = 0
    for (let i = 0; i <= COUNT; i++) {
      const left = (at(losses, i) + second.D * second.K - v) / (second.D * second.h)
      if (left > 0) sum += at(weights, i) * given(ofSecond(Math.log(left)), at(places, i))
    }
    return sum
  }
}

/** The copula's value at which the return is x. */
function placeAt({ law }: Position, nu: number | null): (x: number) => number {
  const returns = returnTable(law)
  const places = tabulated((score) => Math.asinh(placeOf(score, nu)), SCORES, 1500)
  return (x) => Math.sinh(lookUp(places, lookUpInverse(returns, x)))
}

/** P(second <= place | first). */
function conditional({ rho, nu }: Copula): (place: number, first: number) => number {
  const narrowed = Math.sqrt(1 - rho * rho)
  if (nu === null) return (place, first) => normalCdf((place - rho * first) / narrowed)
  const cdf = studentTable(nu + 1)
  return (place, first) => {
    const scale = Math.sqrt((nu + 1) / (nu + first * first))
    return lookUp(cdf, Math.asinh(((place - rho * first) / narrowed) * scale))
  }
}

/** The v with P(L > v) = tail, by bisection and the rule of false position on its logarithm. */
function crossing(beyond: (v: number) => number, tail: number, most: number): number {
  let high = most
  let low = most
  for (let width = most * 1e-3; beyond(low) < tail; width *= 2) {
    if (low < -1e3 * most) throw new Refusal('unresolved', `no loss is exceeded with odds ${tail}`)
    high = low
    low = most - width * 8
  }
  for (let step = 0; step < 60 && high - low > 1e-10 * most; step++) {
    const middle = (low + high) / 2
    if (beyond(middle) > tail) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** The integral of the tail odds above v, in panels that double away from v. */
function overTail(beyond: (v: number) => number, v: number, most: number): number {
  const { points, weights } = gaussLegendre(10)
  const panels = 12
  let sum = 0
  for (let i = 0; i < panels; i++) {
    const from = i === 0 ? 0 : 2 ** (i - panels)
    const half = ((most - v) * (2 ** (i + 1 - panels) - from)) / 2
    const middle = v + (most - v) * from + half
    points.forEach((x, k) => {
      sum += half * at(weights, k) * beyond(middle + half * x)
    })
  }
  return sum
}
