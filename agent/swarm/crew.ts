// Our own processes of a run: the publishers and the agents, each with its files, its log and its lines read.
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { networkJson } from '../../config/network.ts'
import type { Scenario } from '../../config/scenario.ts'
import { hear } from '../console/chronicle/saying.ts'
import { EXIT, LienmeshError } from '../domain/errors.ts'
import { packageRoot } from '../suite/artefact.ts'
import { writeAgent } from './agent-files.ts'
import type { Deployment, Seated } from './deployment.ts'
import type { Roads } from './faults/roads.ts'
import { ownersOf } from './owners.ts'
import { toText } from './plain.ts'
import { type Child, entry, type Processes } from './processes.ts'
import type { PublishersConfig } from './publishers.ts'
import type { RunDirectory } from './run-directory.ts'
import { publisherKeys } from './seats.ts'
import type { Watch } from './watch.ts'

/** What every process of the crew needs to know. */
export type Crewing = {
  readonly run: RunDirectory
  readonly processes: Processes
  readonly scenario: Scenario
  readonly deployment: Deployment
  readonly watch: Watch
  /** Told when a process ended that nobody asked to. */
  readonly lost: (name: string, why: number | string) => void
  /** From now on processes may end. */
  readonly dismiss: () => void
  /** What stands between the processes, if faults may come there. */
  readonly roads: Roads | undefined
  /** Where the living agents are, for a process that comes back. */
  readonly peers: () => readonly string[]
}

/** A process of the crew: which one plays it now, and where it can be reached. */
export type Member = {
  readonly name: string
  readonly child: Child
  readonly addresses: readonly string[]
  /** Ends it, by this signal first, and waits until it is gone. */
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
  /** Starts it again after its end and waits until it is ready. */
  start(): Promise<void>
}

/** Starts the publishers and waits until they listen. Writes network.json first. */
export async function startPublishers(crewing: Crewing, market: () => readonly string[]): Promise<Member> {
  const { run, deployment, scenario, watch } = crewing
  const network = run.file('network.json')
  writeFileSync(network, networkJson(deployment.network))
  const chains = [...deployment.engines, ...deployment.vaultChains].map(({ chain }) => chain)
  const accounts = await Promise.all(chains.map(async (chain) => (await ownersOf(chain)).publisher))
  const file = run.file('publishers', 'publishers.json')
  return memberOf(crewing, 'publishers', async (bootstrap) => {
    const config: PublishersConfig = {
      ...{ scenario, network, bootstrap, announce: await announced(crewing, 'publishers') },
      keys: publisherKeys(scenario).map(({ key }) => key),
      chains: chains.flatMap(({ id, url }, i) =>
        accounts[i] === undefined ? [] : [{ id, url, account: accounts[i] }],
      ),
    }
    writeFileSync(file, toText(config), { mode: 0o600 })
    return {
      args: [...LEAN, ...skewed(crewing), ...entry('publishers'), file],
      ready: 'publishers:ready',
      onLine: watch.publisherLine,
      tell: market(),
    }
  })
}

/** Starts the agents two at a time, each told where the earlier ones listen, and waits until all are in the mesh. */
export async function startAgents(
  crewing: Crewing,
  first: Member,
  ready: (seat: Seated) => void,
): Promise<readonly Member[]> {
  const { seats } = crewing.deployment
  await refreshBundle(crewing)
  const members: Member[] = []
  for (let i = 0; i < seats.length; i += AT_ONCE) {
    const earlier = [first, ...members]
    const wave = seats.slice(i, i + AT_ONCE).map(async (seat) => {
      const member = await startAgent(crewing, seat, () => earlier)
      ready(seat)
      return member
    })
    members.push(...(await Promise.all(wave)))
  }
  return members
}

const AT_ONCE = 2

/** From a bundle an agent starts in a sixth of the processor time; without one it starts from its sources. */
async function refreshBundle({ lost }: Crewing): Promise<void> {
  const bundler = join(packageRoot(), 'bin', 'bundle.js')
  await promisify(execFile)(process.execPath, [bundler]).catch((error: unknown) => lost('bundle', String(error)))
}

/** Many processes share one machine: a smaller young generation keeps each near half of what Node would take. */
const LEAN = ['--max-semi-space-size=8', '--max-old-space-size=256']

