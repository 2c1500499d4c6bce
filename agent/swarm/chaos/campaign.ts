// A fault campaign: many short worlds, the same agent killed again and again, one verdict. Start reading here.
//
//   const summary = await runCampaign({ kills: 30, seed: 1, source: '/a/copy', signal, report: console.error })
//
// `source` is another copy of the whole project (its node_modules may be a link): its agent lives, our campaign judges.
// A campaign can be narrowed to what provokes one fault: `points`, `weathers`, `troubles`, `reorgs` per life, `depth`.
// An agent is caught when `failed(summary)`; a correct agent never is.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { seeded } from '../../simulator/scenario/random.ts'
import type { RunDirectory } from '../run-directory.ts'
import { openAim } from './aim.ts'
import { type BatchResult, playBatch } from './batch.ts'
import { entryOf } from './bundle.ts'
import { type LifePlan, type PlanOptions, planOf } from './plan.ts'
import { POINTS } from './points.ts'
import { openRecord } from './record.ts'
import { sideBySide } from './side-by-side.ts'
import type { SignerKind } from './stage.ts'

/** One shard of several, counted from one. */
export type Shard = { readonly index: number; readonly of: number }

export type CampaignOptions = PlanOptions & {
  /** Another copy of the sources whose agent is to live; ours by default. */
  readonly source?: string
  /** Only every so many batches; all by default. */
  readonly shard?: Shard
  /** Takes up what an earlier run of the same campaign finished, whatever its shard. */
  readonly resume?: boolean
  /** Where records and run directories are made; the working directory by default. */
  readonly folder?: string
  readonly signal: AbortSignal
  /** Told of every world when it is judged. */
  readonly report?: (batch: BatchResult, done: number, of: number) => void
}

/** What a campaign found. Differences are sums over all worlds, in the smallest units. */
export type Summary = {
  readonly type: 'summary'
  readonly kills: number
  /** Different named points at which a life ended. */
  readonly namedPoints: number
  readonly reorgs: number
  readonly rpcFaults: number
  readonly liquidations: number
  readonly doublePayments: number
  readonly lost: number
  readonly weiDifferenceA: bigint
  readonly weiDifferenceB: bigint
  readonly brokenAgents: number
  readonly brokenAgentsCaught: number
  readonly wallSeconds: number
}

/** Most lives in one world. */
const BATCH = 25

/** Runs what is left of a campaign, one world after the other. Rejects with the signal's reason when interrupted. */
export async function runCampaign(options: CampaignOptions): Promise<Summary> {
  const { shard = { index: 1, of: 1 }, signal, report } = options
  const record = openRecord(options)
  const worlds = worldsOf(planOf(options)).filter((_, i) => i % shard.of === shard.index - 1)
  if (options.resume !== true) for (const { index } of worlds) record.forget(index)
  const results: BatchResult[] = []
  const aim = openAim(options.points ?? POINTS, hitsOf(record.all()), seeded(options.seed, 'aim'))
  const folder = mkdtempSync(join(tmpdir(), 'lienmesh-life-'))
  try {
    const entry = once(() => entryOf(folder, options.source))
    await sideBySide(worlds, async ({ index, lives }) => {
      signal.throwIfAborted()
      const planned = { seed: options.seed * 1_000 + index, lives, aim, signal, ...withoutOf(options) }
      const play = async (run: RunDirectory) =>
        playBatch({ ...planned, run, entry: await entry(), signer: signerOf(index) })
      const result = record.read(index) ?? (await record.play(index, play))
      results.push(result)
      report?.(result, results.length, worlds.length)
    })
    return summaryOf(results)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Built when the first world is played: a campaign that only adds up needs none. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => (made ??= make())
}

/** Every other world signs as the agent ships, with a process and a book of its own; the others as a small machine does. */
const signerOf = (world: number): SignerKind => (world % 2 === 0 ? 'process' : 'inline')

const withoutOf = ({ without }: CampaignOptions) => (without === undefined ? {} : { without })

/** Whether a campaign found an agent that must not be trusted with money. */
export const failed = ({ doublePayments, lost, weiDifferenceA, weiDifferenceB }: Summary): boolean =>
  doublePayments > 0 || lost > 0 || weiDifferenceA > 0n || weiDifferenceB > 0n

type Planned = { readonly index: number; readonly lives: readonly LifePlan[] }

function worldsOf(lives: readonly LifePlan[]): readonly Planned[] {
  const worlds = Math.ceil(lives.length / BATCH)
  const start = (index: number): number => Math.round((index * lives.length) / worlds)
  return Array.from({ length: worlds }, (_, index) => ({ index, lives: lives.slice(start(index), start(index + 1)) }))
}

/** Everything that the worlds found, added up. */
export function summaryOf(results: readonly BatchResult[]): Summary {
  const sum = (of: (result: BatchResult) => number): number => results.reduce((total, one) => total + of(one), 0)
  const units = (of: (result: BatchResult) => bigint): bigint => results.reduce((total, one) => total + of(one), 0n)
  return {
    type: 'summary',
    kills: sum(({ kills }) => kills),
    namedPoints: hitsOf(results).size,
    reorgs: sum(({ reorgs }) => reorgs),
    rpcFaults: sum(({ rpcFaults }) => rpcFaults),
    liquidations: sum(({ liquidations }) => liquidations),
    doublePayments: sum(({ doublePayments }) => doublePayments),
    lost: sum(({ lost }) => lost),
    weiDifferenceA: units(({ weiDifferenceA }) => weiDifferenceA),
    weiDifferenceB: units(({ weiDifferenceB }) => weiDifferenceB),
    brokenAgents: 0,
    brokenAgentsCaught: 0,
    wallSeconds: Math.round(sum(({ wallSeconds }) => wallSeconds)),
  }
}

/** How often lives ended at each point. */
export function hitsOf(results: readonly BatchResult[]): ReadonlyMap<string, number> {
  const hits = new Map<string, number>()
  for (const { hits: some } of results)
    for (const [point, times] of Object.entries(some)) hits.set(point, (hits.get(point) ?? 0) + times)
  return hits
}
