// One agent, from config to exit status: compose, watch, decide, perform, settle, and say what became of it.
import pino from 'pino'
import type { AgentConfig } from '../../config/schema.ts'
import { statusStatement } from '../adapters/gossip/digests.ts'
import { createJudge } from '../core/judge.ts'
import { unsettledGas } from '../core/ledger.ts'
import { EXIT, type ExitStatus, LienmeshError } from '../domain/errors.ts'
import type { Status } from '../domain/message.ts'
import type { Network } from '../domain/network.ts'
import { type Millis, millis, wad } from '../domain/units.ts'
import { createCaution } from '../maths/trust/caution.ts'
import { type Adapters, usual } from './adapters.ts'
import { obey, rememberHalt } from './command-post.ts'
import { type Agent, compose } from './compose.ts'
import type { Context, EngineSeat } from './context.ts'
import { serveControl } from './control.ts'
import { recallCounts } from './counts.ts'
import { keepMending } from './disk.ts'
import { dispute } from './dispute.ts'
import { lookAround, standReady } from './doctor/examine.ts'
import { createDrawer } from './drawer.ts'
import { endingOf, keepEndingLives } from './end-lives.ts'
import { createEmit } from './events.ts'
import { describeGossip } from './gossip-stats.ts'
import { type Broken, guard, watchBreaker } from './guard.ts'
import { type Attend, houseOf } from './house.ts'
import { listen } from './listen.ts'
import { lookOut } from './lookout.ts'
import { consume } from './loop.ts'
import { watchMembers } from './members.ts'
import { watchMesh } from './mesh-watch.ts'
import { createOpener } from './opener.ts'
import { type Patience, patience } from './patience.ts'
import { perform } from './perform.ts'
import { openProviderDesk, type ProviderDesk } from './provider-desk.ts'
import { createPunisher } from './punish.ts'
import { reconcile, reconcilerOf, watchRunway } from './reconcile.ts'
import { createRecovery } from './recover.ts'
import { createRelay } from './relay.ts'
import { routeReports } from './route-reports.ts'
import { createSecondCopy, type SecondCopy } from './second-copy.ts'
import { createDesk } from './settle.ts'
import { share } from './share.ts'
import { openStrategyBooks } from './strategy-books.ts'
import { createTally, type Tally } from './tally.ts'
import { rest } from './tasks.ts'
import { tellLater } from './tell-claim.ts'
import { ranker } from './value.ts'
import { programVersion } from './version.ts'
import { keepVigil } from './vigil.ts'
import { advised } from './warnings.ts'
import { watchAnchors } from './watch-anchors.ts'
import { watchEngine } from './watch-engine.ts'
import { watchPools } from './watch-pools.ts'
import { watchVault } from './watch-vault.ts'

/** Runs one agent until the signal fires or something failed for good. */
export async function runAgent(
  config: AgentConfig,
  network: Network,
  stop: AbortSignal,
  adapters: Adapters = usual,
): Promise<ExitStatus> {
  const output = pino.destination({ fd: 1, sync: false })
  const emit = advised(
    adapters.emit(createEmit(config.name, { ...config.log, paper: config.mode === 'paper' }, output)),
  )
  const failure = new AbortController()
  const signal = AbortSignal.any([stop, failure.signal])
  const failed = (task: string, error: unknown): void => {
    emit('agent:failed', { task, error })
    if (!(error instanceof LienmeshError) || error.remedy !== 'retry') failure.abort(error)
  }
  const retried = (error: unknown): void => emit('agent:retried', { task: 'start', error })
  const withNodes = patience({ clock: adapters.clock, signal, retried })
  const agent = await compose({ config, network, emit, signal, failed, adapters, patience: withNodes })
  await lookAtStanding(agent, config, withNodes)
  emit('agent:started', { name: config.name, mode: config.mode, role: config.role, pid: process.pid })
  const lives = agent.context.journal.lives()
  if (lives.length > 0) emit('agent:recovered', { liquidations: lives })
  const tally = createTally()
  const { attend } = adapters
  await live(agent, config, { tally, stop: () => failure.abort(STOPPED), attend })
  emit('agent:stopping', { pending: agent.inputs.size })
  await agent.context.tasks.settled()
  emit('agent:summary', { name: config.name, ...tally.summary(unsettledGas(agent.core.ledger)) })
  await agent.close()
  output.flushSync()
  if (failure.signal.aborted && failure.signal.reason !== STOPPED) throw failure.signal.reason
  return EXIT.ok
}

/** A live agent looks at its standing before its first bid. One whose bids would all fail never starts. */
async function lookAtStanding({ context, close }: Agent, config: AgentConfig, withNodes: Patience): Promise<void> {
  if (config.mode !== 'live') return
  try {
    const findings = await withNodes(() => standReady(config, context.network, context.signer.address))
    for (const finding of findings) context.emit('doctor:found', finding)
  } catch (error) {
    await close()
    throw error
  }
}

/** Why a signal fires when an operator asked the agent to end. */
const STOPPED = Symbol('stopped')

