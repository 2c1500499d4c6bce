// Quadrature: the Gauss rule of any discrete measure, Gauss-Legendre, and the double-exponential rule for hard ends.
import { Refusal } from './refusal.ts'
import { at } from './special.ts'

/** Places and their weights. */
export type Rule = { readonly points: Float64Array; readonly weights: Float64Array }

/** A Jacobi matrix: diagonal, and squares of what stands beside it; the first of those is the total mass. */
type Jacobi = { readonly diagonal: Float64Array; readonly squares: Float64Array }

/** The Gauss rule with `size` places of a discrete measure: it integrates polynomials up to 2 size - 1 exactly. */
export function gaussOfMeasure(measure: Rule, size: number): Rule {
  const { diagonal, squares } = lanczos(measure)
  const places = Math.min(size, measure.points.length)
  return golubWelsch({ diagonal: diagonal.slice(0, places), squares: squares.slice(0, places) })
}

/** Recurrence of a discrete measure by the stable Lanczos process of Rutishauser, Kahan, Pal and Walker (RKPW). */
function lanczos({ points, weights }: Rule): Jacobi {
  const diagonal = Float64Array.from(points)
  const squares = new Float64Array(points.length)
  squares[0] = at(weights, 0)
  for (let next = 1; next < points.length; next++)
    insert({ diagonal, squares }, next, at(points, next), at(weights, next))
  return { diagonal, squares }
}

/** Adds one atom to a recurrence of `order` rows. */
function insert({ diagonal, squares }: Jacobi, order: number, place: number, weight: number): void {
  let [mass, cosine, sine, shift] = [weight, 1, 0, 0]
  for (let row = 0; row <= order; row++) {
    const square = at(squares, row)
    const sum = square + mass
    const before = sine
    squares[row] = cosine * sum
    cosine = sum <= 0 ? 1 : square / sum
    sine = sum <= 0 ? 0 : mass / sum
    const moved = sine * (at(diagonal, row) - place) - cosine * shift
    diagonal[row] = at(diagonal, row) - (moved - shift)
    shift = moved
    mass = sine <= 0 ? before * square : (moved * moved) / sine
  }
}

/** Places are the eigenvalues of the Jacobi matrix, weights the squared first components of its eigenvectors. */
function golubWelsch({ diagonal, squares }: Jacobi): Rule {
  const size = diagonal.length
  const places = Float64Array.from(diagonal)
  const beside = new Float64Array(size)
  for (let i = 0; i + 1 < size; i++) beside[i] = Math.sqrt(Math.max(0, at(squares, i + 1)))
  const first = new Float64Array(size)
  first[0] = 1
  for (let row = 0; row < size; row++) settle(places, beside, first, row)
  const order = [...places.keys()].sort((a, b) => at(places, a) - at(places, b))
  const mass = at(squares, 0)
  return {
    points: Float64Array.from(order, (i) => at(places, i)),
    weights: Float64Array.from(order, (i) => mass * at(first, i) ** 2),
  }
}

/** Sweeps until eigenvalue `row` stands alone. */
function settle(places: Float64Array, beside: Float64Array, first: Float64Array, row: number): void {
  for (let sweeps = 0; sweeps < 200; sweeps++) {
    const last = blockEnd(places, beside, row)
    if (last === row) return
    sweep(places, beside, first, [row, last])
  }
  throw new Refusal('unresolved', 'the eigenvalues of a quadrature rule did not settle')
}

function blockEnd(places: Float64Array, beside: Float64Array, row: number): number {
  let last = row
  while (last + 1 < places.length) {
    const scale = Math.abs(at(places, last)) + Math.abs(at(places, last + 1))
    if (Math.abs(at(beside, last)) <= 1e-16 * scale) break
    last++
  }
  return last
}

/** One implicit QL sweep with Wilkinson's shift over rows `from` to `to`. */
function sweep(
  places: Float64Array,
  beside: Float64Array,
  first: Float64Array,
  [from, to]: readonly [number, number],
): void {
  const half = (at(places, from + 1) - at(places, from)) / (2 * at(beside, from))
  const root = Math.hypot(half, 1)
  let chase = at(places, to) - at(places, from) + at(beside, from) / (half + (half >= 0 ? root : -root))
  let [sine, cosine, carried] = [1, 1, 0]
  for (let i = to - 1; i >= from; i--) {
    const above = sine * at(beside, i)
    const kept = cosine * at(beside, i)
    const length = Math.hypot(above, chase)
    beside[i + 1] = length
    if (length === 0) {
      places[i + 1] = at(places, i + 1) - carried
      beside[to] = 0
      return
    }
    sine = above / length
    cosine = chase / length
    chase = at(places, i + 1) - carried
    const spread = (at(places, i) - chase) * sine + 2 * cosine * kept
    carried = sine * spread
    places[i + 1] = chase + carried
    chase = cosine * spread - kept
    const upper = at(first, i + 1)
    first[i + 1] = sine * at(first, i) + cosine * upper
    first[i] = cosine * at(first, i) - sine * upper
  }
  places[from] = at(places, from) - carried
  beside[from] = chase
  beside[to] = 0
}

/** Gauss-Legendre on [-1, 1]. */
export function gaussLegendre(size: number): Rule {
  const squares = Float64Array.from({ length: size }, (_, k) => (k === 0 ? 2 : (k * k) / (4 * k * k - 1)))
  return golubWelsch({ diagonal: new Float64Array(size), squares })
}

/** Integral over [from, to] by tanh-sinh: indifferent to what happens at the ends. */
export function integrate(integrand: (x: number) => number, from: number, to: number): number {
  const half = (to - from) / 2
  const step = 1 / 32
  let sum = 0
  for (let k = -128; k <= 128; k++) {
    const inner = (Math.PI / 2) * Math.sinh(k * step)
    const near = half / (Math.exp(Math.abs(inner)) * Math.cosh(inner))
    const weight = (half * step * (Math.PI / 2) * Math.cosh(k * step)) / Math.cosh(inner) ** 2
    if (near > 0 && weight > 0) sum += weight * integrand(inner < 0 ? from + near : to - near)
  }
  return sum
}
