// One world and the lives that are lived in it, to the end: every life killed but the last, which must settle everything.
import { createWriteStream, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { networkJson } from '../../../config/network.ts'
import type { AgentConfigInput } from '../../../config/schema.ts'
import { wad } from '../../domain/units.ts'
import { type Random, seeded } from '../../simulator/scenario/random.ts'
import { dollarText } from '../agent-files.ts'
import { openProcesses, type Processes } from '../processes.ts'
import type { RunDirectory } from '../run-directory.ts'
import { type Drive, setGoing } from './drive.ts'
import { claimsOf, holdingsOf, judge, type Verdict } from './judge.ts'
import { type Life, type Lives, openLives, type Said } from './lives.ts'
import type { LifePlan, PlanOptions, Side } from './plan.ts'
import { INSIDE } from './points.ts'
import { FINALITY } from './scene.ts'
import { blow } from './weather.ts'
import { openWire, type Wire } from './wire.ts'
import { openWorld, type World } from './world.ts'

export type BatchOptions = {
  readonly run: RunDirectory
  readonly seed: number
  readonly lives: readonly LifePlan[]
  /** The file that a life starts from. */
  readonly entry: string
  readonly without?: PlanOptions['without']
  readonly signal: AbortSignal
}

/** What came of one world. */
export type BatchResult = Verdict & {
  readonly kills: number
  /** Lives ended at each named point. */
  readonly hits: Readonly<Record<string, number>>
  readonly reorgs: number
  readonly rpcFaults: number
  /** Lives that ended by themselves, by exit status. */
  readonly died: Readonly<Record<string, number>>
  /** What the agent alarmed its operator of, by code. */
  readonly alarms: Readonly<Record<string, number>>
  /** Blocks from a reorganisation that took back what was final to the alarm about it. */
  readonly alarmedAfter: readonly number[]
  readonly wallSeconds: number
}

/** Lives that one plan may take. */
const RESTARTS = 4

/** Everything that a life is lived with. */
type Stage = {
  readonly options: BatchOptions
  readonly world: World
  readonly wires: Readonly<Record<Side, Wire>>
  readonly lives: Lives
  readonly drive: Drive
  readonly dice: Random
  readonly config: AgentConfigInput
  readonly log: BatchLog
  readonly current: { life: Life | undefined; ready: () => void; point: string | undefined; cut: boolean }
}

type BatchLog = {
  kills: number
  readonly hits: Map<string, number>
  readonly died: Map<string, number>
  readonly alarms: Map<string, number>
  readonly alarmedAfter: number[]
  readonly complaints: string[]
}

/** Plays one world. Whatever happens, its processes are gone afterwards. */
export async function playBatch(options: BatchOptions): Promise<BatchResult> {
  const processes = openProcesses(options.run)
  try {
    return await perform(options, processes)
  } finally {
    await processes.end(1_000)
  }
}

async function perform(options: BatchOptions, processes: Processes): Promise<BatchResult> {
  const began = Date.now()
  const world = await openWorld(processes, options.seed, options.without === 'idempotency')
  const before = await holdingsOf(world)
  const stage = await setStage(options, world)
  try {
    for (const [i, plan] of options.lives.entries()) {
      options.signal.throwIfAborted()
      if (options.without === 'journal' && i === Math.floor(options.lives.length / 2)) loseJournal(options.run, world)
      if (!(await liveAsPlanned(stage, plan))) break
    }
    const quiet = await settleDown(stage)
    await stage.drive.stop()
    const journal = options.without === 'journal' ? undefined : join(dataOf(options.run), 'journal.db')
    const verdict = await judge({ world, before, journal })
    const unquiet = quiet || verdict.lost > 0 ? [] : ['the agent did not come to rest']
    return resultOf(
      stage,
      { ...verdict, lost: verdict.lost + unquiet.length, findings: [...verdict.findings, ...unquiet] },
      began,
    )
  } finally {
    stage.lives.close()
    await stage.drive.stop()
    await Promise.all(Object.values(stage.wires).map((wire) => wire.close()))
  }
}

/** Where the agent keeps its journal. */
const dataOf = (run: RunDirectory): string => join(run.path, 'agent', 'data')

/** The disk is gone, and everything that the agent wrote down. Nobody starts again while something of the key waits. */
function loseJournal(run: RunDirectory, world: World): void {
  rmSync(dataOf(run), { recursive: true, force: true })
  for (const side of SIDES) world[side].pool.drop(0)
}

/** Until it was killed, and where it was to be killed. False when nothing will come of this agent any more. */
async function liveAsPlanned(stage: Stage, plan: LifePlan): Promise<boolean> {
  const { log } = stage
  const { end } = plan
  const hits = (): number => (end.kind === 'point' ? (log.hits.get(end.point) ?? 0) : log.kills)
  const before = hits()
  // A life that ends by itself was none: its supervisor starts it again. One that missed its point is lived once more.
  for (let i = 0; i < RESTARTS && hits() === before; i++) {
    await liveOnce(stage, plan)
    if (hopeless(log)) return false
  }
  return true
}

async function setStage(options: BatchOptions, world: World): Promise<Stage> {
  const log: BatchLog = {
    kills: 0,
    hits: new Map(),
    died: new Map(),
    alarms: new Map(),
    alarmedAfter: [],
    complaints: [],
  }
  const current: Stage['current'] = { life: undefined, ready: () => undefined, point: undefined, cut: false }
  /** A life that ends on the wire ends before anybody else hears of it. */
  const reached = (point: string): boolean => {
    if (!current.cut && current.point === point) {
      current.cut = true
      current.life?.kill()
    }
    return current.cut
  }
  const said = ({ event, code, detail = '' }: Said): void => {
    if (event === 'agent:ready') current.ready()
    if (event === 'agent:halted') log.complaints.push(`the agent stopped bidding: ${detail}`)
    if (event !== 'alarm' || code === undefined) return
    count(log.alarms, code)
    const side = SIDES.find((one) => detail.includes(`chain ${world[one].chain.id} `))
    if (code === 'E_UNFINAL' && side !== undefined) log.alarmedAfter.push(world[side].height() - world[side].forked())
  }
  const { seed, entry } = options
  const wires = {
    engine: await openWire(world.engine, seed * 2, reached),
    vault: await openWire(world.vault, seed * 2 + 1, reached),
  }
  const words = createWriteStream(options.run.file('logs', 'agent.log'))
  const lives = openLives({ entry, said, log: words })
  const config = agentConfig(options.run, world, wires)
  const drive = setGoing(world, (error) => void log.complaints.push(String(error)))
  return { options, world, wires, lives, drive, dice: seeded(seed, 'lives'), config, log, current }
}

function agentConfig(run: RunDirectory, world: World, wires: Stage['wires']): AgentConfigInput {
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
    keys: { operator: key, signer: 'inline' },
    chains: [
      { id: world.engine.chain.id, rpc: [...wires.engine.urls], executor: seat.executor },
      { id: world.vault.chain.id, rpc: [...wires.vault.urls], executor: seat.executor },
    ],
    capital: { maxBid: dollarText(wad(5_000n * 10n ** 18n)) },
    risk: { scenarios: { rows: 512 } },
    protections: { drawdown: '100 %', gapLosses: 1_000_000, failedGas: '1000000 USD' },
    strategies: [{ use: seat.strategy }],
    log: { level: 'warn', modules: { agent: 'info', message: 'silent' } },
  }
}

