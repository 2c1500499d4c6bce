// The end of the market: wait until every claim is home, stop the agents, add everything up.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Scenario } from '../../config/scenario.ts'
import type { Market } from '../simulator/scenario/market.ts'
import { balances } from './conservation.ts'
import type { Crewing } from './crew.ts'
import { type Outcome, outcomeOf } from './outcome.ts'
import { ownersOf } from './owners.ts'
import type { Watch } from './watch.ts'
import { gain, type Holding, holdingsOf } from './wealth.ts'

/** What the end needs to know of the beginning. Times are wall milliseconds. */
export type Ending = {
  readonly scenario: Scenario
  readonly crewing: Crewing
  readonly before: ReadonlyMap<string, Holding>
  readonly market: Market
  readonly opened: number
  readonly started: number
  readonly keep: boolean
}

/** Closes a run and answers its figures. The chains go on until the last sum is read. */
export async function close(ending: Ending): Promise<Outcome> {
  const { scenario, crewing, market, before } = ending
  const { deployment, watch, processes } = crewing
  await untilSettled(watch)
  const agents = new Set(deployment.seats.map(({ name }) => name))
  const running = processes.all().filter((child) => agents.has(child.name) && child.alive())
  const names = new Set(running.map(({ name }) => name))
  watch.hush()
  crewing.dismiss()
  if (!ending.keep) await processes.stop(running, AGENT_GRACE)
  await sleep(FLUSH)
  const after = await holdingsOf(deployment, market)
  const gains = new Map(
    [...after].map(([name, holding]) => [name, gainOf(before.get(name), holding, market, watch.at())]),
  )
  const ledgers = await balances(deployment, watch.record, await holders(crewing))
  const wallSeconds = (Date.now() - ending.started) / 1000
  return outcomeOf(watch, {
    scenario,
    seats: deployment.seats,
    alive: names,
    gains,
    ledgers,
    opened: ending.opened,
    wallSeconds,
  })
}

/** Agents write their journals and their summaries within this time. */
const AGENT_GRACE = 4_000
/** The last lines of the agents are on their way through the pipes. */
const FLUSH = 100
/** How long claims may take to come home after the market closed. */
const TAIL = 45_000
/** Nothing new for this long after the last claim: the bids in flight have landed. */
const QUIET = 1_500

async function untilSettled({ record }: Watch): Promise<void> {
  const deadline = Date.now() + TAIL
  let quietSince = Date.now()
  let known = record.claims.length
  while (Date.now() < deadline) {
    const open = record.claims.some((claim) => claim.finalAt === undefined)
    if (open || record.claims.length !== known) quietSince = Date.now()
    known = record.claims.length
    if (Date.now() - quietSince >= QUIET) return
    await sleep(100)
  }
}

const gainOf = (before: Holding | undefined, after: Holding, market: Market, at: number): bigint =>
  before === undefined ? 0n : gain(before, after, market, at)

/** Whoever may hold tokens on a vault chain besides the contracts: executors, desk, arbitrageurs, whoever was paid. */
async function holders({ deployment, watch }: Crewing) {
  const worlds = await Promise.all(deployment.vaultChains.map(async (site) => (await ownersOf(site.chain)).arbitrageur))
  return [
    ...deployment.seats.map((seat) => seat.executor),
    deployment.desk,
    ...worlds,
    ...watch.record.routes.paid.keys(),
  ]
}
