// Weighted scenarios: in every row one path per asset, one latency shock per route, one stall bit per chain.
// Margins are the laws that single quotes use; the copula is Student's. Half of the rows are drawn from a stressed
// market (wider, lower, more stalls) and weighed back, so that rare losses rest on many rows. Weights stay below two.
import { atomsOf, compressed } from './latency.ts'
import { lawOver, YEAR_SECONDS } from './law.ts'
import { returnTable, scoreTable } from './margin-table.ts'
import { type Clock, checkMarket, type FixedRow, HORIZONS, type Market } from './market.ts'
import { processOf } from './model.ts'
import type { Rule } from './quadrature.ts'
import { type Chance, chance } from './random.ts'
import { Refusal, within } from './refusal.ts'
import { lookUp, type Table, tabulated } from './table.ts'

/** Rows side by side: `moves[(asset * horizons + horizon) * rows + row]` is exp X - 1. Weights sum to one. */
export type Scenarios = {
  readonly rows: number
  readonly weights: Float64Array
  readonly moves: Float32Array
  readonly delays: Float32Array
  readonly stalled: Uint8Array
}

/** How the stressed half differs: mixing narrowed (so moves widen), factor lowered, stalls more likely. */
const STRESS = { narrowing: 0.4, lowering: 0.8, stalls: 10, mostStalls: 0.25 }

/** What to draw, how often and from which seed; fixed rows stand after the drawn ones. */
export type Plan = { readonly rows: number; readonly seed: number; readonly fixed?: readonly FixedRow[] }

/** Draws scenarios of a market. */
export function drawScenarios(market: Market, { rows, seed, fixed = [] }: Plan): Scenarios {
  checkMarket(market)
  within('rows', rows, { least: 2, most: 1 << 20 })
  const total = rows + fixed.length
  const set: Scenarios = {
    rows: total,
    weights: new Float64Array(total),
    moves: new Float32Array(market.assets.length * HORIZONS.length * total),
    delays: new Float32Array(market.routes.length * total),
    stalled: new Uint8Array(market.chains.length * total),
  }
  const from = chance(seed)
  const tables = moveTables(market)
  for (let row = 0; row < rows; row++) drawRow(set, { market, tables, from, row, stressed: row % 2 === 1 })
  const fixedWeight = fixed.reduce((sum, { weight }) => sum + within('weight', weight, { least: 0, below: 1 }), 0)
  weigh(set.weights.subarray(0, rows), 1 - within('weight of fixed rows', fixedWeight, { below: 1 }))
  for (const [i, one] of fixed.entries()) setFixed(set, market, rows + i, one)
  return set
}

/** Nodes of the business clock: rows are rougher than this anyway. */
const CLOCK_NODES = 6
/** Places of a table of returns; between them it is cubic. */
const PLACES = 60

/** exp X - 1 per asset and horizon, at v / (1 + |v|) of the copula's value v: cheaper than a hyperbolic scale. */
function moveTables({ assets, nu }: Market): readonly Table[] {
  const scores = scoreTable(nu)
  const clocks = new Map<number, Rule>()
  return assets.flatMap(({ model, clock }) =>
    HORIZONS.map((seconds, i) => {
      const law = lawOver(processOf(model), yearsOf(seconds, clock?.[i], clocks))
      const returns = returnTable(law, PLACES)
      const moveAt = (value: number) => Math.expm1(lookUp(returns, lookUp(scores, Math.asinh(value))))
      return tabulated((place) => moveAt(place / (1 - Math.abs(place))), [-0.995, 0.995], 600)
    }),
  )
}

/** Business time of one horizon; a spread of the clock is worked out once. */
function yearsOf(seconds: number, activity: Clock | undefined, known: Map<number, Rule>): Rule {
  const year = seconds / YEAR_SECONDS
  if (!activity) return { points: Float64Array.of(year), weights: Float64Array.of(1) }
  const { median, s } = activity
  const rule = known.get(s) ?? compressed(atomsOf({ type: 'lognormal', median: 1, s }), CLOCK_NODES)
  known.set(s, rule)
  return { points: rule.points.map((point) => year * median * point), weights: rule.weights }
}

type Draw = {
  readonly market: Market
  readonly tables: readonly Table[]
  readonly from: Chance
  readonly row: number
  readonly stressed: boolean
}

function drawRow(set: Scenarios, draw: Draw): void {
  const { market, from, row, stressed } = draw
  const shape = market.nu / 2
  const drawn = from.gamma(shape)
  const mixing = stressed ? STRESS.narrowing * drawn : drawn
  // ln of stressed over nominal density, of everything that the stress touches.
  let odds = -shape * Math.log(STRESS.narrowing) - mixing * (1 / STRESS.narrowing - 1)
  odds += drawMoves(set, draw, Math.sqrt(shape / mixing))
  for (const [i, { stallOdds }] of market.chains.entries()) {
    const more = Math.max(stallOdds, Math.min(STRESS.mostStalls, STRESS.stalls * stallOdds))
    const stalls = from.uniform() < (stressed ? more : stallOdds)
    set.stalled[i * set.rows + row] = stalls ? 1 : 0
    if (stallOdds > 0) odds += stalls ? Math.log(more / stallOdds) : Math.log((1 - more) / (1 - stallOdds))
  }
  for (let route = 0; route < market.routes.length; route++) set.delays[route * set.rows + row] = from.normal()
  set.weights[row] = 2 / (1 + Math.exp(odds))
}

/** One path per asset; answers ln of the density ratio of the lowered factor. */
function drawMoves(set: Scenarios, { market, tables, from, row, stressed }: Draw, scale: number): number {
  const own = new Float64Array(market.assets.length)
  let [common, before, odds] = [0, 0, 0]
  for (const [g, time] of HORIZONS.entries()) {
    const spread = Math.sqrt(time - before)
    const lowered = (-STRESS.lowering * (Math.sqrt(time) - Math.sqrt(before))) / spread
    const step = from.normal() + (stressed ? lowered : 0)
    odds += lowered * step - 0.5 * lowered * lowered
    common += spread * step
    before = time
    for (let a = 0; a < own.length; a++) {
      const load = market.assets[a]?.load ?? 0
      const path = (own[a] ?? 0) + spread * from.normal()
      own[a] = path
      const value = (scale * (load * common + Math.sqrt(1 - load * load) * path)) / Math.sqrt(time)
      const table = tables[a * HORIZONS.length + g]
      if (table !== undefined)
        set.moves[(a * HORIZONS.length + g) * set.rows + row] = lookUp(table, value / (1 + Math.abs(value)))
    }
  }
  return odds
}

/** Scales weights to a sum. */
function weigh(weights: Float64Array, sum: number): void {
  const found = weights.reduce((total, weight) => total + weight, 0)
  for (let i = 0; i < weights.length; i++) weights[i] = ((weights[i] ?? 0) * sum) / found
}

function setFixed(set: Scenarios, market: Market, row: number, { weight, over, returns, stalled }: FixedRow): void {
  if (returns.length !== market.assets.length)
    throw new Refusal(
      'out-of-range',
      `expected ${market.assets.length} returns in a fixed row, found ${returns.length}`,
    )
  within('over', over, { above: 0 })
  set.weights[row] = weight
  for (const chain of stalled) set.stalled[chain * set.rows + row] = 1
  for (const [a, total] of returns.entries()) {
    for (const [g, time] of HORIZONS.entries()) {
      const x = within('return', total) * Math.sqrt(Math.min(time, over) / over)
      set.moves[(a * HORIZONS.length + g) * set.rows + row] = Math.expm1(x)
    }
  }
}
