// One life after the other: begun with its weather and troubles, and ended by a kill where and when it was planned.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Life } from './lives.ts'
import { type LifePlan, provoking, type Trouble } from './plan.ts'
import { POINTS, type Point } from './points.ts'
import { type BatchLog, count, SIDES, type Stage } from './stage.ts'
import { blow } from './weather.ts'

/** Lives that one plan may take. */
const RESTARTS = 4

/** Until it was killed, and where it was to be killed. False when nothing will come of this agent any more. */
export async function liveAsPlanned(stage: Stage, plan: LifePlan): Promise<boolean> {
  const { log } = stage
  const done = (): number => (plan.end.kind === 'point' ? sum(log.hits) : log.kills)
  const before = done()
  // A life that ends by itself was none: its supervisor starts it again. One that missed its points is lived once more.
  for (let i = 0; i < RESTARTS && done() === before; i++) {
    await liveOnce(stage, plan)
    if (hopeless(log)) return false
  }
  return true
}

/** One life, until its planned end or its own. */
async function liveOnce(stage: Stage, plan: LifePlan): Promise<void> {
  const { log, current, lives, drive, dice } = stage
  for (const side of SIDES) blow(plan.weather[side], stage.wires[side], stage.world[side], dice)
  const life = lives.next()
  const ready = new Promise<void>((resolve) => {
    current.ready = resolve
  })
  const points = plan.end.kind === 'point' ? stage.options.aim.next() : []
  const slowness = begin(stage, life, points)
  await drive.feed(life)
  await Promise.race([ready, life.ended, sleep(START_PATIENCE * slowness)])
  const over = new AbortController()
  const troubles = [...plan.troubles, ...provoked(points, stage)].map((one) =>
    troubleAt(stage, { ...one, at: one.at * slowness }, over.signal),
  )
  const patience = slowness * (plan.end.kind === 'moment' ? plan.end.after : POINT_PATIENCE)
  const alone = loseSigner(stage, life, { within: Math.min(patience, SOON * slowness), signal: over.signal })
  const late = await Promise.race([life.ended.then(() => false), elapsed(patience, over.signal)])
  if (late) life.kill()
  const how = await life.ended
  over.abort()
  await Promise.all([...troubles, alone])
  await drive.feed(undefined)
  if (how !== 'SIGKILL') return count(log.died, `${how} ${life.complaint() ?? ''}`.trim())
  log.kills++
  const point = current.cutAt ?? POINTS.find((one) => one === life.endedAt())
  if (point === undefined) return
  count(log.hits, point)
  stage.options.aim.hit(point)
}

/** In some lives the process that signs is killed first, and the agent must do without it or end before it has another. */
async function loseSigner(
  { options, signerDice, log }: Stage,
  life: Life,
  { within, signal }: { readonly within: number; readonly signal: AbortSignal },
): Promise<void> {
  if (options.signer === 'inline' || signerDice() >= SIGNER_DIES) return
  await elapsed(signerDice() * within, signal)
  if (signal.aborted) return
  life.tell({ kind: 'kill-signer' })
  log.signerKills++
}

/** The share of lives whose signer is killed, and the wall milliseconds within which it is. */
const [SIGNER_DIES, SOON] = [0.4, 1_000]

/** Wall milliseconds that a life gets to become ready, and to reach a point. */
const START_PATIENCE = 6_000
const POINT_PATIENCE = 5_000

/** Tells a process how to live, at a pace for this machine. Answers how many times as slow as an idle one it is now. */
export function begin({ config, drive, current, lives }: Stage, life: Life, points: readonly Point[]): number {
  const slowness = Math.min(SLOWEST, Math.max(1, (lives.loading() ?? IDLE) / IDLE))
  drive.slow(slowness)
  Object.assign(current, { life, points, cutAt: undefined, readyAt: undefined })
  life.tell({ kind: 'live', config, pace: drive.pace(), points })
  return slowness
}

/** Milliseconds that a life takes to load beside another one on two idle cores, and the slowest machine waited for. */
const [IDLE, SLOWEST] = [600, 12]

/** What leads to one of the points that are only reached when something happens. */
function provoked(points: readonly Point[], { dice }: Stage): readonly Trouble[] {
  const some = points.map((point) => provoking(point, dice)).filter((troubles) => troubles.length > 0)
  return some[Math.floor(dice() * some.length)] ?? []
}

async function troubleAt({ drive }: Stage, trouble: Trouble, signal: AbortSignal): Promise<void> {
  // A reorganisation that its life did not live to see happens all the same.
  await elapsed(trouble.at, signal)
  await drive.trouble(trouble)
}

/** True after so many milliseconds, or at once when it does not matter any more. */
const elapsed = (length: number, signal: AbortSignal): Promise<boolean> =>
  sleep(length, true, { signal }).catch(() => true)

/** An agent that ends by itself again and again will not do better in another life. */
const hopeless = ({ died, kills }: BatchLog): boolean => sum(died) > 10 + kills

const sum = (counts: ReadonlyMap<string, number>): number => [...counts.values()].reduce((all, one) => all + one, 0)
