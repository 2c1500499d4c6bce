// The numerics page of a risk report: how exact, how fast, and whether simulation agrees, all measured now.
import { existsSync } from 'node:fs'
import { marketOf } from '../console/risk/market.ts'
import type { Numerics, Simulated } from '../console/risk/report.ts'
import type { GapRecord, MarketState } from '../domain/gap-record.ts'
import { returnLaw } from '../maths/risk/law.ts'
import { lossOdds, tailOf, varEs } from '../maths/risk/loss.ts'
import { estimate, simulatedReturns } from '../maths/risk/monte-carlo.ts'
import { chance } from '../maths/risk/random.ts'
import { percentile } from '../swarm/statistics.ts'
import { checkVectors } from './vector-check.ts'

/** Nodes of a quote. */
const NODES = 24

/** Measures. Records lend their terms; without any, terms of every day are taken. */
export function numericsOf(records: readonly GapRecord[], vectors: string | undefined): Numerics {
  const checked = vectors !== undefined && existsSync(vectors) ? checkVectors(vectors) : undefined
  return {
    vectors: checked,
    worst: checked?.worst,
    quote: quoteTime(),
    simulated: sampleOf(records).map((asked, index) => simulated(asked, SAMPLE * records.length + index)),
  }
}

/** Half a thousand full quotes under changing terms, the tail looked for from where the last one was. */
function quoteTime(quotes = 500): Numerics['quote'] {
  const law = returnLaw({ model: marketOf('triggered', 0.8), latency: USUAL }, NODES)
  const times = Array.from({ length: 2 * quotes }, (_, i) => {
    const terms = { K: 1.0005, h: 1.02 + (i % 50) / 1000 }
    const start = performance.now()
    lossOdds(law, terms)
    varEs(tailOf(law, 0.01), terms)
    return 1000 * (performance.now() - start)
  }).slice(quotes)
  return { p50: percentile(times, 0.5) ?? 0, p99: percentile(times, 0.99) ?? 0, quotes }
}

const USUAL = {
  type: 'mixture' as const,
  parts: [
    [0.995, { type: 'lognormal' as const, median: 1000, s: 0.35 }],
    [0.005, { type: 'lognormal' as const, median: 7200, s: 0.7 }],
  ] as const,
}

type Asked = {
  readonly id: string
  readonly state: MarketState
  readonly volatility: number
  readonly seconds: number
}

const SAMPLE = 6
const DRAWS = 200_000

/** Odds of the loss that both ways look at: as rare as that many draws can tell. */
const SEEN = 0.01

/** Some records, the same for the same evidence; terms of every day where there are none. */
function sampleOf(records: readonly GapRecord[]): readonly Asked[] {
  if (records.length === 0)
    return (['calm', 'triggered', 'cascade'] as const).map((state) => ({
      id: state,
      state,
      volatility: 0.8,
      seconds: 1000,
    }))
  const from = chance(records.length)
  return Array.from({ length: SAMPLE }, () => records[Math.floor(from.uniform() * records.length)]).flatMap((one) => {
    if (one === undefined) return []
    const { forecast, realised } = one
    const seconds = Math.max(1, realised.seconds)
    const volatility = Math.min(20, forecast.deviation * Math.sqrt(31_536_000 / seconds))
    return [{ id: forecast.id, state: forecast.state, volatility, seconds }]
  })
}

function simulated({ id, state, volatility, seconds }: Asked, seed: number): Simulated {
  const model = marketOf(state, volatility)
  const latency = { type: 'lognormal' as const, median: seconds, s: 0.35 }
  const law = returnLaw({ model, latency }, NODES)
  const [K, h] = [Math.exp(tailOf(law, SEEN).q), 1]
  const { pLoss, EL } = lossOdds(law, { K, h })
  const draws = simulatedReturns({ model, latency }, DRAWS, seed)
  const odds = estimate(draws, (x) => (K - h * Math.exp(x) > 0 ? 1 : 0))
  const loss = estimate(draws, (x) => Math.max(0, K - h * Math.exp(x)))
  const error = Math.sqrt((pLoss * (1 - pLoss)) / DRAWS)
  const zOf = (drawn: number, exact: number, spread: number): number => (spread > 0 ? (drawn - exact) / spread : 0)
  const z = [zOf(odds.mean, pLoss, error), zOf(loss.mean, EL, loss.error)].reduce((a, b) =>
    Math.abs(a) > Math.abs(b) ? a : b,
  )
  const market = `${state}, ${Math.round(100 * volatility)} %, ${Math.round(seconds)} s`
  return { id: id.slice(0, 18), market, pLoss, drawnPLoss: odds.mean, EL, drawnEL: loss.mean, z }
}
