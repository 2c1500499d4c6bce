// Builds every object once, in order. What may be exchanged is named in adapters.ts, every other adapter here.
import { mkdirSync } from 'node:fs'
import type { Address } from 'viem'
import { invitationText } from '../../config/join.ts'
import type { AgentConfig } from '../../config/schema.ts'
import { mirrorSide, openBreaker, vaultSide } from '../adapters/chain/breaker.ts'
import { openEngineChain } from '../adapters/chain/engine-chain.ts'
import type { ChainLink } from '../adapters/chain/link.ts'
import { openSlasher } from '../adapters/chain/slash.ts'
import { openChallenger } from '../adapters/chain/sources/challenge.ts'
import type { Optimistic } from '../adapters/chain/sources/optimistic.ts'
import type { Elsewhere } from '../adapters/chain/sources/testimony.ts'
import { openStatements } from '../adapters/chain/statement.ts'
import { openVaultChain } from '../adapters/chain/vault-chain.ts'
import type { Identity } from '../adapters/gossip/identity.ts'
import type { GossipOptions } from '../adapters/gossip/node.ts'
import { createCore, type Input } from '../core/core.ts'
import type { Core } from '../core/state.ts'
import { configError } from '../domain/errors.ts'
import type { Network, Source, VaultDeployment } from '../domain/network.ts'
import type { ChainId, VaultId, Wad } from '../domain/units.ts'
import type { Breaker, Challenger, Slasher, Statements } from '../ports/chain.ts'
import type { Journal } from '../ports/journal.ts'
import type { Signer } from '../ports/signer.ts'
import { type Adapters, transportOf } from './adapters.ts'
import type { Context, EngineSeat, VaultSeat } from './context.ts'
import { openJournal } from './disk.ts'
import type { Emit } from './events.ts'
import type { Holder } from './holder.ts'
import { journalOwner } from './journal-owner.ts'
import { FEES, finalityOf, openLinks, premisesOf } from './links.ts'
import { createMembers, type Members } from './members.ts'
import { onPaper, type PaperParts, seatedOnPaper } from './paper.ts'
import type { Patience } from './patience.ts'
import { createQueue, type Queue } from './queue.ts'
import { createRoots, type Roots } from './roots.ts'
import { openSeats } from './seats.ts'
import { type Standing, setupOf } from './setup.ts'
import { openAgentSigner } from './signing.ts'
import { startOf } from './start.ts'
import { createTasks } from './tasks.ts'
import { coinPriceOf, valuer } from './value.ts'

/** A composed agent: nothing runs yet. */
export type Agent = {
  readonly context: Context
  readonly core: Core
  readonly inputs: Queue<Input>
  readonly holders: readonly Holder[]
  /** One per side of every route. */
  readonly breakers: readonly Breaker[]
  /** One per optimistic source. */
  readonly challengers: readonly Challenger[]
  /** One per registry that we read. */
  readonly slashers: readonly Slasher[]
  /** Attestors whose bond stands. */
  readonly members: Members
  /** One per chain that we send on. */
  readonly statements: readonly Statements[]
  /** Writes what a full disk did not take. */
  readonly mend: () => boolean
  /** Frees what the agent holds: files and sockets. */
  readonly close: () => Promise<void>
}

export type Composing = {
  readonly config: AgentConfig
  readonly network: Network
  readonly emit: Emit
  readonly signal: AbortSignal
  /** A task ended for good. */
  readonly failed: (name: string, error: unknown) => void
  readonly adapters: Adapters
  /** With nodes that do not answer, or do not agree. */
  readonly patience: Patience
}