/** One life, until its planned end or its own. */
async function liveOnce(stage: Stage, plan: LifePlan): Promise<void> {
  const { log, current, lives, drive } = stage
  for (const side of SIDES) blow(plan.weather[side], stage.wires[side], stage.world[side], stage.dice)
  const life = lives.next()
  const ready = new Promise<void>((resolve) => {
    current.ready = resolve
  })
  const point = plan.end.kind === 'point' ? plan.end.point : undefined
  Object.assign(current, { life, point, cut: false })
  begin(stage, life, point)
  await drive.feed(life)
  const { slowness } = stage.world
  await Promise.race([ready, life.ended, sleep(START_PATIENCE * slowness)])
  const over = new AbortController()
  const troubles = plan.troubles.map((trouble) => troubleAt(stage, trouble, over.signal))
  const patience = slowness * (plan.end.kind === 'moment' ? plan.end.after : POINT_PATIENCE)
  const early = await Promise.race([
    life.ended,
    sleep(patience, undefined, { signal: over.signal }).then(
      () => undefined,
      () => undefined,
    ),
  ])
  if (early === undefined) life.kill()
  const how = await life.ended
  over.abort()
  await Promise.all(troubles)
  await drive.feed(undefined)
  if (how !== 'SIGKILL') return count(log.died, String(how))
  log.kills++
  if (early !== undefined && point !== undefined) count(log.hits, point)
}

