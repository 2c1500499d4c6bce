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
}

/** A running process of the crew and where it can be reached. */
export type Member = { readonly child: Child; readonly addresses: readonly string[] }

/** Starts the publishers and waits until they listen. Writes network.json first. */
export async function startPublishers(crewing: Crewing): Promise<Member> {
  const { run, deployment, scenario, watch } = crewing
  const network = run.file('network.json')
  writeFileSync(network, networkJson(deployment.network))
  const chains = [...deployment.engines, ...deployment.vaultChains].map(({ chain }) => chain)
  const accounts = await Promise.all(chains.map(async (chain) => (await ownersOf(chain)).publisher))
  const config: PublishersConfig = {
    scenario,
    network,
    keys: publisherKeys(scenario).map(({ key }) => key),
    chains: chains.flatMap(({ id, url }, i) => (accounts[i] === undefined ? [] : [{ id, url, account: accounts[i] }])),
  }
  const file = run.file('publishers', 'publishers.json')
  writeFileSync(file, toText(config), { mode: 0o600 })
  return launch(crewing, {
    name: 'publishers',
    args: [...LEAN, ...entry('publishers'), file],
    ready: 'publishers:ready',
    onLine: watch.publisherLine,
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
    const bootstrap = [first, ...members].flatMap((member) => member.addresses.slice(0, 1))
    const wave = seats.slice(i, i + AT_ONCE).map(async (seat) => {
      const member = await startAgent(crewing, seat, bootstrap)
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

function startAgent(crewing: Crewing, seat: Seated, bootstrap: readonly string[]): Promise<Member> {
  const { deployment, scenario, run, watch } = crewing
  const chains = [...deployment.engines, ...deployment.vaultChains].map(({ chain }) => chain)
  const file = writeAgent(run, seat, { scenario, chains, bootstrap })
  const program = join(packageRoot(), 'bin', 'lienmesh.js')
  const args = [...LEAN, program, 'run', '--config', file, '--mode', 'live']
  return launch(crewing, {
    name: seat.name,
    args,
    ready: 'agent:ready',
    onLine: (line) => watch.agentLine(seat.name, line),
  })
}

type Launch = {
  readonly name: string
  readonly args: readonly string[]
  readonly ready: string
  readonly onLine: (line: string) => void
}

/** Resolves with the addresses of the ready event; rejects when the process ends, or stays silent, before it. */
async function launch({ processes, lost }: Crewing, { name, args, ready, onLine }: Launch): Promise<Member> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly string[]>()
  let isReady = false
  const child = processes.start({
    name,
    command: process.execPath,
    args,
    env: { NODE_COMPILE_CACHE: join(packageRoot(), 'node_modules', '.cache', 'node') },
    onLine(line) {
      onLine(line)
      const saying = isReady ? undefined : hear(name, line)
      if (saying?.event !== ready) return
      isReady = true
      resolve(strings(saying.fields['addresses']))
    },
  })
  void child.exited.then((why) => (isReady ? lost(name, why) : reject(notReady(name, `ended (${why})`))))
  const timer = setTimeout(() => reject(notReady(name, `was not ready after ${PATIENCE / 1000} s`)), PATIENCE)
  return { child, addresses: await promise.finally(() => clearTimeout(timer)) }
}

const PATIENCE = 60_000

const strings = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []

const notReady = (name: string, what: string): Error =>
  new LienmeshError('E_PROCESS', `${name} ${what}`, {
    remedy: 'halt',
    exit: EXIT.failure,
    fix: `Read its log: lienmesh swarm logs ${name}.`,
  })
