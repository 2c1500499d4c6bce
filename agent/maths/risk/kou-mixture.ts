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

/** One side of the jumps: rate, and per node and order the weights of the scaled tails in mass and in density. */
type Side = { readonly rate: number; readonly mass: Float64Array; readonly density: Float64Array }

type Table = {
  readonly size: number
  readonly weights: Float64Array
  readonly still: Float64Array
  readonly means: Float64Array
  readonly deviations: Float64Array
  readonly orders: Float64Array
  readonly up: Side
  readonly down: Side
}

const ROOT_HALF_PI = Math.sqrt(Math.PI / 2)
const RECIPROCALS = Float64Array.from({ length: ORDERS + 1 }, (_, n) => 1 / n)

/** The law of X over the nodes (times in years). */
export function kouMixture(process: Process, jumps: Exponential, nodes: Rule): Kernel {
  const table = tableOf(process, jumps, nodes)
  const fold = new Float64Array(4)
  return {
    add: (x, sums) => {
      for (let node = 0; node < table.size; node++) addNode(table, node, x - (table.means[node] ?? 0), { sums, fold })
    },
  }
}

function tableOf(process: Process, jumps: Exponential, { points, weights }: Rule): Table {
  const size = points.length
  const chances = Array.from(points, (time, node) => counts(jumps.lambda * time, weights[node] ?? 0))
  const phases = phasesOf(jumps, Math.max(...chances.map(({ length }) => length - 1)))
  const side = (rate: number): Side => ({
    rate,
    mass: new Float64Array(size * ORDERS),
    density: new Float64Array(size * ORDERS),
  })
  const table: Table = {
    size,
    weights: Float64Array.from(weights),
    still: Float64Array.from(chances, (row, node) => (weights[node] ?? 0) * (row[0] ?? 0)),
    means: points.map((time) => process.drift * time),
    deviations: points.map((time) => process.sigma * Math.sqrt(time)),
    orders: Float64Array.from(chances, ({ length }) => length - 1),
    up: side(jumps.up),
    down: side(jumps.down),
  }
  for (const [node, row] of chances.entries()) {
    const rising = atLeast(row, phases.rising)
    fillSide(
      table,
      node,
      table.up,
      rising.map((tail) => -tail),
    )
    fillSide(table, node, table.down, atLeast(row, phases.falling))
  }
  return table
}

function fillSide(table: Table, node: number, { rate, mass, density }: Side, tails: Float64Array): void {
  const scale = rate * (table.deviations[node] ?? 0)
  const first = node * ORDERS
  tails.forEach((tail, i) => {
    const power = (table.weights[node] ?? 0) * scale ** i
    mass[first + i] = tail * power
    density[first + i] = Math.abs(tail - (i + 1 < tails.length ? (tails[i + 1] ?? 0) : 0)) * rate * power
  })
}

/** Adds one node; `y` is x less the node's mean. */
function addNode(
  table: Table,
  node: number,
  y: number,
  { sums, fold }: { readonly sums: Sums; readonly fold: Float64Array },
): void {
  const deviation = table.deviations[node] ?? 0
  const z = y / deviation
  const hill = INVERSE_ROOT_TWO_PI * Math.exp(-0.5 * z * z)
  const beyond = hill * ROOT_HALF_PI * fastErfcx(Math.abs(z) * Math.SQRT1_2)
  fold[2] = (table.weights[node] ?? 0) * (z < 0 ? beyond : 1 - beyond)
  fold[3] = ((table.still[node] ?? 0) * hill) / deviation
  const orders = table.orders[node] ?? 0
  if (orders > 0) {
    const rise = table.up.rate * deviation
    const fall = table.down.rate * deviation
    fold[0] = hill
    fold[1] = tailTerm(rise - z, hill, rise * (0.5 * rise - z))
    foldSide(table.up, node * ORDERS, orders, { c: rise - z, fold })
    fold[0] = hill
    fold[1] = tailTerm(fall + z, hill, fall * (0.5 * fall + z))
    foldSide(table.down, node * ORDERS, orders, { c: fall + z, fold })
  }
  sums[0] = (sums[0] ?? 0) + (fold[2] ?? 0)
  sums[1] = (sums[1] ?? 0) + (fold[3] ?? 0)
}

/** phi(z) R_0(c); far to the left of c the scaled tail overflows and the exponential is taken out instead. */
function tailTerm(c: number, hill: number, exponent: number): number {
  if (c > -6) return hill * ROOT_HALF_PI * fastErfcx(c * Math.SQRT1_2)
  return Math.exp(exponent) * (1 - 0.5 * Math.exp(-0.5 * c * c) * fastErfcx(-c * Math.SQRT1_2))
}

/** Sums the orders of one side: fold holds R_{n-2}, R_{n-1}, mass and density. */
function foldSide(
  side: Side,
  first: number,
  orders: number,
  { c, fold }: { readonly c: number; readonly fold: Float64Array },
): void {
  let before = fold[0] ?? 0
  let last = fold[1] ?? 0
  let mass = (fold[2] ?? 0) + (side.mass[first] ?? 0) * last
  let density = (fold[3] ?? 0) + (side.density[first] ?? 0) * last
  for (let n = 1; n < orders; n++) {
    const next = (before - c * last) * (RECIPROCALS[n] ?? 0)
    before = last
    last = next
    mass += (side.mass[first + n] ?? 0) * next
    density += (side.density[first + n] ?? 0) * next
  }
  fold[2] = mass
  fold[3] = density
}
