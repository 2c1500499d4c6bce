// What a drill stands on: a fork of every chain of a network, with the drill's own keys in every place that signs.
import type { Address } from 'viem'
import { openEngineChain } from '../../adapters/chain/engine-chain.ts'
import { type ChainLink, openLink } from '../../adapters/chain/link.ts'
import { openMemoryJournal } from '../../adapters/store/memory-journal.ts'
import { configError } from '../../domain/errors.ts'
import type { EngineTerms, MarginAccount, PriceEntry } from '../../domain/market.ts'
import type { EngineDeployment, Network } from '../../domain/network.ts'
import { type AccountId, type ChainId, millis } from '../../domain/units.ts'
import type { EngineChain } from '../../ports/chain.ts'
import type { Processes } from '../processes.ts'
import { type DrillClock, type Fork, giveCoin, mineAt, openClock, openFork, type Real } from './fork.ts'
import { heldPrices, operator, usurpExecutor, usurpPrices, usurpProvider, usurpRoots } from './powers.ts'

/** Whose executor acts where. */
export type Actor = { readonly name: string; readonly on: ReadonlyMap<ChainId, Address> }

/** What is drilled: a network, its real chains, and who would liquidate and lend there. */
export type DrillPlan = {
  readonly network: Network
  readonly chains: readonly Real[]
  readonly actors: readonly Actor[]
  readonly providers: readonly Actor[]
}

/** One engine as its fork has it. */
export type EngineGround = {
  readonly deployment: EngineDeployment
  readonly terms: EngineTerms
  readonly prices: readonly PriceEntry[]
  /** Everybody who was ever heard of there and holds something. */
  readonly accounts: readonly MarginAccount[]
}

/** Forks under the drill's keys. */
export type Ground = {
  readonly plan: DrillPlan
  readonly clock: DrillClock
  readonly forks: ReadonlyMap<ChainId, Fork>
  readonly engines: readonly EngineGround[]
}

/** Forks every chain, takes every signature's place, and reads who is there. */
export async function openGround(processes: Processes, plan: DrillPlan): Promise<Ground> {
  const clock = openClock()
  const forks = new Map(
    await Promise.all(plan.chains.map(async (chain) => [chain.id, await openFork(processes, chain)] as const)),
  )
  const engines: EngineGround[] = []
  for (const deployment of plan.network.engines)
    engines.push(await readEngine(plan, forkOf(forks, deployment.chain), deployment))
  for (const vault of plan.network.vaults) {
    const fork = forkOf(forks, vault.chain)
    await reading(fork, (link) => usurpRoots(fork, plan.network, vault, link.rpc))
  }
  for (const { on } of plan.actors)
    for (const [chain, executor] of on) await usurpExecutor(forkOf(forks, chain), executor)
  for (const fork of forks.values()) {
    await giveCoin(fork, operator().address, COIN)
    await mineAt(fork, clock)
  }
  return { plan, clock, forks, engines }
}

const COIN = 10n ** 20n

async function readEngine(plan: DrillPlan, fork: Fork, deployment: EngineDeployment): Promise<EngineGround> {
  const { network, providers } = plan
  return reading(fork, async (link) => {
    const chain = await openEngineChain({ link, network, executor: deployment.engine })
    const terms = await chain.terms()
    await usurpPrices(fork, deployment, terms.priceQuorum)
    for (const { on } of providers) {
      const lender = on.get(deployment.chain)
      if (lender !== undefined) await usurpProvider(fork, deployment, lender)
    }
    const prices = await heldPrices(link.rpc, deployment.priceBook, feedsOf(terms))
    return { deployment, terms, prices, accounts: await everybody(chain, deployment, plan) }
  })
}

const feedsOf = ({ instruments, collaterals }: EngineTerms): readonly number[] =>
  [
    ...new Set([
      ...instruments.flatMap(({ markFeed, underlyingFeed }) => [markFeed, underlyingFeed]),
      ...collaterals.map(({ feed }) => feed),
    ]),
  ].sort((a, b) => a - b)

/** Accounts that hold positions or credit, executors and providers left out. */
async function everybody(
  chain: EngineChain,
  { fromBlock }: EngineDeployment,
  { actors, providers }: DrillPlan,
): Promise<readonly MarginAccount[]> {
  const head = await chain.latest()
  const touched = new Set<AccountId>()
  for (let from = fromBlock; from <= head.number; from += SPAN) {
    const to = from + SPAN - 1n < head.number ? from + SPAN - 1n : head.number
    for (const id of (await chain.events(from, to)).touched) touched.add(id)
  }
  const own = new Set([...actors, ...providers].flatMap(({ on }) => [...on.values()]).map((one) => one.toLowerCase()))
  const others = [...touched].filter((id) => !own.has(id.toLowerCase()))
  const found = await chain.accounts(others, head)
  return found.filter(({ positions, credit }) => positions.some(({ size }) => size !== 0n) || credit.length > 0)
}

/** Blocks asked for at once. */
const SPAN = 2_000n

async function reading<T>(fork: Fork, work: (link: ChainLink) => Promise<T>): Promise<T> {
  const link = await openLink({ chain: fork.id, urls: [fork.url], clock: openClock(), timeout: TIMEOUT })
  try {
    return await work(link)
  } finally {
    await link.close()
  }
}

/** A fork asks the real chain for what it has not read yet. */
const TIMEOUT = millis(30_000)

/** A link that sends with the drill's key. Nothing of it outlives the attempt: the fork goes back. */
export function openSending(fork: Fork, clock: DrillClock): Promise<ChainLink> {
  const journal = openMemoryJournal()
  const fees = { tip: 1_000_000_000n, ceiling: 100_000_000_000n, baseFee: 'zero' } as const
  const finality = [{ below: undefined, blocks: 0, proof: false }]
  const sending = { signer: operator(), journal, fees, finality }
  return openLink({ chain: fork.id, urls: [fork.url], clock, poll: POLL, timeout: TIMEOUT, sending })
}

const POLL = millis(40)

/** The fork of a chain of the network. */
export function forkOf(forks: ReadonlyMap<ChainId, Fork>, chain: ChainId): Fork {
  const fork = forks.get(chain)
  if (fork !== undefined) return fork
  throw configError(
    'E_CHAIN_MISSING',
    `chain ${chain} of the network has no URL`,
    'Give a config with an entry for every chain of the network.',
  )
}
