// One world and the lives that are lived in it, to the end: every life killed but the last, which must settle everything.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { askAgent } from '../../runtime/control.ts'
import type { Settlement } from '../../runtime/settlements.ts'
import { openProcesses, type Processes } from '../processes.ts'
import type { RunDirectory } from '../run-directory.ts'
import { claimsOf, holdingsOf, judge, type Verdict } from './judge.ts'
import type { Life } from './lives.ts'
import { begin, liveAsPlanned } from './living.ts'
import { FINALITY } from './scene.ts'
import { type BatchOptions, count, dataOf, SIDES, type SignerKind, type Stage, setStage } from './stage.ts'
import { openWorld, type World } from './world.ts'

/** What came of one world. */
export type BatchResult = Verdict & {
  /** Who had the agent's key. */
  readonly signer: SignerKind
  readonly kills: number
  /** Signer processes killed while their agent lived. */
  readonly signerKills: number
  /** Lives ended at each named point. */
  readonly hits: Readonly<Record<string, number>>
  readonly reorgs: number
  readonly rpcFaults: number
  /** Lives that ended by themselves, by exit status and code. */
  readonly died: Readonly<Record<string, number>>
  /** What the agent alarmed its operator of, by code. */
  readonly alarms: Readonly<Record<string, number>>
  /** Blocks from a reorganisation that took back what was final to the alarm about it, where an agent saw it happen. */
  readonly alarmedAfter: readonly number[]
  /** Alarms about what was taken back while no agent ran. */
  readonly alarmedAtStart: number
  readonly wallSeconds: number
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

/** The disk is gone, and everything that the agent wrote down. Nobody starts again while something of the key waits. */
function loseJournal(run: RunDirectory, world: World): void {
  rmSync(dataOf(run), { recursive: true, force: true })
  for (const side of SIDES) world[side].pool.drop(0)
}

/** The last life: no faults, no kills, until nothing is owed, nothing waits and no capital is held. */
async function settleDown(stage: Stage): Promise<boolean> {
  const { world, drive, current, lives, log } = stage
  drive.rest()
  for (const side of SIDES) {
    world[side].calm()
    for (const proxy of stage.wires[side].proxies) proxy.clear()
  }
  const deadline = Date.now() + QUIET_PATIENCE
  let ready = false
  for (let life = lives.next(), quietSince: number | undefined; Date.now() < deadline; await sleep(100)) {
    if (current.life !== life) {
      ready = false
      current.ready = () => {
        ready = true
      }
      begin(stage, life, [])
      await drive.feed(life)
    }
    if (!life.alive()) {
      count(log.died, `${await life.ended} ${life.complaint() ?? ''}`.trim())
      life = lives.next()
      continue
    }
    const height = Math.min(world.engine.height(), world.vault.height())
    if (!ready || !(await quiet(world)) || (await holdsCapital(stage.options))) quietSince = undefined
    else quietSince ??= height
    if (quietSince !== undefined && height > quietSince + 3 * FINALITY) return leave(life)
  }
  current.life?.kill()
  return false
}

/** Wall milliseconds for the last life to bring everything home. */
const QUIET_PATIENCE = 120_000

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

/** Whether the agent's journal still holds capital for a liquidation, which it names first; so it does while it is silent. */
async function holdsCapital({ run }: BatchOptions): Promise<boolean> {
  const answer = await askAgent(dataOf(run), { ask: 'settlements', filter: { limit: 1 } }).catch(() => undefined)
  if (typeof answer !== 'object' || answer === null || !('settlements' in answer)) return true
  return (answer.settlements as readonly Settlement[]).some(({ state }) => HOLDING.includes(state))
}

const HOLDING: readonly Settlement['state'][] = ['bidding', 'coming home', 'abandoned']

function resultOf({ options, log, drive, wires }: Stage, verdict: Verdict, began: number): BatchResult {
  const faults = SIDES.flatMap((side) => [...wires[side].faults().values()])
  return {
    ...verdict,
    findings: [...verdict.findings, ...new Set(log.complaints)],
    signer: options.signer,
    kills: log.kills,
    signerKills: log.signerKills,
    hits: Object.fromEntries(log.hits),
    reorgs: drive.counts.reorgs,
    rpcFaults: faults.reduce((sum, times) => sum + times, 0),
    died: Object.fromEntries(log.died),
    alarms: Object.fromEntries(log.alarms),
    alarmedAfter: log.alarmedAfter,
    alarmedAtStart: log.alarmedAtStart,
    wallSeconds: (Date.now() - began) / 1_000,
  }
}
