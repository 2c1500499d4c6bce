// The return of one collateral as a function of its normal score, in a table: what copulas ask for millions of times.
import { noSums } from './kernel.ts'
import type { ReturnLaw } from './law.ts'
import { quantile } from './loss.ts'
import { at, normalCdf, normalDensity, normalQuantile, studentCdf, studentQuantile } from './special.ts'
import { type Table, tabulated } from './table.ts'

/** Scores that tables span: odds of 3e-13 below and 1e-9 above (gains that large do not matter to a tail of losses). */
export const SCORES: readonly [number, number] = [-7.2, 6]

/** Log return at a normal score. */
export function returnTable(law: ReturnLaw, size = 700): Table {
  const [from, to] = SCORES
  const step = (to - from) / (size - 1)
  const [values, slopes] = [new Float64Array(size), new Float64Array(size)]
  const sums = noSums()
  let guess = from * law.deviation
  for (let i = 0; i < size; i++) {
    const score = from + i * step
    const x = quantile(law, normalCdf(score), guess)
    sums.fill(0)
    law.kernel.add(x, sums)
    values[i] = x
    slopes[i] = (step * normalDensity(score)) / at(sums, 1)
    guess = x + at(slopes, i)
  }
  return { from, step, values, slopes }
}

/** Widest value of a Student in tables, on the scale of asinh. */
const WIDEST = 14

/** Normal score at asinh of a copula's value (nu null: the value is the score). Made once per nu. */
export function scoreTable(nu: number | null): Table {
  const made = scores.get(nu) ?? tabulated((place) => scoreOf(Math.sinh(place), nu), [-WIDEST, WIDEST], 3000)
  scores.set(nu, made)
  return made
}

const scores = new Map<number | null, Table>()

/** Student's distribution function at asinh of its argument. */
export const studentTable = (nu: number): Table =>
  tabulated((place) => studentCdf(Math.sinh(place), nu), [-WIDEST, WIDEST], 3000)

/** The copula's value at a normal score. */
export function placeOf(score: number, nu: number | null): number {
  if (nu === null) return score
  return score < 0 ? studentQuantile(normalCdf(score), nu) : -studentQuantile(normalCdf(-score), nu)
}

/** The normal score of a copula's value, the same on either side. */
function scoreOf(value: number, nu: number | null): number {
  const score = nu === null ? -Math.abs(value) : normalQuantile(studentCdf(-Math.abs(value), nu))
  return value < 0 ? Math.max(-40, score) : Math.min(40, -score)
}