const SIDES: readonly Side[] = ['engine', 'vault']
/** Wall milliseconds that a life gets to become ready, and to reach its point. */
const START_PATIENCE = 6_000
const POINT_PATIENCE = 5_000

function begin({ config, drive }: Stage, life: Life, point: string | undefined): void {
  const inside = INSIDE.find((one) => one === point)
  life.tell({ kind: 'live', config, pace: drive.pace, ...(inside === undefined ? {} : { point: inside }) })
}

async function troubleAt(
  { drive, world }: Stage,
  trouble: LifePlan['troubles'][number],
  signal: AbortSignal,
): Promise<void> {
  // A reorganisation that its life did not live to see happens all the same.
  await sleep(trouble.at * world.slowness, undefined, { signal }).catch(() => undefined)
  await drive.trouble(trouble)
}

/** An agent that ends by itself again and again will not do better in another life. */
const hopeless = ({ died, kills }: BatchLog): boolean =>
  [...died.values()].reduce((sum, times) => sum + times, 0) > 10 + kills

/** The last life: no faults, no kills, until nothing is owed and nothing waits. */
async function settleDown(stage: Stage): Promise<boolean> {
  const { world, drive, current, lives, log } = stage
  drive.rest()
  for (const side of SIDES) {
    world[side].calm()
    for (const proxy of stage.wires[side].proxies) proxy.clear()
  }
  const deadline = Date.now() + QUIET_PATIENCE * world.slowness
  let ready = false
  for (let life = lives.next(), quietSince: number | undefined; Date.now() < deadline; await sleep(100)) {
    if (current.life !== life) {
      Object.assign(current, { life, point: undefined, cut: false, ready: () => (ready = true) })
      ready = false
      begin(stage, life, undefined)
      await drive.feed(life)
    }
    if (!life.alive()) {
      count(log.died, String(await life.ended))
      life = lives.next()
      continue
    }
    const height = Math.min(world.engine.height(), world.vault.height())
    if (!ready || !(await quiet(world))) quietSince = undefined
    else quietSince ??= height
    if (quietSince !== undefined && height > quietSince + 3 * FINALITY) return leave(life)
  }
  current.life?.kill()
  return false
}

/** Wall milliseconds for the last life to bring everything home. */
const QUIET_PATIENCE = 30_000

async function leave(life: Life): Promise<boolean> {
  life.stop()
  const how = await Promise.race([life.ended, sleep(60_000).then(() => undefined)])
  if (how === undefined) life.kill()
  await life.ended
  return how === 0
}

async function quiet(world: World): Promise<boolean> {
  if (world.engine.pool.waiting().length > 0 || world.vault.pool.waiting().length > 0) return false
  const { owed, claimed } = await claimsOf(world)
  return owed <= claimed
}

function resultOf({ log, drive, wires }: Stage, verdict: Verdict, began: number): BatchResult {
  const faults = SIDES.flatMap((side) => [...wires[side].faults().values()])
  return {
    ...verdict,
    findings: [...verdict.findings, ...new Set(log.complaints)],
    kills: log.kills,
    hits: Object.fromEntries(log.hits),
    reorgs: drive.counts.reorgs,
    rpcFaults: faults.reduce((sum, times) => sum + times, 0),
    died: Object.fromEntries(log.died),
    alarms: Object.fromEntries(log.alarms),
    alarmedAfter: log.alarmedAfter,
    wallSeconds: (Date.now() - began) / 1_000,
  }
}

const count = (counts: Map<string, number>, key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1)
