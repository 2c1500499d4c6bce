// The hands on a world: blocks come, prices fall, trouble happens, while lives of the agent come and go.
import { setTimeout as sleep } from 'node:timers/promises'
import { readAccounts } from '../../adapters/chain/accounts.ts'
import type { MarginAccount, Prices } from '../../domain/market.ts'
import { isBelowMaintenance, margin } from '../../maths/margin.ts'
import { pricesAt, scenarioTerms } from '../../simulator/scenario/terms.ts'
import type { Life } from './lives.ts'
import type { Miner } from './miner.ts'
import type { Side, Trouble } from './plan.ts'
import { SPAN } from './scene.ts'
import { type Pace, timeAt } from './time.ts'
import type { World } from './world.ts'

/** What is driven. */
export type Drive = {
  readonly pace: () => Pace
  /** How many times as slow as an idle machine this one is: from now on everything takes so much longer. */
  slow(times: number): void
  /** Gives prices to a life from now on. */
  feed(life: Life | undefined): Promise<void>
  trouble(trouble: Trouble): Promise<void>
  /** Lets the price fall no more. */
  rest(): void
  /** Reorganisations so far, and the height of each chain before its last one. */
  readonly counts: { reorgs: number }
  stop(): Promise<void>
}

/** How many times as fast as the wall clock the world's time runs on an idle machine. */
const SPEED = 8
/** Seconds of the world's time between two blocks. */
const BLOCK = 1
/** Wall milliseconds between two batches of prices. */
const PRICES = 80
/** Accounts below maintenance at any time, for the agent to find. */
const WANTED = 2

/** Sets a world going. `failed` is told when it cannot go on. */
export function setGoing(world: World, failed: (error: unknown) => void): Drive {
  const ended = new AbortController()
  const state = {
    pace: { wall: Date.now(), at: world.opened * 1_000, speed: SPEED },
    ...{ at: 0, falling: true, paused: { engine: 0, vault: 0 } },
    listener: undefined as Life | undefined,
  }
  const counts = { reorgs: 0 }
  const now = (): number => timeAt(state.pace)
  const slowness = (): number => SPEED / state.pace.speed
  const every = async (length: number, work: () => Promise<void>): Promise<void> => {
    while (!ended.signal.aborted) {
      const next = Date.now() + length * slowness()
      await work()
      await sleep(Math.max(1, next - Date.now()))
    }
  }
  const seconds = (): number => Math.floor(now() / 1_000)
  const mine = async (side: Side): Promise<void> => {
    if (Date.now() < state.paused[side]) return
    await world[side].mine(seconds())
  }
  const tell = async (): Promise<void> => {
    const batches = await world.batches(state.at, now())
    state.listener?.tell({ kind: 'prices', batches })
  }
  const fall = async (): Promise<void> => {
    // A fork may take away the very block that is looked at: the next look has another.
    if (state.falling) state.at = await lower(world, state.at).catch(() => state.at)
  }
  const owners = [
    every((BLOCK * 1_000) / SPEED, () => mine('engine')),
    every((BLOCK * 1_000) / SPEED, () => mine('vault')),
    every(PRICES, tell),
    every(250, fall),
  ]
  for (const owner of owners) owner.catch(failed)
  return {
    pace: () => state.pace,
    slow: (times) => {
      // Time goes on from where it is.
      state.pace = { wall: Date.now(), at: now(), speed: SPEED / times }
    },
    counts,
    feed: async (life) => {
      state.listener = life
      await tell()
    },
    trouble: async (trouble) => {
      if (trouble.kind === 'reorg') counts.reorgs++
      if (trouble.kind === 'pause') state.paused[trouble.side] = Date.now() + trouble.length * slowness()
      else await inflict(world[trouble.side], trouble, seconds)
    },
    rest: () => {
      state.falling = false
    },
    stop: async () => {
      ended.abort()
      await Promise.allSettled(owners)
    },
  }
}

/** Trouble that a miner makes. It is over after its blocks. */
async function inflict(miner: Miner, trouble: Trouble, seconds: () => number): Promise<void> {
  switch (trouble.kind) {
    case 'reorg':
      return miner.reorg(trouble.depth, trouble.aftermath, seconds())
    case 'spike':
      miner.spike(trouble.times, trouble.blocks)
      return
    case 'withhold':
      miner.withhold(trouble.blocks)
      return
    case 'drop':
      miner.pool.drop(0)
      return
    case 'pause':
      return
  }
}

/** The next moment of the market at which enough accounts are below maintenance. */
async function lower(world: World, from: number): Promise<number> {
  const { links, deployment, scenario, traders, market } = world
  const [described] = deployment.network.engines
  if (described === undefined) return from
  const head = await links.engine.reader.latest()
  const ids = traders.map(({ account }) => account)
  const accounts = await readAccounts(links.engine.rpc, described, ids, head)
  const terms = scenarioTerms(scenario, described.name, described.chain)
  const open = accounts.filter(({ positions }) => positions.length > 0)
  const under = (account: MarginAccount, prices: Prices): boolean => {
    const found = margin(account, terms, prices)
    return found !== undefined && isBelowMaintenance(found)
  }
  for (let at = from; at < Math.min(SPAN, from + 100 * STEP); at += STEP) {
    const prices = pricesAt(market, at)
    if (open.filter((account) => under(account, prices)).length >= WANTED) return at
  }
  return from + STEP
}

/** A tenth of a percent of the way down. */
const STEP = SPAN / 1_000
