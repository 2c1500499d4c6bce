// What a drill is of: the newest kept run, or what an agent's config names.
import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Address } from 'viem'
import { loadConfig } from '../../../config/load.ts'
import { loadNetwork } from '../../../config/network.ts'
import type { AgentConfig } from '../../../config/schema.ts'
import { configError, EXIT, LienmeshError } from '../../domain/errors.ts'
import type { ChainId } from '../../domain/units.ts'
import { isAlive, listRuns } from '../run-directory.ts'
import type { Actor, DrillPlan } from './ground.ts'

/** The network, the executors and the providers of a kept run. Its processes are read from, never told anything. */
export function planOfRun(root: string): DrillPlan {
  const run = listRuns(resolve(root)).find((one) => isAlive(one.record().supervisor))
  if (run === undefined) throw noRun()
  const folder = join(run.path, 'agents')
  const configs = readdirSync(folder)
    .map((name) => join(folder, name, 'agent.yaml'))
    .filter(existsSync)
    .map((file) => loadConfig({ file, env: {}, flags: {} }).config)
  const of = (roles: readonly string[]): readonly Actor[] =>
    configs.filter(({ role }) => roles.includes(role)).map((config) => actorOf(config))
  return {
    network: loadNetwork(join(run.path, 'network.json')),
    chains: run.record().chains.map(({ id, url }) => ({ id: chainNamed(configs, id), url })),
    actors: of(['bidder', 'both']),
    providers: of(['provider', 'both']),
  }
}

/** The network of a config over its first endpoints, by its own executor and others that are named. */
export function planOfConfig(
  config: AgentConfig,
  others: { readonly executors: readonly Address[]; readonly providers: readonly Address[] },
): DrillPlan {
  const network = loadNetwork(config.network)
  const everywhere = (executor: Address): Actor => ({
    name: executor,
    on: new Map(config.chains.map(({ id }) => [id, executor])),
  })
  const own = actorOf(config)
  return {
    network,
    chains: config.chains.map(({ id, rpc: [url] }) => ({ id, url: url ?? unnamed(id) })),
    actors: [...(own.on.size > 0 ? [own] : []), ...others.executors.map(everywhere)],
    providers: others.providers.map(everywhere),
  }
}

const actorOf = ({ name, chains }: AgentConfig): Actor => ({
  name,
  on: new Map(chains.flatMap(({ id, executor }) => (executor === undefined ? [] : [[id, executor] as const]))),
})

function chainNamed(configs: readonly AgentConfig[], id: number): ChainId {
  const found = configs.flatMap(({ chains }) => chains).find((one) => one.id === id)?.id
  return found ?? unnamed(id)
}

function unnamed(id: number): never {
  throw configError('E_CHAIN_MISSING', `chain ${id} has no endpoint`, 'Give every chain of the network an rpc.')
}

const noRun = (): LienmeshError =>
  new LienmeshError('E_NO_RUN', 'no run of this directory lives', {
    remedy: 'fix-config',
    exit: EXIT.notRunning,
    fix: 'Start one that stays, lienmesh swarm up first-steps --keep, or name a --config.',
  })