type Running = { readonly tally: Tally; readonly stop: () => void; readonly attend: Attend | undefined }

/** Starts every duty and consumes inputs until the signal fires. */
async function live(agent: Agent, config: AgentConfig, { tally, stop, attend }: Running): Promise<void> {
  const { context, core, inputs, holders } = agent
  const { tasks } = context
  const provider = config.role !== 'bidder' ? openProviderDesk(context, core, config, tally.closed) : undefined
  const desk = createDesk(context, {
    maxSlippage: MAX_SLIPPAGE,
    onSold(claims, sale) {
      for (const claim of claims) tellLater(context, { kind: 'paid', claim, block: sale.anchor.number })
      context.tell({ kind: 'claim-sold', claims, sale })
      if (provider === undefined) return
      // The core settles bids, not purchases: what selling them cost is overhead to it.
      context.tell({ kind: 'gas', chain: sale.anchor.chain, cost: wad(sale.gasCost), purpose: 'root' })
      for (const { claim, attribution } of provider.sold(claims, sale)) {
        tally.closed(attribution)
        context.emit('settlement:closed', { intent: claim.intent, attribution })
      }
    },
  })
  const books = openStrategyBooks(context.journal)
  const judge = createJudge(core)
  const copy = createSecondCopy(context)
  tasks.keep('listen', () => listen(context, { judge, copy, punish: createPunisher(context, agent.slashers) }))
  watchChains(agent, config, provider)
  for (const vault of context.vaults.keys()) tasks.keep(`settle ${vault}`, (signal) => desk.run(vault, signal))
  watchRoutes(agent)
  if (config.mode === 'live') keepWatch(agent, config)
  const reconcilers = agent.statements.map((statements) => reconcilerOf(context, statements))
  for (const one of reconcilers) tasks.keep(`reconcile ${one.chain}`, (signal) => reconcile(one, context.clock, signal))
  const least = config.capital.gasRunway
  for (const one of agent.statements) tasks.keep(`gas ${one.chain}`, (to) => watchRunway(context, one, least, to))
  recallCounts(context)
  rememberHalt(context)
  tasks.keep('disk', (signal) => keepMending(agent, context.clock, signal))
  const post = { context, core, tally, reconcilers, holders, books, stop }
  tasks.keep('control', (signal) => serveControl(config.dataDir, (question) => obey(post, question), signal))
  if (attend !== undefined) tasks.keep('console', (signal) => attend(houseOf(post, inputs), signal))
  tasks.keep('recover', createRecovery(context, core).run)
  tasks.keep('end lives', (signal) => keepEndingLives(context, endingOf(context, core, desk), signal))
  tasks.keep('announce', () => announce(context, provider, copy))
  tasks.keep('ready', () => reportReady(context, config.name))
  keepLooking(context)
  tasks.keep('members', (signal) => watchMembers(context, agent, signal))
  tasks.keep('stats', () => reportStats(context, config.name, tally))
  tasks.keep('mesh', () => watchMesh(context))
  const wake = waker(context)
  const drawer = createDrawer({
    drawn: (table) => context.tell({ kind: 'scenarios', table }),
    failed: (error) => context.emit('agent:retried', { task: 'scenarios', error }),
    signal: context.signal,
  })
  const caution = createCaution(context.journal.gaps(), (multiplier) =>
    context.tell({ kind: 'multiplier', multiplier }),
  )
  const performer = { desk, wake, tally, opener: createOpener(context), drawer, caution, holders, books }
  await consume({ core, inputs, journal: context.journal, perform: (effect) => perform(context, performer, effect) })
}

/** Looks whether nodes and peers still speak, and agree. */
function keepLooking(context: Context): void {
  context.tasks.keep('lookout', (signal) => lookOut(context, signal))
  context.tasks.keep('vigil', (signal) => keepVigil(context, signal))
}

/** What is worth a look on this machine and around it is told of once, while the agent starts. */
async function tellAround({ clock, emit }: Context, config: AgentConfig, signal: AbortSignal): Promise<void> {
  const look = async (): Promise<void> => {
    for await (const finding of lookAround(config, clock.now))
      if (finding.status !== 'ok' && !signal.aborted) emit('doctor:found', finding)
  }
  const ended = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
  await Promise.race([look(), ended])
}

/** Guards both sides of every route, and disputes what is proposed to optimistic sources. */
function keepWatch({ context, breakers, challengers }: Agent, config: AgentConfig): void {
  context.tasks.keep('look around', (signal) => tellAround(context, config, signal))
  for (const breaker of breakers)
    context.tasks.keep(`guard ${breaker.name}`, (signal) => guard(context, breaker, signal))
  for (const challenger of challengers)
    context.tasks.keep(`dispute ${challenger.name}`, (signal) => dispute(context, challenger, signal))
}

/** The most a sale may lose against the publishers' prices, in bps, before it waits. */
const MAX_SLIPPAGE = 500

