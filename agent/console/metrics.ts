// What Prometheus scrapes: made from the same books as the pages, when somebody scrapes.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Snapshot } from '../runtime/snapshot.ts'
import type { ClaimLane } from './chronicle/lanes.ts'
import { part } from './chronicle/saying.ts'
import type { Desk, Looks } from './view/desk.ts'
import { dollars } from './view/money.ts'
import { tilesOf } from './view/tiles.ts'

/** One page of metrics. */
export async function metricsOf(desk: Desk, looks: Looks): Promise<{ readonly text: string; readonly type: string }> {
  const families = familiesOf(desk)
  fill(families, desk, looks)
  return { text: await families.registry.metrics(), type: families.registry.contentType }
}

const kept = new WeakMap<Desk, Families>()

function familiesOf(desk: Desk): Families {
  const known = kept.get(desk)
  if (known !== undefined) return known
  const made = openFamilies()
  kept.set(desk, made)
  return made
}

type Families = ReturnType<typeof openFamilies>

/** The families, each with its help and labels. */
function openFamilies() {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, gcDurationBuckets: [0.001, 0.01, 0.1, 1] })
  // Gauges with the names of counters, and the same again by type.
  for (const name of ['handles', 'requests', 'resources']) registry.removeSingleMetric(`nodejs_active_${name}_total`)
  const of = (name: string, help: string, labelNames: readonly string[]) => ({
    ...{ name: `lienmesh_${name}`, help, labelNames: ['agent', ...labelNames] },
    registers: [registry],
  })
  const counter = (name: string, help: string, ...labels: string[]) => new Counter(of(name, help, labels))
  const gauge = (name: string, help: string, ...labels: string[]) => new Gauge(of(name, help, labels))
  return {
    registry,
    seen: new WeakMap<ClaimLane, Set<string>>(),
    opportunities: counter('opportunities_total', 'Decisions by kind and reason.', 'decision', 'reason', 'strategy'),
    races: counter('race_total', 'Bids by how they ended.', 'result'),
    faults: counter('strategy_faults_total', 'Decisions that a strategy did not make because it failed.', 'strategy'),
    settlements: counter('settlements_total', 'Settlements that closed.'),
    messages: counter('gossip_messages_total', 'Gossip messages by kind and verdict.', 'topic', 'verdict'),
    stages: new Histogram({
      ...of('settlement_stage_seconds', 'Wall seconds from the opening of a claim to a stage.', ['stage']),
      buckets: [1, 2, 5, 10, 20, 30, 60, 120, 300, 900, 3_600, 21_600, 86_400],
    }),
    open: gauge('settlements_open', 'Settlements on their way, and those that are stuck.', 'state'),
    exposure: gauge(
      'gap_exposure_usd',
      'What is carried: outlay in flight, its limit, expected shortfall, its limit.',
      'measure',
    ),
    pnl: gauge('pnl_usd', 'Settled P&L by part; the parts sum to total.', 'component'),
    gap: gauge('gap_pnl_usd', 'What the gap gave or took in settled liquidations.'),
    overhead: gauge('unsettled_gas_usd', 'Gas that no settlement carries yet.'),
    capital: gauge('capital_usd', 'Capital by state.', 'state'),
    runway: gauge('gas_runway_settlements', 'Claims that the coin of a chain pays for at present fees.', 'chain'),
    headAge: gauge('rpc_head_age_seconds', 'Age of the newest head of a chain.', 'chain'),
    priceAge: gauge('oracle_age_seconds', 'Age of the newest price quorum of an engine.', 'engine'),
    peers: gauge('mesh_peers', 'Peers, connected and in the mesh of a topic.', 'topic'),
    propagation: gauge(
      'gossip_propagation_seconds',
      'From signature to receipt of price batches, by percentile.',
      'percentile',
    ),
    waiting: gauge('loop_inputs_waiting', 'Inputs that wait for the core.'),
    halted: gauge('halted', 'One while nothing is bid, by reason.', 'reason'),
    health: gauge('healthy', 'One while a tile of the dashboard is well.', 'tile'),
    calibration: gauge(
      'gap_breaches_ratio',
      'Gaps beyond a level of their forecast over those that should be.',
      'alpha',
    ),
  }
}

function fill(families: Families, desk: Desk, looks: Looks): void {
  countDecisions(families, desk)
  countSeats(families, desk)
  timeStages(families, desk)
  for (const gauge of [families.exposure, families.capital, families.runway, families.headAge, families.priceAge])
    gauge.reset()
  families.peers.reset()
  families.halted.reset()
  for (const [agent, look] of looks) measure(families, agent, look)
  for (const { name, tone } of tilesOf(desk, looks, Date.now()))
    families.health.set({ agent: desk.name, tile: name }, tone === 'bad' ? 0 : 1)
  calibrate(families, desk)
}

function countDecisions({ opportunities, faults }: Families, { chronicle }: Desk): void {
  opportunities.reset()
  faults.reset()
  for (const [key, count] of chronicle.reasons) {
    const [agent = '', strategy = '', decision = '', reason = ''] = key.split('|')
    opportunities.inc({ agent, strategy, decision, reason }, count)
    if (reason === 'strategy-error') faults.inc({ agent, strategy }, count)
  }
}

