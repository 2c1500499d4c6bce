// One simulated world: its clock, its chain, its market and everybody in it. `runWorld` is where to start.
import { instant } from '../domain/units.ts'
import { quorumPrices } from '../maths/oracle.ts'
import type { Chance } from '../maths/risk/random.ts'
import { inform, introduce, openAgent } from './agent.ts'
import { makeBlock } from './block.ts'
import { openEngine, put } from './engine.ts'
import { delivery, publish } from './feed.ts'
import { openRecorder } from './recorder.ts'
import { openRival } from './rival.ts'
import { openPools } from './sales.ts'
import type { WorldSpec } from './spec.ts'
import type { Observer, World } from './state.ts'
import { stream } from './streams.ts'
import { openTimeline } from './timeline.ts'
import { openPool } from './transactions.ts'
import { turnOver } from './turnover.ts'

/** What a run did, and how much work it was. */
export type Ran = {
  readonly world: World
  /** SHA-256 over everything that the agents decided, in order. */
  readonly decisionsHash: string
  readonly inputs: number
  /** Virtual wall milliseconds, warm-up and settlements included. */
  readonly elapsed: number
}

/** Plays a world from its warm-up to its last settlement. */
export function runWorld(spec: WorldSpec, observers: readonly Observer[] = []): Ran {
  const world = openWorld(spec, observers)
  const { time, closesAt } = world
  schedulePrices(world)
  time.at(spec.opensAt, () => openMarket(world))
  const start = time.now
  time.playUntil(closesAt + spec.patience)
  const inputs = world.agents.reduce((sum, agent) => sum + agent.inputs, 0)
  return { world, decisionsHash: world.recorder.hash(), inputs, elapsed: time.now - start }
}

function openWorld(spec: WorldSpec, observers: readonly Observer[]): World {
  const { terms, pool, insurance } = spec.engine
  const bonded = new Set([
    ...spec.agents.filter(({ setup }) => setup.bonded).map(({ executor }) => executor),
    ...spec.rivals.filter((one) => one.bonded).map(({ executor }) => executor),
  ])
  const world: World = {
    spec,
    time: openTimeline(instant(spec.opensAt - spec.warmUp)),
    engine: openEngine(terms, { pool, insurance, bonded }),
    waiting: openPool(),
    pools: openPools(terms, spec.vaults, spec.market),
    agents: spec.agents.map(openAgent),
    rivals: spec.rivals.map(openRival),
    recorder: openRecorder(observers),
    closesAt: instant(spec.opensAt + spec.duration),
    newest: [],
    newestPrices: new Map(),
    transactions: 0n,
    bids: [],
    deposits: [],
    tell: (agent, news) => inform(world, agent, news),
  }
  return world
}

/** Rounds of the publishers until the last settlement: agents value their claims by them. */
function schedulePrices(world: World): void {
  const { spec, time } = world
  const gossip = world.agents.map(({ spec: { name } }) => stream(spec.seed, 'gossip', name))
  const tick = (): void => {
    world.newest = publish(spec, spec.engine.terms.chain, time.now)
    world.newestPrices = quorumPrices(world.newest)
    if (time.now < spec.opensAt) headAhead(world)
    spread(world, gossip)
    const next = time.now + (time.now < spec.opensAt ? spec.prices.warmInterval : spec.prices.interval)
    if (next <= world.closesAt + spec.patience) time.at(next, tick)
  }
  time.at(time.now, tick)
}

/** Every batch on its way to every agent. */
function spread(world: World, gossip: readonly Chance[]): void {
  const { spec, time, agents } = world
  for (const [i, from] of gossip.entries()) {
    const agent = agents[i]
    if (agent === undefined) continue
    for (const batch of world.newest) {
      const delay = delivery(from, spec.prices.gossip)
      if (delay !== undefined) time.at(time.now + delay, () => world.tell(agent, { kind: 'prices', batch }))
    }
  }
}

/** Prices mean nothing to a core without terms and a head: they come first. */
function headAhead(world: World): void {
  const { agents, engine, time } = world
  if (engine.seconds > 0n) return
  engine.seconds = BigInt(Math.floor(time.now / 1_000))
  for (const agent of agents) introduce(world, agent)
}

/** Accounts open, cash arrives, and blocks begin. */
function openMarket(world: World): void {
  const { spec, engine, time, agents, rivals } = world
  if (engine.seconds === 0n) headAhead(world)
  engine.prices = world.newestPrices
  for (const account of spec.crowd.first(world.newestPrices)) put(engine, account)
  for (const { spec: one } of [...agents, ...rivals]) engine.cash.set(one.executor, one.capital)
  for (const agent of agents) world.tell(agent, { kind: 'cash', engine: engine.terms.chain, cash: agent.spec.capital })
  const nextBlock = (): void => {
    makeBlock(world)
    if (time.now + spec.engine.blockTime <= world.closesAt + spec.patience)
      time.at(time.now + spec.engine.blockTime, nextBlock)
  }
  time.at(time.now + spec.engine.blockTime, nextBlock)
  turnOver(world)
}
