// Where a new agent's network comes from: a description, or the directory of a local run, which knows its own endpoints.
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { readJson, readSource } from '../../config/document.ts'
import { loadNetwork } from '../../config/network.ts'
import { configError, EXIT, LienmeshError } from '../domain/errors.ts'
import type { Network } from '../domain/network.ts'
import { listRuns } from '../swarm/run-directory.ts'

/** A network, and what is known of its endpoints and peers. */
export type Found = {
  readonly file: string
  readonly network: Network
  readonly chains: readonly { readonly id: number; readonly url: string }[]
  readonly bootstrap: readonly string[]
  /** A local run: one endpoint, which is ours. */
  readonly local: boolean
}

/** Reads `network.json`, a run directory, or `local` for the newest run of this directory. */
export function findNetwork(asked: string): Found {
  const place = asked === 'local' ? newestRun() : resolve(asked)
  if (!existsSync(place))
    throw configError('E_NO_CONFIG', `cannot read ${place}`, 'Name a network.json, a run directory, or local.')
  if (!statSync(place).isDirectory())
    return { file: place, network: loadNetwork(place), chains: [], bootstrap: [], local: false }
  const file = join(place, 'network.json')
  const { chains } = readJson(join(place, 'run.json'), run)
  return { file, network: loadNetwork(file), chains, bootstrap: peersOf(place), local: true }
}

const run = z.looseObject({ chains: z.array(z.looseObject({ id: z.int(), url: z.string() })) })
const peers = z.looseObject({ p2p: z.looseObject({ bootstrap: z.array(z.string()) }) })

/** Whom the agents of a run were told to dial. */
function peersOf(place: string): readonly string[] {
  const agents = join(place, 'agents')
  const files = existsSync(agents) ? readdirSync(agents).map((name) => join(agents, name, 'agent.yaml')) : []
  const told = files
    .filter((file) => existsSync(file))
    .flatMap((file) => {
      const read = peers.safeParse(readSource(file).value)
      return read.success ? read.data.p2p.bootstrap : []
    })
  return [...new Set(told)].slice(0, ENOUGH)
}

const ENOUGH = 3

function newestRun(): string {
  const [first] = listRuns(process.cwd())
  if (first !== undefined) return first.path
  const fix = 'Start one with lienmesh swarm up --keep, or name a network description.'
  throw new LienmeshError('E_NO_RUN', 'no run in this directory', { remedy: 'fix-config', exit: EXIT.notRunning, fix })
}
