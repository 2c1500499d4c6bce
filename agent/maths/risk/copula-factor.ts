// Many positions under a one-factor normal or Student copula, without simulation: given the factor and the mixing, the
// losses are independent, so characteristic functions multiply; one cosine series gives VaR, ES and Euler's parts.
import type { Position as Held, TailRisk } from './copula-pair.ts'
import { conditionalLaws, type Given } from './factor-nodes.ts'
import { advance, BLOCK, type Wave, waveOf } from './factor-waves.ts'
import { returnTable, scoreTable } from './margin-table.ts'
import { Refusal, within } from './refusal.ts'
import { lookUp } from './table.ts'

/** A position and its load on the factor: correlations are products of loads. */
export type Position = Held & { readonly a: number }

/** VaR and ES at one level, and what each position adds to ES. */
export type FactorRisk = TailRisk & { readonly euler: readonly number[] }

/** Risk of the sum of losses under a normal (nu null) or Student copula. */
export function factorRisk(
  positions: readonly Position[],
  nu: number | null,
  alphas: readonly number[],
  { fineness = 1, terms = 1024 }: { readonly fineness?: number; readonly terms?: number } = {},
): FactorRisk[] {
  if (positions.length === 0) throw new Refusal('no-mass', 'expected at least one position')
  if (nu !== null) within('nu', nu, { above: 1, most: 1000 })
  const givens = conditionalLaws(
    positions.map(({ a }) => within('a', a, { above: -1, below: 1 })),
    nu,
    fineness,
  )
  const losses = lossesAt(positions, nu)
  const span = spanOf(positions, givens, losses)
  const series = seriesOf(givens, losses, { ...span, terms })
  return alphas.map((alpha) => riskAt(series, span, within('alpha', alpha, { above: 0, below: 1 })))
}

/** Loss of a position at asinh of the copula's value. */
type Losses = (position: number, place: number) => number

function lossesAt(positions: readonly Position[], nu: number | null): Losses {
  const scores = scoreTable(nu)
  const tables = positions.map(({ law, D, K, h }) => {
    within('D', D, { above: 0 })
    const returns = returnTable(law)
    return (place: number) => D * (K - h * Math.exp(lookUp(returns, lookUp(scores, place))))
  })
  return (position, place) => tables[position]?.(place) ?? Number.NaN
}

type Span = { readonly low: number; readonly width: number }

/** From the least to the largest sum that any node can reach. */
function spanOf(positions: readonly Position[], givens: readonly Given[], losses: Losses): Span {
  const ends = positions.map((_, i) => {
    const places = givens.flatMap(({ places }) => [...(places[i] ?? [])])
    return [
      losses(
        i,
        places.reduce((a, b) => Math.max(a, b)),
      ),
      losses(
        i,
        places.reduce((a, b) => Math.min(a, b)),
      ),
    ] as const
  })
  const low = ends.reduce((sum, [least]) => sum + least, 0)
  const high = ends.reduce((sum, [, most]) => sum + most, 0)
  return { low, width: (high - low) * 1.0001 }
}

/** Coefficients of the density of the sum, and per position of its mean loss at each sum. */
type Series = { readonly density: Float64Array; readonly parts: readonly Float64Array[] }

function seriesOf(givens: readonly Given[], losses: Losses, span: Span & { readonly terms: number }): Series {
  const [first] = givens
  const count = first?.places.length ?? 0
  const series = {
    density: new Float64Array(span.terms),
    parts: Array.from({ length: count }, () => new Float64Array(span.terms)),
  }
  for (const given of givens) addGiven(series, given, losses, span)
  return series
}

/** Weight times product below which a node has no more to say: a thousand nodes of that size move no digit asked for. */
const NOTHING_LEFT = 1e-13