/** Opens journal, key, chains and gossip, and puts the core between them. */
export async function compose(composing: Composing): Promise<Agent> {
  const { config: written, network, emit, signal, failed, adapters, patience } = composing
  const { clock } = adapters
  mkdirSync(written.dataDir, { recursive: true })
  const alarm = (code: string, detail: string): void => emit('alarm', { code, detail })
  const signer = await openAgentSigner(written, network, alarm)
  const config = written.mode === 'paper' ? seatedOnPaper(written, signer.address) : written
  const trouble = (error: unknown): void => emit('agent:retried', { task: 'chain', error })
  const { journal, speakTo } = openJournal(config, journalOwner(config, network, signer.address), { adapters, emit })
  const coin = coinPrice()
  const opening = { config, network, signer, journal, adapters, patience, trouble, alarm }
  const links = await openLinks({ ...opening, coin: coin.now })
  const { engines, vaults } = await patience(() => seatsOf({ config, network, links, journal }))
  const standing = await patience(() => standingOf(signer, config, engines))
  const { core, holders, inputs, tell } = await openMind({ config, network, emit, signal, adapters }, standing)
  speakTo(tell)
  journal.input(startOf({ config, network, standing, at: clock.now() }))
  coin.readFrom(core)
  const roots = createRoots(network.threshold)
  const members = createMembers(network.attestors)
  const identity = await identityOf(config)
  const gossip = await adapters.gossip({
    network,
    trust: trustOf(network, roots, members),
    ...transportOf(config),
    now: clock.now,
    ...(identity && { identity: identity.key }),
    ...{ ...memoryOf(journal), invitation: invitationOf(network) },
    report: ({ kind, ...link }) => emit(`link:${kind}`, link),
    signal,
  })
  const context: Context = {
    name: config.name,
    paper: config.mode === 'paper',
    network,
    fleet: config.fleet.filter((one) => one.toLowerCase() !== signer.address.toLowerCase()),
    clock,
    signer,
    journal,
    gossip,
    engines,
    vaults,
    roots,
    emit,
    signal,
    tasks: createTasks({ signal, clock, retried: (task, error) => emit('agent:retried', { task, error }), failed }),
    inputs: () => inputs.size,
    tell,
    valueOf: valuer(core, clock),
  }
  const close = closing({ ...context, links, holders, identity })
  const agent = { context, core, inputs, holders, close, members, mend: journal.mend }
  return { ...agent, ...dutiesOf({ config, network, links }, context) }
}

type Held = Pick<Context, 'gossip' | 'journal' | 'signer'> & {
  readonly links: ReadonlyMap<ChainId, ChainLink>
  readonly holders: readonly Holder[]
  readonly identity: Identity | undefined
}

/** Frees everything in the order in which nothing is still used. */
const closing =
  ({ holders, gossip, identity, links, journal, signer }: Held): (() => Promise<void>) =>
  async () => {
    for (const one of holders) one.close()
    await gossip.stop()
    await identity?.release()
    for (const link of links.values()) await link.close()
    journal.close()
    await signer.close()
  }

type Mind = Pick<Agent, 'core' | 'holders' | 'inputs'> & Pick<Context, 'tell'>

/** The core with its strategies, and the queue that both are told by. */
async function openMind(
  {
    config,
    network,
    emit,
    signal,
    adapters: { clock },
  }: Pick<Composing, 'config' | 'network' | 'emit' | 'signal' | 'adapters'>,
  standing: Standing,
): Promise<Mind> {
  const inputs = createQueue<Input>(signal)
  const tell: Context['tell'] = (input) => inputs.push({ ...input, at: clock.now() } as Input)
  const tuned = (seat: string, params: unknown): void => tell({ kind: 'tuned', seat, params })
  const holders = await openSeats(config, { emit, now: clock.now, tuned })
  const seats = holders.map(({ seat }) => seat)
  return { core: createCore(setupOf(config, network, standing, seats)), holders, inputs, tell }
}

/** What watches over routes and books. */
function dutiesOf(
  opened: Opened,
  context: Context,
): Pick<Agent, 'breakers' | 'challengers' | 'slashers' | 'statements'> {
  const sides = sidesOf(opened, context)
  return {
    breakers: breakersOf(sides),
    challengers: challengersOf(sides),
    slashers: slashersOf(opened),
    statements: statementsOf(opened, opened.links, context.signer.address),
  }
}

type Seats = Pick<Context, 'engines' | 'vaults'>

/** Our seats at every chain, or on paper. */
async function seatsOf(parts: PaperParts): Promise<Seats> {
  const { config, network, links } = parts
  const seats = { engines: await openEngines(config, network, links), vaults: await openVaults(config, network, links) }
  return config.mode === 'paper' ? onPaper(seats, parts) : seats
}

