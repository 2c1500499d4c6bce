// Kou's law over latency nodes in closed form. On a node the Gaussian scale does not depend on the number of jumps, so
// all orders share one normal density and two scaled tails R_n, with R_n = (R_{n-2} - c R_{n-1}) / n.
// Left tails are sums of positive terms: they keep relative accuracy.
import type { Kernel, Sums } from './kernel.ts'
import { atLeast, counts, ORDERS, phasesOf } from './kou-weights.ts'
import type { Jumps, Process } from './model.ts'
import type { Rule } from './quadrature.ts'
import { fastErfcx } from './scaled-tail.ts'
import { INVERSE_ROOT_TWO_PI } from './special.ts'

type Exponential = Extract<Jumps, { kind: 'exponential' }>

type Table = {
  readonly size: number
  readonly weights: Float64Array
  readonly still: Float64Array
  readonly means: Float64Array
  readonly inverses: Float64Array
  /** Rate times deviation on either side. */
  readonly rises: Float64Array
  readonly falls: Float64Array
  readonly orders: Float64Array
  /** Per node and order what a scaled tail counts: upwards in mass and in density, then downwards. */
  readonly counts: Float64Array
}

const ROOT_HALF_PI = Math.sqrt(Math.PI / 2)
const RECIPROCALS = Float64Array.from({ length: ORDERS + 1 }, (_, n) => 1 / n)

/** The law of X over the nodes (times in years). */
export function kouMixture(process: Process, jumps: Exponential, nodes: Rule): Kernel {
  const table = tableOf(process, jumps, nodes)
  return { add: (x, sums) => addNodes(table, x, sums) }
}

function tableOf(process: Process, jumps: Exponential, { points, weights }: Rule): Table {
  const chances = Array.from(points, (time, node) => counts(jumps.lambda * time, weights[node] ?? 0))
  const phases = phasesOf(jumps, Math.max(...chances.map(({ length }) => length - 1)))
  const deviations = points.map((time) => process.sigma * Math.sqrt(time))
  const table: Table = {
    size: points.length,
    weights: Float64Array.from(weights),
    still: Float64Array.from(chances, (row, node) => (weights[node] ?? 0) * (row[0] ?? 0)),
    means: points.map((time) => process.drift * time),
    inverses: deviations.map((deviation) => 1 / deviation),
    rises: deviations.map((deviation) => jumps.up * deviation),
    falls: deviations.map((deviation) => jumps.down * deviation),
    orders: Float64Array.from(chances, ({ length }) => length - 1),
    counts: new Float64Array(points.length * ORDERS * 4),
  }
  for (const [node, row] of chances.entries()) {
    const weight = weights[node] ?? 0
    const first = node * ORDERS * 4
    fillSide(table.counts, first, atLeast(row, phases.rising), {
      weight: -weight,
      rate: jumps.up,
      scale: table.rises[node] ?? 0,
    })
    fillSide(table.counts, first + 2, atLeast(row, phases.falling), {
      weight,
      rate: jumps.down,
      scale: table.falls[node] ?? 0,
    })
  }
  return table
}

function fillSide(
  into: Float64Array,
  first: number,
  tails: Float64Array,
  { weight, rate, scale }: { readonly weight: number; readonly rate: number; readonly scale: number },
): void {
  for (const [i, tail] of tails.entries()) {
    into[first + 4 * i] = tail * weight * scale ** i
    into[first + 4 * i + 1] = (tail - (tails[i + 1] ?? 0)) * Math.abs(weight) * rate * scale ** i
  }
}

/** Adds every node. */
function addNodes(table: Table, x: number, sums: Sums): void {
  const { size, weights, still, means, inverses, orders } = table
  let mass = 0
  let density = 0
  for (let node = 0; node < size; node++) {
    const inverse = inverses[node] ?? 0
    const z = (x - (means[node] ?? 0)) * inverse
    const hill = INVERSE_ROOT_TWO_PI * Math.exp(-0.5 * z * z)
    const beyond = hill * ROOT_HALF_PI * fastErfcx(Math.abs(z) * Math.SQRT1_2)
    mass += (weights[node] ?? 0) * (z < 0 ? beyond : 1 - beyond)
    density += (still[node] ?? 0) * hill * inverse
    if ((orders[node] ?? 0) > 0) addJumps(table, node, { hill, z }, sums)
  }
  sums[0] = (sums[0] ?? 0) + mass
  sums[1] = (sums[1] ?? 0) + density
}

type Place = { readonly hill: number; readonly z: number }

/** Adds the orders of a node. Both sides advance together: neither waits for the other. */
function addJumps({ rises, falls, orders, counts }: Table, node: number, { hill, z }: Place, sums: Sums): void {
  const rise = rises[node] ?? 0
  const fall = falls[node] ?? 0
  const [up, down] = [rise - z, fall + z]
  let [upBefore, upLast] = [hill, tailTerm(up, hill, rise * (0.5 * rise - z))]
  let [downBefore, downLast] = [hill, tailTerm(down, hill, fall * (0.5 * fall + z))]
  const first = node * ORDERS * 4
  let mass = (counts[first] ?? 0) * upLast + (counts[first + 2] ?? 0) * downLast
  let density = (counts[first + 1] ?? 0) * upLast + (counts[first + 3] ?? 0) * downLast
  const most = orders[node] ?? 0
  for (let n = 1, at = first + 4; n < most; n++, at += 4) {
    const reciprocal = RECIPROCALS[n] ?? 0
    const upNext = (upBefore - up * upLast) * reciprocal
    const downNext = (downBefore - down * downLast) * reciprocal
    upBefore = upLast
    upLast = upNext
    downBefore = downLast
    downLast = downNext
    mass += (counts[at] ?? 0) * upLast + (counts[at + 2] ?? 0) * downLast
    density += (counts[at + 1] ?? 0) * upLast + (counts[at + 3] ?? 0) * downLast
  }
  sums[0] = (sums[0] ?? 0) + mass
  sums[1] = (sums[1] ?? 0) + density
}

/** phi(z) R_0(c); far to the left of c the scaled tail overflows and the exponential is taken out instead. */
function tailTerm(c: number, hill: number, exponent: number): number {
  if (c > -6) return hill * ROOT_HALF_PI * fastErfcx(c * Math.SQRT1_2)
  return Math.exp(exponent) * (1 - 0.5 * Math.exp(-0.5 * c * c) * fastErfcx(-c * Math.SQRT1_2))
}