function addGiven(
  series: Series,
  given: Given,
  losses: Losses,
  { low, width, terms }: Span & { readonly terms: number },
): void {
  const waves = given.places.map((places, i) =>
    waveOf(
      places.map((place) => losses(i, place)),
      width,
    ),
  )
  for (let from = 0; from < terms; from += BLOCK) {
    for (const wave of waves) advance(wave, given.weights)
    const most = addBlock(series, waves, { from, weight: given.weight, turn: (-Math.PI * low) / width })
    if (given.weight * most < NOTHING_LEFT) return
  }
}

/** Adds a block of angles; answers the largest product met in it. */
function addBlock(
  { density, parts }: Series,
  waves: readonly Wave[],
  { from, weight, turn }: { readonly from: number; readonly weight: number; readonly turn: number },
): number {
  const after = new Float64Array(2 * waves.length + 2)
  let most = 0
  for (let k = 0; k < BLOCK && from + k < density.length; k++) {
    const angle = turn * (from + k)
    const [c, s] = [weight * Math.cos(angle), weight * Math.sin(angle)]
    multiply(waves, 4 * k, after)
    most = Math.max(most, Math.abs(after[0] ?? 0) + Math.abs(after[1] ?? 0))
    density[from + k] = (density[from + k] ?? 0) + c * (after[0] ?? 0) - s * (after[1] ?? 0)
    addParts(parts, waves, after, { place: from + k, k: 4 * k, c, s })
  }
  return most
}

/** Entry i (of two numbers) becomes the product of the means of waves i and later; one past the last is one. */
function multiply(waves: readonly Wave[], k: number, after: Float64Array): void {
  let [x, y] = [1, 0]
  after[2 * waves.length] = x
  after[2 * waves.length + 1] = y
  for (let i = waves.length - 1; i >= 0; i--) {
    const block = waves[i]?.block ?? after
    const real = x * (block[k] ?? 0) - y * (block[k + 1] ?? 0)
    y = x * (block[k + 1] ?? 0) + y * (block[k] ?? 0)
    x = real
    after[2 * i] = x
    after[2 * i + 1] = y
  }
}

type Angle = { readonly place: number; readonly k: number; readonly c: number; readonly s: number }

/** Per position: its mean of l exp(i u l) times the means of all others. */
function addParts(
  parts: readonly Float64Array[],
  waves: readonly Wave[],
  after: Float64Array,
  { place, k, c, s }: Angle,
): void {
  let [u, v] = [c, s]
  for (let i = 0; i < waves.length; i++) {
    const block = waves[i]?.block ?? after
    const part = parts[i] ?? after
    const [restX, restY] = [after[2 * i + 2] ?? 0, after[2 * i + 3] ?? 0]
    const real = u * restX - v * restY
    const imaginary = u * restY + v * restX
    part[place] = (part[place] ?? 0) + real * (block[k + 2] ?? 0) - imaginary * (block[k + 3] ?? 0)
    const next = u * (block[k] ?? 0) - v * (block[k + 1] ?? 0)
    v = u * (block[k + 1] ?? 0) + v * (block[k] ?? 0)
    u = next
  }
}

/** The VaR at which the series leaves 1 - alpha above, and the parts of the mean above it. */
function riskAt({ density, parts }: Series, { low, width }: Span, alpha: number): FactorRisk {
  let [below, above] = [0, width]
  for (let step = 0; step < 60; step++) {
    const middle = (below + above) / 2
    if (aboveOf(density, middle, width) > 1 - alpha) below = middle
    else above = middle
  }
  const reach = (below + above) / 2
  const euler = parts.map((part) => aboveOf(part, reach, width) / (1 - alpha))
  return { alpha, VaR: low + reach, ES: euler.reduce((sum, one) => sum + one, 0), euler }
}

/** The integral of a cosine series from a reach to the end of its interval. */
function aboveOf(coefficients: Float64Array, reach: number, width: number): number {
  let sum = ((coefficients[0] ?? 0) * (width - reach)) / width
  for (let k = 1; k < coefficients.length; k++)
    sum -= (2 / (k * Math.PI)) * (coefficients[k] ?? 0) * Math.sin((k * Math.PI * reach) / width)
  return sum
}
