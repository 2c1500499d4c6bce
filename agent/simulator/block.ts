// One block of the engine chain, and what everybody hears of it.
import type { MarginAccount } from '../domain/market.ts'
import { headOf } from './agent.ts'
import { belowMaintenance, pushed, takeChanged } from './engine.ts'
import { lookAround } from './rival.ts'
import { payIn } from './settlement.ts'
import type { Agent, News, World } from './state.ts'

/** Fills a block from what waits, then tells of it. */
export function makeBlock(world: World): void {
  const { engine, time, waiting, spec, recorder } = world
  engine.number += 1n
  engine.seconds = BigInt(Math.floor(time.now / 1_000))
  beat(world)
  recorder.filling(world)
  world.bids.length = 0
  waiting.fillBlock(time.now, spec.engine.gasLimit)
  payIn(world)
  const changed = takeChanged(engine)
  for (const agent of world.agents) tell(world, agent, changed)
  const under = belowMaintenance(engine, world.newestPrices)
  for (const rival of world.rivals) lookAround(world, rival, under)
  recorder.block(world, under)
}

/** The publishers keep the chain's own prices fresh. */
function beat(world: World): void {
  const { engine, spec, newest } = world
  const [price] = engine.prices.values()
  const old = price === undefined || world.time.now - price.sequence >= spec.prices.heartbeat
  if (old) engine.prices = pushed(engine, newest) ?? engine.prices
}

/** A node reports the head, then our own transactions, then others' bids and the accounts that changed. */
function tell(world: World, agent: Agent, changed: readonly MarginAccount[]): void {
  const rivals = world.bids.filter(({ bidder }) => bidder !== agent.spec.executor)
  const { chain } = world.engine.terms
  const cash = agent.mail.filter(({ kind }) => kind === 'cash')
  const own = agent.mail.filter(({ kind }) => kind !== 'cash')
  agent.mail.length = 0
  const news: readonly News[] = [
    { kind: 'head', head: headOf(world) },
    ...own,
    ...rivals.map(({ bidder, account }): News => ({ kind: 'competitor', engine: chain, bidder, account })),
    ...changed.map((account): News => ({ kind: 'account', account, source: 'own' })),
    ...cash,
  ]
  world.time.at(world.time.now + agent.spec.nodeDelay, () => {
    for (const one of news) world.tell(agent, one)
  })
}