type Opened = Pick<Composing, 'config' | 'network'> & { readonly links: ReadonlyMap<ChainId, ChainLink> }
type Side = { readonly vault: VaultDeployment; readonly here: Place; readonly there: Place }
type Place = { readonly link: ChainLink; readonly executor: Address; readonly other: Elsewhere }

/** Both sides of every route whose chains are open. */
function sidesOf(opened: Opened, { engines, vaults }: Seats): readonly Side[] {
  const { links } = opened
  return [...vaults.values()].flatMap(({ deployment: vault, executor }) => {
    const [home, away] = [links.get(vault.chain), links.get(vault.engine)]
    const seat = engines.get(vault.engine)
    if (home === undefined || away === undefined || seat === undefined) return []
    const here = { link: home, executor, other: elsewhereOf(opened, vault.engine) }
    const there = { link: away, executor: seat.executor, other: elsewhereOf(opened, vault.chain) }
    return [{ vault, here, there }]
  })
}

const breakersOf = (sides: readonly Side[]): readonly Breaker[] =>
  sides.flatMap(({ vault, here, there }) => [
    openBreaker(mirrorSide(vault, there)),
    openBreaker(vaultSide(vault, here)),
  ])

/** One per optimistic source of either side, members of quorums included. */
const challengersOf = (sides: readonly Side[]): readonly Challenger[] =>
  sides.flatMap(({ vault, here, there }) => [
    ...optimisticIn(vault.vaultSource).map((one) =>
      openChallenger(`mirror of ${vault.id}`, { ...there, origin: vault.vault }, one),
    ),
    ...optimisticIn(vault.engineSource).map((one) => openChallenger(vault.id, { ...here, origin: vault.mirror }, one)),
  ])

const optimisticIn = (source: Source): readonly Optimistic[] =>
  source.kind === 'quorum' ? source.of.flatMap(optimisticIn) : source.kind === 'optimistic' ? [source] : []

/** An open chain as the other side of a route. */
function elsewhereOf({ config, network, links }: Opened, chain: ChainId): Elsewhere {
  const link = linkTo(links, chain)
  const found = [...network.engines, ...network.vaults].find((one) => one.chain === chain)
  const post = link.transactor && { link, executor: executorOn(config, chain) }
  return { reader: link.reader, finality: found?.finality ?? 0, post }
}

/** One per registry of the network on a chain that we read. */
function slashersOf({ config, network, links }: Opened): readonly Slasher[] {
  const registries = new Map([...network.vaults, ...network.engines].map(({ chain, registry }) => [chain, registry]))
  return [...links].flatMap(([chain, link]) => {
    const registry = registries.get(chain)
    const executor = config.chains.find(({ id }) => id === chain)?.executor
    return registry === undefined ? [] : [openSlasher(link, executor ?? registry, registry)]
  })
}

/** What every chain says that we hold; a shadow sends nothing and keeps no books. */
const statementsOf = (
  { config, network }: Pick<Composing, 'config' | 'network'>,
  links: ReadonlyMap<ChainId, ChainLink>,
  operator: Address,
): readonly Statements[] =>
  [...links].flatMap(([chain, { rpc, transactor }]) => {
    const depth = Math.max(...finalityOf(network, chain).map(({ blocks }) => blocks))
    return transactor === undefined
      ? []
      : [openStatements({ rpc, premises: premisesOf(config, network, chain), operator, depth, fees: FEES })]
  })

/** The chains are open before the core has prices: until then a coin has none. */
function coinPrice() {
  let core: Core | undefined
  return {
    now: (): Wad | undefined => core && coinPriceOf(core),
    readFrom: (made: Core): void => {
      core = made
    },
  }
}

/** The transport key of an agent that has one of its own. */
async function identityOf({ p2p }: AgentConfig): Promise<Identity | undefined> {
  if (p2p.identity === undefined) return undefined
  return (await import('../adapters/gossip/identity.ts')).openIdentity(p2p.identity)
}

/** What a newcomer is told who asks; whom to dial the node adds. */
const invitationOf = (network: Network): string =>
  invitationText({ network, bootstrap: [], swarmKey: undefined, chains: [] })

/** Where a node keeps whom it met. */
const memoryOf = (journal: Journal): Pick<GossipOptions, 'known' | 'remember'> => ({
  known: knownPeers(journal),
  remember: (addresses) => journal.remember(PEERS, JSON.stringify(addresses)),
})

