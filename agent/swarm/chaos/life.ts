// One life of the agent under fault: the very agent, told the time and the prices, ended wherever it was told to end.
import type { ChildProcess } from 'node:child_process'
import { subscribe } from 'node:diagnostics_channel'
import { flushCompileCache } from 'node:module'
import { createInterface } from 'node:readline'
import { loadNetwork } from '../../../config/network.ts'
import { type AgentConfigInput, agentConfig } from '../../../config/schema.ts'
import { decode } from '../../adapters/store/codec.ts'
import { EXIT, LienmeshError } from '../../domain/errors.ts'
import type { PriceBatch } from '../../domain/market.ts'
import { millis } from '../../domain/units.ts'
import { runAgent } from '../../runtime/run.ts'
import { lineGossip } from './line-gossip.ts'
import { fastClock, type Pace } from './time.ts'
import { talkative, tripwire, wired } from './tripwire.ts'

/** What a life is told, one line of standard input each: how to live, then prices. The end of the input is its end. */
export type Told =
  | {
      readonly kind: 'live'
      readonly config: AgentConfigInput
      readonly pace: Pace
      readonly points: readonly string[]
    }
  | { readonly kind: 'prices'; readonly batches: readonly PriceBatch[] }
  /** The process that signs ends here and now; the agent does not. */
  | { readonly kind: 'kill-signer' }

/** Wall milliseconds between two looks at anything. */
const LEAST_SLEEP = 80

/** Of one answer: campaigns run on busy machines, and a machine that is slow is no fault of a provider. */
const PATIENCE = millis(2_000)

/** Waits for its orders with everything loaded, so that a life begins at once. */
function awaitOrders(): void {
  let gossip: ReturnType<typeof lineGossip> | undefined
  const signer = newestChild()
  const heard = (line: string): void => {
    const told = decode(line) as Told // written by the campaign
    if (told.kind === 'prices') return gossip?.hear(told.batches)
    if (told.kind === 'kill-signer') return void signer()?.kill('SIGKILL')
    const clock = fastClock(told.pace, LEAST_SLEEP)
    const mouth = lineGossip(clock.now)
    gossip = mouth
    const config = agentConfig.parse(told.config)
    const trip = tripwire(told.points)
    const stop = new AbortController()
    process.once('SIGTERM', () => stop.abort())
    runAgent(config, loadNetwork(config.network), stop.signal, {
      clock,
      timeout: PATIENCE,
      gossip: async () => mouth,
      journal: (journal) => wired(journal, trip),
      emit: talkative(trip),
    }).then((status) => process.exit(status), died)
  }
  createInterface({ input: process.stdin })
    .on('line', heard)
    .on('close', () => process.exit(EXIT.failure))
  // A life that is killed leaves nothing behind by itself: what it compiled is kept now, for the next one.
  flushCompileCache()
  process.stdout.write('warm\n')
}

/** The process that this one started last: an agent starts none but its signer. */
function newestChild(): () => ChildProcess | undefined {
  let newest: ChildProcess | undefined
  subscribe('child_process', (message) => {
    newest = (message as { readonly process: ChildProcess }).process // as Node documents the channel
  })
  return () => newest
}

function died(error: unknown): void {
  const known = error instanceof LienmeshError ? `${error.code} ` : ''
  process.stderr.write(`${known}${error instanceof Error ? error.stack : String(error)}\n`)
  process.exit(error instanceof LienmeshError ? error.exit : EXIT.failure)
}

awaitOrders()
