// How long risk of everything in flight takes: 1,000 positions, 20 assets, 10 routes. node test/bench/portfolio.ts
import type { Market } from '../../agent/maths/risk/market.ts'
import * as portfolio from '../../agent/maths/risk/portfolio.ts'
import { chance } from '../../agent/maths/risk/random.ts'
import { drawScenarios } from '../../agent/maths/risk/scenarios.ts'
import { line, timed } from './timing.ts'

/** Median seconds and spread of ten measured routes. */
const ROUTES = [
  [18, 0.5],
  [36, 0.3],
  [57, 0.6],
  [132, 0.1],
  [212, 0.05],
  [340, 0.5],
  [464, 0.1],
  [1042, 0.13],
  [1183, 0.13],
  [1444, 0.1],
] as const
const ASSETS = 20

const market: Market = {
  assets: Array.from({ length: ASSETS }, (_, i) => ({
    model: { type: 'kou', sigma: 0.5 + 0.03 * i, lambda: 600 + 20 * i, p: 0.4, eta1: 110, eta2: 80 },
    load: 0.85,
  })),
  routes: ROUTES.map(([median, s], i) => ({ latency: { type: 'lognormal', median, s }, chain: i % 4 })),
  chains: Array.from({ length: 4 }, () => ({ stallOdds: 0.01, stall: { type: 'lognormal', median: 7200, s: 0.7 } })),
  nu: 4,
  routeShare: 0.5,
}

for (const rows of [4096, 16_384]) measure(rows, holdings(1000))
measure(16_384, holdings(500))

function holdings(count: number): readonly portfolio.Holding[] {
  const { uniform } = chance(99)
  const below = (limit: number): number => Math.floor(uniform() * limit)
  return Array.from({ length: count }, (_, id) =>
    portfolio.liquidation(
      { id, asset: below(ASSETS), route: below(ROUTES.length), elapsed: 0 },
      { D: Math.exp(8 + 4 * uniform()), K: 1.0005, h: 1.03 + 0.03 * uniform() },
    ),
  )
}

function measure(rows: number, held: readonly portfolio.Holding[]): void {
  const before = process.cpuUsage()
  const scenarios = drawScenarios(market, { rows, seed: 1 })
  process.stdout.write(`${rows} rows, ${held.length} positions; drawn in ${cpu(before)} ms of processor time\n`)
  const book = portfolio.openBook(market, scenarios)
  const start = process.cpuUsage()
  for (let i = 0; i < 5; i++) portfolio.rebuild(book, held)
  process.stdout.write(`  rebuild: ${(cpu(start) / 5).toFixed(0)} ms of processor time (target 250)\n`)
  const [risk = { alpha: 0.99, VaR: 0, ES: 0 }] = portfolio.riskOf(book, [0.99])
  const tail = portfolio.tailRows(book, risk)
  const candidate = portfolio.liquidation(
    { id: 5000, asset: 3, route: 7, elapsed: 0 },
    { D: 20_000, K: 1.0005, h: 1.045 },
  )
  line(
    '  VaR and ES at one level',
    timed(() => portfolio.riskOf(book, [0.99]), 1),
    'under 500',
  )
  line(
    '  VaR and ES at three levels',
    timed(() => portfolio.riskOf(book, [0.975, 0.99, 0.999]), 1),
    'under 500',
  )
  line(
    '  marginal ES, exact',
    timed(() => portfolio.marginal(book, candidate, risk), 1),
    'under 500',
  )
  line(
    '  marginal ES, Euler',
    timed(() => portfolio.euler(book, candidate, tail), 4),
    'under 50',
  )
  const bytes = [scenarios.moves, scenarios.delays, scenarios.stalled, scenarios.weights, book.losses, book.trial]
  const size = bytes.reduce((sum, { byteLength }) => sum + byteLength, 0) + book.delays.byteLength
  process.stdout.write(
    `  memory: ${(size / 1e6).toFixed(1)} MB (target 64); exact ${portfolio.marginal(book, candidate, risk).toFixed(2)}, Euler ${portfolio.euler(book, candidate, tail).toFixed(2)}\n`,
  )
}

function cpu(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since)
  return Math.round((user + system) / 1e3)
}