/** Starts one agent, which dials the living ones among the peers first. */
export function startAgent(crewing: Crewing, seat: Seated, peers: () => readonly Member[]): Promise<Member> {
  const { deployment, scenario, run, watch, roads } = crewing
  const chains = [...deployment.engines, ...deployment.vaultChains].map(({ chain }) => chain)
  return memberOf(crewing, seat.name, async () => {
    const living = peers().filter(({ child }) => child.alive())
    const reached = await Promise.all(
      chains.map(async (chain) => ({ id: chain.id, url: (await roads?.node(seat.name, chain)) ?? chain.url })),
    )
    const bootstrap = living.flatMap((member) => member.addresses.slice(0, 1))
    const announce = await announced(crewing, seat.name)
    const file = writeAgent(run, seat, { scenario, chains: reached, bootstrap, announce })
    const program = join(packageRoot(), 'bin', 'lienmesh.js')
    return {
      args: [...LEAN, ...skewed(crewing), program, 'run', '--config', file, '--mode', 'live'],
      ready: 'agent:ready',
      onLine: (line) => watch.agentLine(seat.name, line),
      tell: [],
    }
  })
}

const announced = async ({ roads }: Crewing, name: string): Promise<readonly string[]> =>
  roads === undefined ? [] : [(await roads.door(name)).address]

/** With faults a process's clock may be moved. */
const skewed = ({ roads }: Crewing): readonly string[] =>
  roads === undefined ? [] : ['--import', ...entry('faults/clock-skew')]

type Launch = {
  readonly args: readonly string[]
  readonly ready: string
  readonly onLine: (line: string) => void
  /** Lines for its standard input, once it is ready. */
  readonly tell: readonly string[]
}

type Running = { readonly child: Child; readonly addresses: readonly string[] }

/** A process that can be ended and started again under its name. */
async function memberOf(
  crewing: Crewing,
  name: string,
  plan: (bootstrap: readonly string[]) => Promise<Launch>,
): Promise<Member> {
  let asked = false
  const begin = async (bootstrap: readonly string[]): Promise<Running> => {
    asked = false
    const planned = await plan(bootstrap)
    return launch(crewing, { ...planned, name, gone: (why) => asked || crewing.lost(name, why) })
  }
  let running = await begin([])
  return {
    name,
    get child() {
      return running.child
    },
    get addresses() {
      return running.addresses
    },
    async stop(signal) {
      asked = true
      const { child } = running
      // Whoever stands still hears nothing but SIGKILL.
      child.signal('SIGCONT')
      if (signal === 'SIGKILL') child.signal(signal)
      else await crewing.processes.stop([child], GRACE)
      await child.exited
    },
    async start() {
      if (!running.child.alive()) running = await begin(crewing.peers())
    },
  }
}

/** How long a process may take to end as it wishes. */
const GRACE = 4_000

/** Resolves with the addresses of the ready event; rejects when the process ends, or stays silent, before it. */
async function launch(
  { processes, run, roads }: Crewing,
  { name, args, ready, onLine, tell, gone }: Launch & { name: string; gone: (why: number | string) => unknown },
): Promise<Running> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly string[]>()
  let isReady = false
  const child = processes.start({
    name,
    command: process.execPath,
    args,
    env: {
      NODE_COMPILE_CACHE: join(packageRoot(), 'node_modules', '.cache', 'node'),
      ...(roads && { SWARM_CLOCK_OFFSET: run.file('clocks', name) }),
    },
    onLine(line) {
      onLine(line)
      const saying = isReady ? undefined : hear(name, line)
      if (saying?.event === 'link:listening') void roads?.lead(name, strings(saying.fields['addresses']))
      if (saying?.event !== ready) return
      isReady = true
      resolve(strings(saying.fields['addresses']))
    },
  })
  void child.exited.then((why) => (isReady ? gone(why) : reject(notReady(name, `ended (${why})`))))
  const timer = setTimeout(() => reject(notReady(name, `was not ready after ${PATIENCE / 1000} s`)), PATIENCE)
  const addresses = await promise.finally(() => clearTimeout(timer))
  for (const line of tell) child.tell(line)
  return { child, addresses }
}

const PATIENCE = 120_000

const strings = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []

const notReady = (name: string, what: string): Error =>
  new LienmeshError('E_PROCESS', `${name} ${what}`, {
    remedy: 'halt',
    exit: EXIT.failure,
    fix: `Read its log: lienmesh swarm logs ${name}.`,
  })
