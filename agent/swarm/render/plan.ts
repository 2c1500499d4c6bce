// A deployment as every target needs it: its agents with their configs, secrets and peers. Money keys are never made here;
// transport keys and the reading token are, once, so that peer ids and scrapers stay what they are.
import { randomBytes } from 'node:crypto'
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { parseDocument } from 'yaml'
import { type Deploy, deployFile } from '../../../config/deploy.ts'
import { check, readSource } from '../../../config/document.ts'
import { loadNetwork, networkJson } from '../../../config/network.ts'
import { type AgentConfig, agentConfig } from '../../../config/schema.ts'
import { newIdentity, peerIdOf } from '../../adapters/gossip/identity.ts'
import { configError } from '../../domain/errors.ts'

/** What a deployment is rendered for. */
export type Target = 'compose' | 'k8s' | 'helm' | 'systemd'

/** One agent of a deployment. */
export type Placed = {
  readonly name: string
  readonly group: string
  readonly ordinal: number
  /** Where it stands in the whole deployment, from zero: its ports on a shared machine. */
  readonly index: number
  readonly host: string
  readonly peer: string
  /** Its config as it begins, before the target's own words. */
  readonly base: Base
}

/** A group's config: what was written, and what it means. */
type Base = { readonly file: string; readonly written: Readonly<Record<string, unknown>>; readonly config: AgentConfig }

/** A whole deployment. */
export type Plan = { readonly deploy: Deploy; readonly folder: string; readonly agents: readonly Placed[] }

/** Ports of every agent: gossip, and health with metrics. */
export const PORTS = { p2p: 9640, watch: 9651 } as const

/** Reads a described deployment, and makes what must outlast it: peer identities and the reading token. */
export async function planOf(file: string, folder: string): Promise<Plan> {
  const deploy = check(readSource(file), deployFile)
  const here = dirname(resolve(file))
  const network = loadNetwork(resolve(here, deploy.network))
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'network.json'), networkJson(network))
  keepPrivate(join(folder, 'secrets', 'read.token'), () => `${randomBytes(32).toString('base64url')}\n`)
  const agents: Placed[] = []
  for (const { group, count, config, hosts } of deploy.agents) {
    const base = baseOf(resolve(here, config))
    for (let ordinal = 0; ordinal < count; ordinal++) {
      const name = `${group}-${ordinal}`
      const peer = peerIdOf(await identityIn(join(folder, 'secrets', name, 'peer.key')))
      copyIn(base, join(folder, 'secrets', name))
      const host = hosts[ordinal % Math.max(1, hosts.length)] ?? '127.0.0.1'
      agents.push({ name, group, ordinal, index: agents.length, host, peer, base })
    }
  }
  return { deploy, folder, agents }
}

/** Which secrets an agent has, by file name; those of money are its owner's to bring. */
export function secretsOf({ base: { config } }: Placed): readonly string[] {
  const { keys, p2p, notify } = config
  const own = keys.kind === 'process' || keys.kind === 'inline'
  return [
    ...(own ? ['operator.json'] : []),
    ...(own && keys.password !== undefined ? ['operator.password'] : []),
    'peer.key',
    ...(p2p.swarmKey === undefined ? [] : ['swarm.key']),
    ...notify.map((_, i) => `notify-${i}`),
  ]
}

/** Writes the config of every agent. Executors that `executor deploy` wrote into an earlier one stay. */
export function writeConfigs(plan: Plan, words: (one: Placed) => Readonly<Record<string, unknown>>): readonly string[] {
  const folder = join(plan.folder, 'agents')
  mkdirSync(folder, { recursive: true })
  return plan.agents.map((one) => {
    const file = join(folder, `${one.name}.yaml`)
    const document = parseDocument(readFileSync(one.base.file, 'utf8'))
    for (const [path, value] of Object.entries(words(one))) document.setIn(path.split('.'), value)
    const chains = withExecutors(one.base.written['chains'], file)
    if (chains !== undefined) document.set('chains', chains)
    const text = document.toString({ lineWidth: 0 })
    writeFileSync(file, text, { mode: 0o600 })
    check(readSource(file), agentConfig)
    return file
  })
}

