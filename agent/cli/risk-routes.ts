// lienmesh risk routes: how long routes take, as published and as learned, and what happens before and after a payment.
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { latencyPriors } from '../../config/latency-priors.ts'
import { type Event, type Travelled, travelled } from '../console/risk/steps.ts'
import { fixed, percent } from '../console/risk/wording.ts'
import { EXIT, usageError } from '../domain/errors.ts'
import { latencyBelief } from '../maths/learning/latency-belief.ts'
import { latencyUnseen, learnLatency } from '../maths/learning/latency-learning.ts'
import { type LatencyPrior, latencyPrior, lognormalPrior, priorBody } from '../maths/learning/latency-prior.ts'
import { atomsOf, type Latency } from '../maths/risk/latency.ts'
import { command, toggle } from './command.ts'
import { linesOf, type Session, sessionsOf } from './session-files.ts'

/** Prints latency laws per route, learned beside prior, and lags; without a session the published lanes. */
export const riskRoutes = command({
  options: z.strictObject({
    session: z.string().min(1).optional().describe('Run directory; several with commas (default: newest run).'),
    published: toggle.describe('Only the published lanes, with their source.'),
  }),
  positionals: ['session'],
  examples: [
    'lienmesh risk routes',
    'lienmesh risk routes --published',
    'lienmesh risk routes .lienmesh/runs/7f3a --json',
  ],
  run: async ({ session, published }, { json, print }) => {
    if (published) {
      const { lanes, ...about } = latencyPriors()
      if (json) print(JSON.stringify({ type: 'lanes', ...about, lanes }))
      else for (const line of laneLines()) print(line)
      return EXIT.ok
    }
    const routes = sessionsOf(session).flatMap(routesOf)
    if (json) for (const route of routes) print(JSON.stringify({ type: 'route', ...route }))
    else for (const line of routeLines(routes)) print(line)
    return EXIT.ok
  },
})

/** Quantiles in seconds, odds that a settlement hangs, and what they rest on. */
type Law = {
  readonly q1: number
  readonly median: number
  readonly q3: number
  readonly p95: number
  readonly stuckOdds: number
  readonly n: number
  readonly source: string
}

type Route = Pick<Travelled, 'route' | 'lags'> & { readonly prior: Law; readonly learned: Law | undefined }

function routesOf(session: Session): readonly Route[] {
  const network = session.network === undefined ? undefined : networkAt(session.network)
  return travelled(eventsOf(session), network?.timeScale ?? 1).map(({ route, arrivals, lags }) => {
    const configured = network?.vaults.find(({ id }) => route.startsWith(`${id},`))?.latency
    const prior =
      configured === undefined
        ? latencyPrior(500, 1000, 2000)
        : lognormalPrior(configured.median / 1000, configured.spread, {
            stuckOdds: configured.stuckOdds,
            stuckMedian: (configured.median + configured.stuckMedian) / 1000,
          })
    const source = configured === undefined ? 'assumed: no network description' : `the network's description`
    const before = lawOf(priorBody(prior), { stuckOdds: prior.stuckOdds, n: 0, source })
    return { route, lags, prior: before, learned: learnedLaw(prior, arrivals) }
  })
}

/** Runs of other versions are read too: only what is needed is looked at. */
const described = z.object({
  timeScale: z.number().positive(),
  vaults: z.array(
    z.object({
      id: z.string(),
      latency: z.object({ median: z.number(), spread: z.number(), stuckOdds: z.number(), stuckMedian: z.number() }),
    }),
  ),
})

function networkAt(file: string): z.output<typeof described> {
  const parsed = described.safeParse(jsonIn(readFileSync(file, 'utf8')))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const found = `${file}: ${issue?.path.map(String).join('.') ?? ''} ${issue?.message ?? ''}`
  throw usageError('E_RISK_INPUT', found, 'Name the directory of a run.')
}