/** Looks whether anybody tripped a route. */
function watchRoutes({ context, breakers }: Agent): void {
  const broken: Broken = new Map()
  for (const breaker of breakers)
    context.tasks.keep(`breaker ${breaker.name}`, (signal) => watchBreaker(context, { breaker, broken }, signal))
}

function watchChains({ context, core }: Agent, config: AgentConfig, provider: ProviderDesk | undefined): void {
  const { tasks, engines, vaults, network, signer } = context
  const attestor = config.attest
  const index = network.attestors.findIndex((address) => same(address, signer.address))
  for (const seat of engines.values()) {
    const onEvents = (...found: Parameters<ProviderDesk['bought']>): void => {
      for (const claim of provider?.bought(...found) ?? [])
        context.tell({ kind: 'claim-opened', claim, paid: provider?.paid(claim) })
    }
    tasks.keep(`anchors ${seat.chain.id}`, (signal) => watchAnchors(context, core, seat, signal))
    tasks.keep(`watch engine ${seat.chain.id}`, () => watchEngine(context, seat, { attestor, onEvents }))
    if (index < 0 || config.blindLogs) continue
    const sharing = { index, of: network.attestors.length, ranked: ranker(core, context.clock) }
    tasks.keep(`share ${seat.chain.id}`, () => share(context, seat, sharing))
  }
  const relay = config.relay && config.mode === 'live' ? createRelay(context) : undefined
  const attested = new Set<number>()
  for (const [id, seat] of vaults) {
    const first = !attested.has(seat.chain.id)
    attested.add(seat.chain.id)
    tasks.keep(`watch vault ${id}`, () =>
      watchVault(context, seat, { attestor: attestor && first, onDeposits: relay?.note }),
    )
    tasks.keep(`pools ${id}`, (signal) => watchPools(context, seat, signal))
    if (relay !== undefined) tasks.keep(`relay ${id}`, (signal) => relay.run(id, signal))
  }
}

/** A provider's rates age; everybody else only says where they are. */
const ANNOUNCE_RATES_EVERY = millis(1_500)
const ANNOUNCE_EVERY = millis(5_000)

/** Members of a fleet say so more often than blocks come: two blocks of silence are a failure. */
const ANNOUNCE_IN_FLEET = millis(500)

function pauseOf({ fleet }: Context, provider: ProviderDesk | undefined): Millis {
  if (fleet.length > 0) return ANNOUNCE_IN_FLEET
  return provider === undefined ? ANNOUNCE_EVERY : ANNOUNCE_RATES_EVERY
}

/** Says who we are, where we stand and, for a provider, what we would pay. */
async function announce(context: Context, provider: ProviderDesk | undefined, copy: SecondCopy): Promise<void> {
  const { signer, gossip, network, clock, signal, name } = context
  while (!signal.aborted) {
    if (signer.unable() !== undefined) {
      await rest(clock, ANNOUNCE_EVERY, signal)
      continue
    }
    const heads = await headsOf([...context.engines.values()])
    const unsigned = {
      agent: signer.address,
      name,
      sequence: clock.now(),
      version: programVersion(),
      heads,
      addresses: gossip.addresses,
      provider: await provider?.status(),
      routes: routeReports(context),
    }
    copy.said(unsigned.sequence)
    const status: Status = { ...unsigned, signature: await signer.signStatement(statusStatement(unsigned, network)) }
    await gossip.publish('status', status)
    await rest(clock, pauseOf(context, provider), signal)
  }
}

async function headsOf(seats: readonly EngineSeat[]): Promise<Status['heads']> {
  return Promise.all(seats.map(async ({ chain }) => ({ chain: chain.id, number: (await chain.latest()).number })))
}

const LOOK_EVERY = millis(100)
const STATS_EVERY = millis(5_000)

/** Ready: in the mesh of the price topic, with every chain answering. */
async function reportReady(context: Context, name: string): Promise<void> {
  const meshed = (): boolean => context.gossip.peers().some(({ mesh }) => mesh.includes('price'))
  while (!context.signal.aborted && !meshed()) await rest(context.clock, LOOK_EVERY, context.signal)
  if (context.signal.aborted) return
  context.emit('mesh:joined', { peers: context.gossip.peers().length })
  context.emit('agent:ready', { name, peers: context.gossip.peers().length, addresses: context.gossip.addresses })
}

async function reportStats(context: Context, name: string, tally: Tally): Promise<void> {
  for (let from = context.clock.now(); ; from = context.clock.now()) {
    await rest(context.clock, STATS_EVERY, context.signal)
    context.emit('gossip:stats', { name, ...describeGossip(context.gossip.stats(), from), wins: tally.wins })
    if (context.signal.aborted) return
  }
}

/** Calls the core again at the earliest time it asked for. */
function waker(context: Context): (at: number) => void {
  return (at) => {
    const wait = millis(Math.max(0, at - context.clock.now()))
    context.tasks.own(
      'wake',
      rest(context.clock, wait, context.signal).then(() => context.tell({ kind: 'timer' })),
    )
  }
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