/** Counters are told anew from books that only grow. */
function countSeats(families: Families, { chronicle }: Desk): void {
  const { races, settlements, messages, pnl, gap, propagation } = families
  for (const one of [races, settlements, messages, propagation]) one.reset()
  for (const { name: agent, won, lost, declined, closed, parts, gossip } of chronicle.seats.values()) {
    races.inc({ agent, result: 'won' }, won)
    races.inc({ agent, result: 'lost' }, lost)
    races.inc({ agent, result: 'declined' }, declined)
    settlements.inc({ agent }, closed)
    for (const [component, value] of parts) pnl.set({ agent, component }, dollars(value))
    gap.set({ agent }, dollars(parts.get('gap') ?? 0n))
    for (const [topic, count] of numbersIn(gossip, 'received'))
      messages.inc({ agent, topic, verdict: 'accepted' }, count)
    for (const [cause, count] of numbersIn(gossip, 'rejected')) {
      const [topic = '', verdict = ''] = cause.split(':')
      messages.inc({ agent, topic, verdict }, count)
    }
    for (const [percentile, field] of [
      ['50', 'p50Ms'],
      ['99', 'p99Ms'],
    ] as const) {
      const value = part(gossip, field)
      if (typeof value === 'number') propagation.set({ agent, percentile }, value / 1_000)
    }
  }
}

const numbersIn = (of: unknown, key: string): readonly (readonly [string, number])[] =>
  Object.entries(Object(part(of, key))).map(([name, value]) => [name, Number(value)])

/** Settlements on their way, and how long the stages of those that went on took. */
function timeStages(families: Families, { chronicle }: Desk): void {
  const open = new Map<string, number>()
  for (const lane of chronicle.lanes.values()) {
    for (const claim of lane.claims) observe(families, lane.agent, claim)
    if (lane.state === 'settled') continue
    const stuck = lane.claims.some((one) => one.stuck !== undefined)
    for (const name of stuck ? ['open', 'stuck'] : ['open'])
      open.set(`${lane.agent}|${name}`, (open.get(`${lane.agent}|${name}`) ?? 0) + 1)
  }
  families.open.reset()
  for (const name of chronicle.seats.keys())
    for (const state of ['open', 'stuck']) families.open.set({ agent: name, state }, open.get(`${name}|${state}`) ?? 0)
}

/** Each stage of a claim is observed once, when it is first seen to be over. */
function observe({ stages, seen }: Families, agent: string, claim: ClaimLane): void {
  const told = seen.get(claim) ?? new Set<string>()
  seen.set(claim, told)
  const ends = [
    ['anchored', claim.anchoredAt],
    ['sold', claim.soldAt],
  ] as const
  for (const [stage, at] of ends) {
    if (at === undefined || told.has(stage)) continue
    told.add(stage)
    stages.observe({ agent, stage }, Math.max(0, (at - claim.openedAt) / 1_000))
  }
}

function measure(families: Families, agent: string, look: Snapshot): void {
  const { status, carried } = look
  const free = Object.values(status.free).reduce((sum, one) => sum + one, 0n)
  families.exposure.set({ agent, measure: 'in-flight' }, dollars(status.inFlight))
  families.exposure.set({ agent, measure: 'in-flight-limit' }, dollars(carried.most))
  families.exposure.set({ agent, measure: 'shortfall' }, carried.shortfall)
  families.exposure.set({ agent, measure: 'shortfall-limit' }, dollars(carried.limit))
  families.capital.set({ agent, state: 'free' }, dollars(free))
  families.capital.set({ agent, state: 'in-flight' }, dollars(status.inFlight))
  families.capital.set({ agent, state: 'wealth' }, dollars(status.wealth))
  families.overhead.set({ agent }, dollars(look.unsettledGas))
  families.waiting.set({ agent }, look.waiting)
  families.halted.set({ agent, reason: status.halt?.reason ?? 'none' }, status.halt === undefined ? 0 : 1)
  for (const { chain, claims } of look.runway) families.runway.set({ agent, chain: String(chain) }, claims)
  for (const { chain, age } of look.heads) families.headAge.set({ agent, chain: String(chain) }, age / 1_000)
  for (const [engine, all] of Map.groupBy(look.prices, (one) => one.engine))
    families.priceAge.set({ agent, engine: String(engine) }, Math.min(...all.map(({ age }) => age)) / 1_000)
  families.peers.set({ agent, topic: 'connected' }, look.peers.length)
  for (const topic of ['price', 'attestation', 'state', 'claim', 'status'] as const)
    families.peers.set({ agent, topic }, look.peers.filter(({ mesh }) => mesh.includes(topic)).length)
}

/** Above one, tails are too thin. */
function calibrate({ calibration }: Families, { name, chronicle }: Desk): void {
  const told = new Map<number, { seen: number; breached: number }>()
  for (const { levels, loss } of chronicle.gaps)
    for (const { alpha, VaR } of levels) {
      const count = told.get(alpha) ?? { seen: 0, breached: 0 }
      count.seen++
      if (loss > VaR) count.breached++
      told.set(alpha, count)
    }
  for (const [alpha, { seen, breached }] of told)
    calibration.set({ agent: name, alpha: String(alpha) }, breached / Math.max(1e-9, (1 - alpha) * seen))
}