function learnedLaw(prior: LatencyPrior, arrivals: Travelled['arrivals']): Law | undefined {
  const last = arrivals[arrivals.length - 1]
  if (last === undefined) return undefined
  const learning = arrivals.reduce(
    (state, { at, seconds }) => learnLatency(state, { type: 'arrived', at, seconds }),
    latencyUnseen(prior),
  )
  const { law, stuckOdds, learned } = latencyBelief(learning, { at: last.at, state: 'calm', stallOdds: 0 })
  const source = `${arrivals.length} sales, ${percent(Math.round(1000 * learned) / 1000)} of the body learned`
  return lawOf(law, { stuckOdds, n: arrivals.length, source })
}

function lawOf(law: Latency, more: Pick<Law, 'stuckOdds' | 'n' | 'source'>): Law {
  const { points, weights } = atomsOf(law, 0.01)
  const sorted = [...points.keys()].sort((a, b) => (points[a] ?? 0) - (points[b] ?? 0))
  const quantile = (share: number): number => {
    let below = 0
    for (const i of sorted) {
      below += weights[i] ?? 0
      if (below >= share) return points[i] ?? 0
    }
    return points[sorted[sorted.length - 1] ?? 0] ?? 0
  }
  const [q1 = 0, median = 0, q3 = 0, p95 = 0] = [0.25, 0.5, 0.75, 0.95].map(quantile)
  return { q1, median, q3, p95, ...more }
}

function eventsOf(session: Session): readonly Event[] {
  return [...linesOf(session)].flatMap(({ text }) => {
    const parsed = logged.safeParse(jsonIn(text))
    if (!parsed.success) return []
    const { event, time, agent, ...fields } = parsed.data
    return [{ event, time, agent, fields }]
  })
}

const logged = z.looseObject({ event: z.string(), time: z.number(), agent: z.string().default('') })

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // Logs of chains stand beside those of agents; they are no events.
  }
}

function routeLines(routes: readonly Route[]): readonly string[] {
  if (routes.length === 0)
    return ['no claim came home in this session; lienmesh risk routes --published lists published lanes']
  const row = (name: string, { q1, median, q3, p95, stuckOdds, n }: Law): string =>
    `  ${name.padEnd(26)}${[q1, median, q3, p95].map((one) => time(one).padStart(9)).join('')}${percent(stuckOdds).padStart(9)}${String(n).padStart(6)}`
  return [
    `${'modelled time, bid to sale'.padEnd(28)}${['q1', 'median', 'q3', 'p95', 'stuck'].map((one) => one.padStart(9)).join('')}${'n'.padStart(6)}`,
    ...routes.flatMap(({ route, prior, learned, lags }) => [
      route,
      row('prior', prior),
      ...(learned === undefined ? [] : [row('learned', learned)]),
      `  from ${prior.source}; ${learned?.source ?? 'nothing learned'}`,
      ...lags.map(
        ({ lag, sample, q1, median, q3, q95 }) =>
          `  ${lag.padEnd(26)}${[q1, median, q3, q95].map((one) => time(one).padStart(9)).join('')}${''.padStart(9)}${fixed(sample, 0).padStart(6)}`,
      ),
      '',
    ]),
  ]
}

const time = (seconds: number): string =>
  seconds < 1
    ? `${fixed(1000 * seconds, 0)} ms`
    : seconds < 1000
      ? `${Number(seconds.toPrecision(3))} s`
      : `${fixed(seconds, 0)} s`

function laneLines(): readonly string[] {
  const { lanes, source, period, meaning } = latencyPriors()
  return [
    `${'published lane'.padEnd(40)}${['q1', 'median', 'q3'].map((one) => one.padStart(9)).join('')}${'transfers'.padStart(12)}`,
    ...lanes.map(
      ({ bridge, from, to, q1, median, q3, transfers }) =>
        `${`${bridge}:${from}:${to}`.padEnd(40)}${[q1, median, q3].map((one) => time(one).padStart(9)).join('')}${String(transfers).padStart(12)}`,
    ),
    '',
    `source: ${source}`,
    `period: ${period}`,
    meaning,
  ]
}
