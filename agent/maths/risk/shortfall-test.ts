// Critical values of Acerbi and Szekely's second statistic without simulation: under the model the statistic is a sum
// of N terms that are zero but for a tail draw with odds 1 - alpha. The law of that sum is a power on a grid.
import { unitRisk } from './elliptical.ts'
import { transform } from './fourier.ts'
import { Refusal, within } from './refusal.ts'
import { normalCdf, studentCdf } from './special.ts'

/** Grid places. */
const SIZE = 1 << 13

/** The law of losses if the model holds (`nu` null for normal), the level of ES and the number of forecasts. */
export type ShortfallTest = { readonly nu: number | null; readonly alpha: number; readonly N: number }

/** The value below which the statistic falls with each of some small odds. */
export function criticalValues({ nu, alpha, N }: ShortfallTest, odds: readonly number[]): readonly number[] {
  within('N', N, { least: 1, most: 1e7 })
  if (!Number.isInteger(N)) throw new Refusal('out-of-range', `N: expected a whole number, found ${N}`)
  const { VaR, ES } = unitRisk(nu, alpha)
  if (nu !== null) within('nu', nu, { above: 2 })
  if (VaR < 0) throw new Refusal('out-of-range', `alpha: expected at least 0.5, found ${alpha}`)
  const breaches = N * (1 - alpha)
  const step = (ES * (breaches + 16 * Math.sqrt(breaches) + 40)) / SIZE
  const survival = nu === null ? (x: number) => normalCdf(-x) : (x: number) => studentCdf(-x, nu)
  const law = sumLaw(severities({ VaR, step, tail: 1 - alpha }, survival), N)
  return odds.map(
    (one) => 1 - (upperQuantile(law, within('odds', one, { above: 0, below: 1 })) * step) / (ES * breaches),
  )
}

type Grid = { readonly VaR: number; readonly step: number; readonly tail: number }

/** One day on the grid: zero with odds alpha, else the loss, its mass split between neighbours so that means hold. */
function severities({ VaR, step, tail }: Grid, survival: (x: number) => number): Float64Array {
  const day = new Float64Array(SIZE)
  const finer = 8
  day[0] = 1 - tail
  let above = tail
  for (let cell = Math.floor(VaR / step) * finer; cell < (SIZE - 1) * finer; cell++) {
    const end = ((cell + 1) * step) / finer
    if (end <= VaR) continue
    const next = survival(end)
    const place = (Math.max(VaR / step, cell / finer) + (cell + 1) / finer) / 2
    const left = Math.floor(place)
    day[left] = (day[left] ?? 0) + (above - next) * (left + 1 - place)
    day[left + 1] = (day[left + 1] ?? 0) + (above - next) * (place - left)
    above = next
  }
  day[SIZE - 1] = (day[SIZE - 1] ?? 0) + above
  return day
}

/** The law of the sum of N days; what leaves the grid has no mass that matters. */
function sumLaw(day: Float64Array, N: number): Float64Array {
  const real = new Float64Array(2 * SIZE)
  real.set(day)
  const imaginary = new Float64Array(2 * SIZE)
  transform(real, imaginary, 1)
  for (let k = 0; k < real.length; k++) {
    const size = Math.hypot(real[k] ?? 0, imaginary[k] ?? 0) ** N
    const angle = N * Math.atan2(imaginary[k] ?? 0, real[k] ?? 0)
    real[k] = (size * Math.cos(angle)) / real.length
    imaginary[k] = (size * Math.sin(angle)) / real.length
  }
  transform(real, imaginary, -1)
  return real
}

/** The place that the sum exceeds with some odds, between grid places. */
function upperQuantile(law: Float64Array, odds: number): number {
  let above = 0
  for (let i = law.length - 1; i > 0; i--) {
    const mass = law[i] ?? 0
    if (above + mass >= odds) return i + 0.5 - (odds - above) / mass
    above += mass
  }
  return 0
}