/** Peers met before; nobody after a damaged note, which only costs the shortcut. */
function knownPeers({ recall }: Journal): readonly string[] {
  const kept: unknown = JSON.parse(recall(PEERS) ?? '[]')
  return Array.isArray(kept) ? kept.filter((one) => typeof one === 'string') : []
}

const PEERS = 'peers'

async function openEngines(
  config: AgentConfig,
  network: Network,
  links: ReadonlyMap<ChainId, ChainLink>,
): Promise<Map<ChainId, EngineSeat>> {
  const seats = new Map<ChainId, EngineSeat>()
  for (const deployment of network.engines) {
    const link = linkTo(links, deployment.chain)
    const executor = executorOn(config, deployment.chain)
    const elsewhere = (chain: ChainId): Elsewhere | undefined => elsewhereOf({ config, network, links }, chain)
    const beneficiary = beneficiaryOf(config, network, deployment.chain)
    const { blindLogs } = config
    const chain = await openEngineChain({ link, network, executor, beneficiary, elsewhere, blindLogs })
    seats.set(deployment.chain, { chain, deployment, executor })
  }
  return seats
}

/** Collateral of one slice may lie on several vault chains, and a bid names one beneficiary for all of it. */
function beneficiaryOf(config: AgentConfig, network: Network, engine: ChainId): Address {
  const vaults = network.vaults.filter((vault) => vault.engine === engine)
  const executors = new Set(vaults.map(({ chain }) => executorOn(config, chain).toLowerCase()))
  const [first] = vaults
  if (executors.size <= 1) return executorOn(config, first?.chain ?? engine)
  throw configError(
    'E_EXECUTOR_ADDRESS',
    `the executors on the vault chains of engine ${engine} have ${executors.size} addresses, expected one`,
    'Deploy it with lienmesh executor deploy: its address is then the same everywhere.',
  )
}

async function openVaults(
  config: AgentConfig,
  network: Network,
  links: ReadonlyMap<ChainId, ChainLink>,
): Promise<Map<VaultId, VaultSeat>> {
  const seats = new Map<VaultId, VaultSeat>()
  for (const deployment of network.vaults) {
    const executor = executorOn(config, deployment.chain)
    const engine = elsewhereOf({ config, network, links }, deployment.engine)
    const link = linkTo(links, deployment.chain)
    const chain = await openVaultChain({ link, deployment, executor, engine })
    seats.set(deployment.id, { chain, deployment, executor })
  }
  return seats
}

function linkTo(links: ReadonlyMap<ChainId, ChainLink>, chain: ChainId): ChainLink {
  const link = links.get(chain)
  if (link !== undefined) return link
  throw configError(
    'E_CHAIN_MISSING',
    `chains has no entry for chain ${chain}`,
    'Add its id, rpc and executor to chains.',
  )
}

function executorOn(config: AgentConfig, chain: ChainId): Address {
  const entry = config.chains.find(({ id }) => id === chain)
  if (entry?.executor !== undefined) return entry.executor
  if (entry !== undefined)
    throw configError(
      'E_EXECUTOR_MISSING',
      `the config names no executor on chain ${chain}`,
      'Deploy one: lienmesh executor deploy writes its address into the config.',
    )
  throw configError(
    'E_CHAIN_MISSING',
    `chains has no entry for chain ${chain}`,
    'Add its id, rpc and executor to chains.',
  )
}

async function standingOf(
  signer: Signer,
  config: AgentConfig,
  engines: ReadonlyMap<ChainId, EngineSeat>,
): Promise<Standing> {
  const bonds = [...engines.values()].map(({ chain, executor }) => chain.bonded(executor))
  const self = [signer.address, ...config.chains.flatMap(({ executor }) => executor ?? [])]
  return { self, bonded: (await Promise.all(bonds)).every(Boolean) }
}

const trustOf = (network: Network, roots: Roots, members: Members) => ({
  publisher: (address: Address) => includes(network.publishers, address),
  attestor: members.has,
  trusted: roots.trusted,
})

const includes = (all: readonly Address[], one: Address): boolean =>
  all.some((other) => other.toLowerCase() === one.toLowerCase())
