// lienmesh swarm up: chains, contracts, publishers, traders, agents, one scenario, one judgement. Start reading here.
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { loadScenario, type Scenario } from '../../config/scenario.ts'
import { EXIT, type ExitStatus } from '../domain/errors.ts'
import type { Millis } from '../domain/units.ts'
import { planAccounts } from './accounts.ts'
import { arbitrate, fundArbitrageur } from './arbitrageur.ts'
import { judge } from './assertions.ts'
import { close } from './closing.ts'
import { type Console, openConsole } from './console.ts'
import { type Crewing, type Member, startAgents, startPublishers } from './crew.ts'
import { deploy } from './deploy.ts'
import { type Deployment, engineChainId, type Seated, vaultChainId } from './deployment.ts'
import { guard, stoppagesOf } from './guardian.ts'
import { type LocalChain, startChain, startMining } from './local-chain.ts'
import { type Market, openMarket } from './market.ts'
import { openProcesses, type Processes } from './processes.ts'
import { createRun, type RunDirectory, sweepRuns } from './run-directory.ts'
import { changed, publisherKeys, seatsOf } from './seats.ts'
import { summaryLines, summaryObject } from './summary.ts'
import { scenarioTerms } from './terms.ts'
import { lockCollateral, nameTraders, openAccounts, tradeOnCredit, waitForCredit, waitForPrices } from './traders.ts'
import { openWatch, type Watch } from './watch.ts'
import { holdingsOf } from './wealth.ts'

/** What the command line asks for. Without a signal only the end of the scenario ends it. */
export type UpOptions = {
  readonly scenario: string
  readonly agents?: number | undefined
  readonly accounts?: number | undefined
  readonly seed?: number | undefined
  readonly duration?: Millis | undefined
  readonly keep: boolean
  readonly runDir?: string | undefined
  readonly json: boolean
  readonly signal: AbortSignal
}

/** Runs a scenario. 0 when every assertion holds, 6 when one does not, 130 when interrupted; errors are thrown. */
export async function swarmUp(options: UpOptions): Promise<ExitStatus> {
  const started = Date.now()
  const scenario = changed(loadScenario(options.scenario), options)
  const root = resolve(options.runDir ?? '.')
  const console = openConsole(process.stdout, options.json)
  const run = createRun(root, scenario.name, scenario.seed)
  console.note(`lienmesh swarm · ${scenario.name} · seed ${scenario.seed} · run ${run.id} · ${run.path}`)
  for (const { run: id, pids } of sweepRuns(root, KEPT_RUNS))
    console.note(`found ${pids.length} orphans of run ${id}, stopped`)
  const processes = openProcesses(run)
  const ending = new AbortController()
  const signal = AbortSignal.any([options.signal, ending.signal])
  try {
    return await untilAborted(options.signal, perform({ options, scenario, run, processes, console, started, signal }))
  } finally {
    ending.abort()
    await processes.stop(processes.all(), GRACE)
    run.update({ phase: 'ended' })
  }
}

/** Run directories of the past that stay for reading. */
const KEPT_RUNS = 5
const GRACE = 3_000

type Show = {
  readonly options: UpOptions
  readonly scenario: Scenario
  readonly run: RunDirectory
  readonly processes: Processes
  readonly console: Console
  readonly started: number
  readonly signal: AbortSignal
}

