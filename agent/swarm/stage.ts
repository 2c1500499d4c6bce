// Puts a scenario on stage: chains, contracts, publishers, agents, traders with their deposits, credit and positions.
import { planAccounts } from '../simulator/scenario/accounts.ts'
import { type Market, openMarket } from '../simulator/scenario/market.ts'
import { scenarioTerms } from '../simulator/scenario/terms.ts'
import { fundArbitrageur } from './arbitrageur.ts'
import { carryMessages, type Holding } from './couriers.ts'
import { type Crewing, type Member, startAgents, startPublishers } from './crew.ts'
import { deploy } from './deploy.ts'
import { type Deployment, engineChainId, type Seated, vaultChainId } from './deployment.ts'
import { derive, openDerivations } from './l1-blocks.ts'
import { type LocalChain, startChain, startMining } from './local-chain.ts'
import { type MarketHand, openMarketHand } from './market-hand.ts'
import type { Play } from './playbill.ts'
import { publisherKeys, seatsOf } from './seats.ts'
import {
  lockCollateral,
  nameTraders,
  openAccounts,
  type Trader,
  tradeOnCredit,
  waitForCredit,
  waitForPrices,
} from './traders.ts'
import { openWatch, type Watch } from './watch.ts'

/** Everything a market needs before it opens. */
export type Stage = {
  readonly deployment: Deployment
  readonly market: Market
  readonly watch: Watch
  readonly crewing: Crewing
  readonly publishers: Member
  readonly traders: readonly Trader[]
  /** Agents come and go while a run is kept. */
  readonly members: Member[]
  readonly hand: MarketHand
  /** How long messages of a vault's route are kept, in ms. */
  readonly holding: Map<string, number>
}

/** Sets up in numbered steps. What can overlap does. */
export async function setUp(show: Play): Promise<Stage> {
  const { scenario, run, processes, console, signal, gallery } = show
  const hand = openMarketHand()
  const market = openMarket(scenario, hand.nudges)
  const { engines, vaultChains } = await console.step(
    'chains',
    () => startChains(show),
    (all) => chainText([...all.engines, ...all.vaultChains]),
  )
  const plan = {
    scenario,
    engines,
    vaultChains,
    seats: seatsOf(scenario),
    publishers: publisherKeys(scenario).map(({ address }) => address),
  }
  const deployment = await console.step(
    'contracts',
    () => deploy(plan),
    (found) =>
      `${found.network.vaults.length} vaults, ${scenario.instruments.length} instruments, ${found.seats.length} executors, read back`,
  )
  const terms = scenario.engines.map(({ name }, i) => scenarioTerms(scenario, name, engineChainId(i)))
  const watch = openWatch({ deployment, terms, console, gallery })
  gallery.deployed(deployment)
  let dismissed = false
  const lost = (name: string, why: number | string): void => {
    if (!signal.aborted && !dismissed) console.note(`ALARM ${name} ended (${why})`)
  }
  const members: Member[] = []
  const crewing: Crewing = {
    ...{ run, processes, scenario, deployment, watch, lost, dismiss: () => (dismissed = true), roads: show.roads },
    peers: () => members.filter(({ child }) => child.alive()).flatMap(({ addresses }) => addresses.slice(0, 1)),
  }
  const holding = new Map<string, number>()
  const publishers = await console.step(
    'publishers',
    () => openMarketplace({ crewing, hand, holding }, signal),
    () => `${scenario.prices.publishers} keys, quorum ${scenario.prices.quorum}, ${market.feeds.length} feeds`,
  )
  hand.tell((word) => publishers.child.tell(word))
  const { traders, agents } = await settleIn(show, crewing, publishers)
  members.push(...agents)
  return { deployment, market, watch, crewing, publishers, members, traders, hand, holding }
}

/** The chains begin to mine, the arbitrageurs are funded, the publishers speak, and we begin to watch. */
async function openMarketplace(
  { crewing, hand, holding }: Pick<Stage, 'crewing' | 'hand' | 'holding'>,
  signal: AbortSignal,
): Promise<Member> {
  const { engines, vaultChains } = crewing.deployment
  await Promise.all(vaultChains.map(fundArbitrageur))
  await Promise.all([...engines, ...vaultChains].map(({ chain }) => startMining(chain)))
  await spreadWord(crewing, signal, (vault) => holding.get(vault) ?? 0)
  void crewing.watch.follow(signal).catch((error: unknown) => crewing.lost('watcher', String(error)))
  const publishers = await startPublishers(crewing, () => [hand.word()])
  await Promise.all(engines.map((site) => waitForPrices(site)))
  return publishers
}

/** What routes without attestors stand on: gateways that relay, and a chain that is told of its base chain. */
async function spreadWord({ deployment, lost }: Crewing, signal: AbortSignal, holding: Holding): Promise<void> {
  const ended = (what: string) => (error: unknown) => lost(what, String(error))
  void carryMessages(deployment, signal, holding).catch(ended('relayer'))
  void derive(await openDerivations(deployment), signal).catch(ended('derivation'))
}

/** Agents come up while accounts are opened; deposits wait for the attestors, trades for the credit. */
async function settleIn(
  { scenario, console }: Play,
  crewing: Crewing,
  publishers: Member,
): Promise<Pick<Stage, 'traders'> & { readonly agents: readonly Member[] }> {
  const { deployment } = crewing
  const traders = await nameTraders(deployment, planAccounts(scenario))
  const attesting = Promise.withResolvers<void>()
  let attestors = deployment.seats.filter((seat) => seat.attest).length
  const ready = (seat: Seated): void => {
    if (seat.attest && --attestors === 0) attesting.resolve()
  }
  const opened = console.step(
    'accounts',
    () => openAccounts(deployment, traders),
    () => `${traders.length} opened, those on cash traded`,
  )
  const deposited = attesting.promise.then(async () => {
    await opened
    await console.step(
      'deposits',
      () => lockCollateral(deployment, traders),
      (count) => `${count} locked on the vault chains`,
    )
    await console.step(
      'credit',
      () => waitForCredit(deployment, traders, CREDIT_PATIENCE),
      () => 'proven by the agents',
    )
  })
  const agents = console.step(
    'agents',
    () => startAgents(crewing, publishers, ready),
    (all) => `${all.length} in the mesh`,
  )
  const [members] = await Promise.all([agents, opened, deposited])
  await console.step(
    'positions',
    () => tradeOnCredit(deployment, traders),
    () => `${traders.reduce((sum, one) => sum + one.positions.length, 0)} in ${traders.length} accounts`,
  )
  return { traders, agents: members }
}

const CREDIT_PATIENCE = 120_000

async function startChains({
  scenario,
  processes,
  run,
}: Play): Promise<{ readonly engines: readonly LocalChain[]; readonly vaultChains: readonly LocalChain[] }> {
  const [engines, vaultChains] = await Promise.all([
    Promise.all(
      scenario.engines.map(({ name, blockTime }, i) =>
        startChain(processes, { name, id: engineChainId(i), block: blockTime / 1000 }),
      ),
    ),
    Promise.all(
      scenario.vaultChains.map(({ name, blockTime }, i) =>
        startChain(processes, { name, id: vaultChainId(i), block: blockTime / 1000 }),
      ),
    ),
  ])
  run.update({ chains: [...engines, ...vaultChains].map(({ name, id, url }) => ({ name, id, url })) })
  return { engines, vaultChains }
}

const chainText = (chains: readonly LocalChain[]): string =>
  chains.map(({ name, id, url }) => `${name} ${id} :${new URL(url).port}`).join(' · ')
