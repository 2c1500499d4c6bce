// Everything that lives are lived with: a world, the ways into it, and the agent's processes, journal and config.
import { createWriteStream, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { networkJson } from '../../../config/network.ts'
import type { AgentConfigInput } from '../../../config/schema.ts'
import { wad } from '../../domain/units.ts'
import { type Random, seeded } from '../../simulator/scenario/random.ts'
import { dollarText } from '../agent-files.ts'
import type { RunDirectory } from '../run-directory.ts'
import type { Aim } from './aim.ts'
import { type Drive, setGoing } from './drive.ts'
import { type Life, type Lives, openLives, type Said } from './lives.ts'
import type { LifePlan, PlanOptions, Side } from './plan.ts'
import type { Point } from './points.ts'
import { openWire, type Wire } from './wire.ts'
import type { World } from './world.ts'

export type BatchOptions = {
  readonly run: RunDirectory
  readonly seed: number
  readonly lives: readonly LifePlan[]
  /** Where lives are to end that end at points. */
  readonly aim: Aim
  /** The file that a life starts from. */
  readonly entry: string
  /** Who has the agent's key: a process of its own, as it ships, or the agent itself. */
  readonly signer: SignerKind
  readonly without?: PlanOptions['without']
  readonly signal: AbortSignal
}

export type SignerKind = 'process' | 'inline'

export type Stage = {
  readonly options: BatchOptions
  readonly world: World
  readonly wires: Readonly<Record<Side, Wire>>
  readonly lives: Lives
  readonly drive: Drive
  readonly dice: Random
  /** Chance that concerns the signer: worlds with and without one are otherwise alike. */
  readonly signerDice: Random
  readonly config: AgentConfigInput
  readonly log: BatchLog
  readonly current: Current
}

/** The life that is lived: where it may end, where on the wire it was ended, and whom it tells that it is ready. */
export type Current = {
  life: Life | undefined
  ready: () => void
  /** How high the chains were when it was ready; undefined before. */
  readyAt: Readonly<Record<Side, number>> | undefined
  points: readonly Point[]
  cutAt: Point | undefined
}

/** What is counted while lives are lived. */
export type BatchLog = {
  kills: number
  signerKills: number
  readonly hits: Map<string, number>
  readonly died: Map<string, number>
  readonly alarms: Map<string, number>
  readonly alarmedAfter: number[]
  alarmedAtStart: number
  readonly complaints: string[]
}

export const SIDES: readonly Side[] = ['engine', 'vault']

/** Sets a world going, and loads the first life. */
export async function setStage(options: BatchOptions, world: World): Promise<Stage> {
  const log: BatchLog = {
    kills: 0,
    signerKills: 0,
    hits: new Map(),
    died: new Map(),
    alarms: new Map(),
    alarmedAfter: [],
    alarmedAtStart: 0,
    complaints: [],
  }
  const current: Current = {
    ...{ life: undefined, ready: () => undefined, readyAt: undefined },
    ...{ points: [], cutAt: undefined },
  }
  /** A life that ends on the wire ends before anybody else hears of it. */
  const reached = (name: string): boolean => {
    const point = current.points.find((one) => one === name)
    if (current.cutAt === undefined && point !== undefined) {
      current.cutAt = point
      current.life?.kill()
    }
    return current.cutAt !== undefined
  }
  const { seed, entry } = options
  const wires = {
    engine: await openWire(world.engine, seed * 2, reached),
    vault: await openWire(world.vault, seed * 2 + 1, reached),
  }
  const words = createWriteStream(options.run.file('logs', 'agent.log'))
  const lives = openLives({ entry, said: listener(world, log, current), log: words })
  const config = agentConfig(options, world, wires)
  const drive = setGoing(world, (error) => void log.complaints.push(String(error)))
  const chance = { dice: seeded(seed, 'lives'), signerDice: seeded(seed, 'signer') }
  return { options, world, wires, lives, drive, ...chance, config, log, current }
}

/** Hears what the agent says of itself. */
const listener =
  (world: World, log: BatchLog, current: Current) =>
  ({ event, code, detail = '' }: Said): void => {
    if (event === 'agent:ready') {
      current.readyAt = { engine: world.engine.height(), vault: world.vault.height() }
      current.ready()
    }
    if (event === 'agent:halted') log.complaints.push(`the agent stopped bidding: ${detail}`)
    if (event !== 'alarm' || code === undefined) return
    count(log.alarms, code)
    const side = SIDES.find((one) => detail.includes(`chain ${world[one].chain.id} `))
    if (code !== 'E_UNFINAL' || side === undefined) return
    const [fork, ready] = [world[side].forked(), current.readyAt?.[side]]
    // A fork that happened while nobody ran, or was not ready yet, is told of by the next start.
    if (ready === undefined || fork <= ready) log.alarmedAtStart++
    else log.alarmedAfter.push(world[side].height() - fork)
  }

/** Where the agent keeps its journal. */
export const dataOf = (run: RunDirectory): string => join(run.path, 'agent', 'data')

function agentConfig({ run, signer }: BatchOptions, world: World, wires: Stage['wires']): AgentConfigInput {
  const { seat, deployment, scenario } = world
  const network = run.file('network.json')
  writeFileSync(network, networkJson(deployment.network))
  const key = run.file('agent', 'operator.key')
  writeFileSync(key, `${seat.key}\n`, { mode: 0o600 })
  return {
    name: seat.name,
    network,
    mode: 'live',
    attest: true,
    dataDir: dataOf(run),
    seed: scenario.seed,
    pace: '200ms',
    keys: { operator: key, signer },
    chains: [
      { id: world.engine.chain.id, rpc: [...wires.engine.urls], executor: seat.executor },
      { id: world.vault.chain.id, rpc: [...wires.vault.urls], executor: seat.executor },
    ],
    capital: { maxBid: dollarText(wad(5_000n * 10n ** 18n)) },
    risk: { scenarios: { rows: 512 } },
    protections: { drawdown: '100 %', gapLosses: 1_000_000, failedGas: '1000000 USD', market: '100 %' },
    strategies: [{ use: seat.strategy }],
    log: { level: 'warn', modules: { agent: 'info', message: 'silent' } },
  }
}

/** One more of a kind. */
export const count = (counts: Map<string, number>, key: string): void =>
  void counts.set(key, (counts.get(key) ?? 0) + 1)