async function perform(show: Show): Promise<ExitStatus> {
  const { scenario, run, console, signal, started } = show
  const stage = await setUp(show)
  const { deployment, watch, market, crewing, members } = stage
  const before = await holdingsOf(deployment, market)
  const opened = Date.now()
  console.note(
    `market open · ${scenario.duration / 1000} s · one wall second is ${scenario.timeScale} modelled seconds`,
  )
  watch.open(opened)
  run.update({ phase: 'running' })
  stage.publishers.child.tell(String(opened))
  const works = [
    ...deployment.vaultChains.map((site) => arbitrate(site, market, watch.at, signal)),
    ...stuckRoutes(show, stage),
  ]
  await sleep(scenario.duration, undefined, { signal })
  const outcome = await console.step(
    'settle',
    () => close({ scenario, crewing, members, before, market, opened, started, keep: show.options.keep }),
    (found) => `${found.settled} of ${found.claims.length} claims redeemed`,
  )
  const verdicts = judge(outcome, scenario)
  const summary = summaryObject(outcome)
  const lines = summaryLines(outcome, verdicts)
  writeFileSync(run.file('report.json'), `${JSON.stringify({ summary, verdicts }, null, 2)}\n`)
  writeFileSync(run.file('report.txt'), `${lines.join('\n')}\n`)
  const failed = verdicts.filter(({ holds }) => !holds)
  for (const { claim, found } of failed) console.note(`assertion failed: ${claim}, found ${found}`)
  console.close(lines, summary)
  if (show.options.keep) await stayUp(show)
  void works
  return failed.length === 0 ? EXIT.ok : EXIT.assertion
}

type Stage = {
  readonly deployment: Deployment
  readonly market: Market
  readonly watch: Watch
  readonly crewing: Crewing
  readonly publishers: Member
  readonly members: readonly Member[]
}

async function setUp(show: Show): Promise<Stage> {
  const { scenario, run, processes, console, signal } = show
  const market = openMarket(scenario)
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
  const watch = openWatch({ deployment, terms, console })
  let dismissed = false
  const lost = (name: string, why: number | string): void => {
    if (!signal.aborted && !dismissed) console.note(`ALARM ${name} ended (${why})`)
  }
  const crewing = { run, processes, scenario, deployment, watch, lost, dismiss: () => (dismissed = true) }
  const publishers = await console.step(
    'publishers',
    () => openMarketplace(crewing, signal),
    () => `${scenario.prices.publishers} keys, quorum ${scenario.prices.quorum}, ${market.feeds.length} feeds`,
  )
  const members = await settleIn(show, crewing, publishers)
  return { deployment, market, watch, crewing, publishers, members }
}

/** The chains begin to mine, the arbitrageurs are funded, the publishers speak, and we begin to watch. */
async function openMarketplace(crewing: Crewing, signal: AbortSignal): Promise<Member> {
  const { engines, vaultChains } = crewing.deployment
  await Promise.all(vaultChains.map(fundArbitrageur))
  await Promise.all([...engines, ...vaultChains].map(({ chain }) => startMining(chain)))
  void crewing.watch.follow(signal).catch((error: unknown) => crewing.lost('watcher', String(error)))
  const publishers = await startPublishers(crewing)
  await Promise.all(engines.map((site) => waitForPrices(site)))
  return publishers
}

/** Agents come up while accounts are opened; deposits wait for the attestors, trades for the credit. */
async function settleIn({ scenario, console }: Show, crewing: Crewing, publishers: Member): Promise<readonly Member[]> {
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
  return members
}

const CREDIT_PATIENCE = 40_000

async function startChains({
  scenario,
  processes,
  run,
}: Show): Promise<{ readonly engines: readonly LocalChain[]; readonly vaultChains: readonly LocalChain[] }> {
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

/** The guardians of the routes that stick, each on its own clockwork. */
const stuckRoutes = ({ scenario, console, signal }: Show, { deployment, watch }: Stage): readonly Promise<void>[] =>
  scenario.vaults.flatMap((declared) => {
    const vault = deployment.network.vaults.find((one) => one.id === declared.id)
    const site = deployment.vaultChains.find((one) => one.chain.id === vault?.chain)
    if (vault === undefined || site === undefined) return []
    const report = (text: string): void => console.event(watch.at(), 'guardian', text)
    return [guard(site, vault, stoppagesOf(scenario, declared), { at: watch.at, report, signal })]
  })

/** After the judgement everything goes on until it is interrupted. */
async function stayUp({ run, console, options }: Show): Promise<void> {
  run.update({ phase: 'kept' })
  console.note(`kept: lienmesh swarm status, logs and down work on run ${run.id}; Ctrl-C ends it`)
  await new Promise<void>((resolve) => options.signal.addEventListener('abort', () => resolve(), { once: true }))
}

/** The work, or the rejection of the signal if that comes first. */
function untilAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  return Promise.race([work, aborted])
}