/** What every target says alike: where things lie, relative to the config, and whom to dial. */
export function commonWords(plan: Plan, one: Placed, address: (other: Placed) => string): Record<string, unknown> {
  const secret = (name: string): string => `../secrets/${one.name}/${name}`
  const has = secretsOf(one)
  const others = plan.agents.filter(({ name }) => name !== one.name).slice(0, ENOUGH)
  return {
    name: one.name,
    network: '../network.json',
    dataDir: `../data/${one.name}`,
    ...(has.includes('operator.json') && { 'keys.operator': secret('operator.json') }),
    ...(has.includes('operator.password') && { 'keys.password': secret('operator.password') }),
    ...(has.includes('swarm.key') && { 'p2p.swarmKey': secret('swarm.key') }),
    ...Object.fromEntries(one.base.config.notify.map((_, i) => [`notify.${i}.address`, secret(`notify-${i}`)])),
    'p2p.identity': secret('peer.key'),
    'p2p.listen': `/ip4/0.0.0.0/tcp/${PORTS.p2p}`,
    'p2p.bootstrap': [
      ...one.base.config.p2p.bootstrap,
      ...others.map((other) => `${address(other)}/p2p/${other.peer}`),
    ],
    'api.watch': `0.0.0.0:${PORTS.watch}`,
    'api.token': '../secrets/read.token',
  }
}

const ENOUGH = 4

/** Words of the command line that start an agent with its config. */
export const startWords = ({ base: { config } }: Placed, file: string): readonly string[] => [
  ...['run', '--config', file],
  ...(config.mode === 'live' ? ['--mode', 'live'] : []),
]

function baseOf(file: string): Base {
  const source = readSource(file)
  const config = check(source, agentConfig)
  const local = config.strategies.find(({ use }) => /^\.\.?\//.test(use))
  if (local !== undefined)
    throw configError(
      'E_RENDER',
      `${file}: the strategy ${local.use} is a file of this machine`,
      'Publish it (lienmesh new strategy --package), or name it by its absolute path in an image of your own.',
    )
  const { value } = source
  return { file, config, written: typeof value === 'object' && value !== null ? { ...value } : {} }
}

/** Copies secrets that the group's config names and that are not anybody's money. */
function copyIn({ file, config: { p2p, notify } }: Base, folder: string): void {
  const from = (path: string): string => resolve(dirname(file), path)
  if (p2p.swarmKey !== undefined) copyPrivate(from(p2p.swarmKey), join(folder, 'swarm.key'))
  notify.forEach(({ address }, i) => {
    copyPrivate(from(address), join(folder, `notify-${i}`))
  })
}

function copyPrivate(from: string, to: string): void {
  if (!existsSync(from))
    throw configError('E_RENDER', `${from} is not there, and the config names it`, `Write it: ${basename(to)}.`)
  if (!existsSync(to)) copyFileSync(from, to)
  chmodSync(to, 0o600)
}

async function identityIn(file: string): Promise<Uint8Array> {
  const made = await newIdentity()
  keepPrivate(file, () => made)
  return readFileSync(file)
}

/** Writes a private file unless it is there. */
function keepPrivate(file: string, content: () => string | Uint8Array): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  if (!existsSync(file)) writeFileSync(file, content(), { mode: 0o600 })
}

/** Chains as they were written, each with the executor of an earlier rendering where it has none. */
function withExecutors(written: unknown, file: string): unknown {
  if (!Array.isArray(written)) return undefined
  const known = new Map<unknown, unknown>(
    existsSync(file) ? check(readSource(file), agentConfig).chains.map(({ id, executor }) => [id, executor]) : [],
  )
  return written.map((one: { readonly id?: unknown; readonly executor?: unknown }) => {
    const executor = one.executor ?? known.get(one.id)
    return executor === undefined ? one : { ...one, executor }
  })
}
