// One provider of a chain: its wire, its health, its budget and what it was last seen to know.
import { setTimeout as pause } from 'node:timers/promises'
import { type Millis, millis } from '../../../domain/units.ts'
import { type Rate, tokenBucket } from './budget.ts'
import { available, following, type Health, type Sign, WELL } from './health.ts'
import { typed } from './shapes.ts'
import { type Call, Malformed } from './typing.ts'
import { type Reply, type Wire, WireFailure, wireTo } from './wire.ts'

/** What became of one call: a typed answer, the node's refusal, or nothing to rely on. */
export type Outcome =
  | { readonly kind: 'answer'; readonly value: unknown }
  | { readonly kind: 'refused'; readonly code: number; readonly message: string; readonly data: unknown }
  | { readonly kind: 'failed'; readonly why: string }

/** How a request goes out: money before watching, and no longer than `limit`. */
export type Manner = { readonly urgent: boolean; readonly limit: Millis }

/** One endpoint, asked through its budget. It never throws: what fails is an outcome. */
export type Provider = {
  /** Where it is, without credentials. */
  readonly place: string
  ask(calls: readonly Call[], manner: Manner): Promise<readonly Outcome[]>
  /** Something that others noticed about it. */
  note(sign: Sign, why: string): void
  readonly health: () => Health
  /** Whether it may be asked now. Money is asked for even where the rate was exceeded: watching makes room for it. */
  readonly available: (urgent: boolean) => boolean
  /** The time (ms) within which 95 of 100 answers came; undefined before the first. */
  readonly p95: () => number | undefined
  /** The typical time of an answer (ms), for choosing the fastest. */
  readonly typical: () => number
  close(): void
}

export type ProviderOptions = {
  readonly url: URL
  readonly rate?: Rate
  /** Told when the condition changes. */
  readonly changed: (provider: Provider, before: Health, why: string) => void
}

/** A provider that has not been asked anything yet. */
export function openProvider({ url, rate, changed }: ProviderOptions): Provider {
  const wire = wireTo(url)
  const budget = rate && tokenBucket(rate)
  const times = latencies()
  let health = WELL
  const note = (sign: Sign, why: string) => {
    const before = health
    health = following(health, sign, performance.now())
    if (health.condition !== before.condition) changed(provider, before, why)
  }
  const provider: Provider = {
    place: url.origin,
    ask: async (calls, manner) => {
      const turn = budget?.take(manner.urgent)
      if (turn !== undefined) await turn
      const began = performance.now()
      const outcomes = await persist(wire, calls, manner)
      const took = performance.now() - began
      if (outcomes.sign === 'limited') budget?.drain()
      if (outcomes.sign === 'answered') times.add(took)
      note(outcomes.sign, outcomes.why)
      return outcomes.each
    },
    note,
    health: () => health,
    available: (urgent) => (urgent && health.condition === 'limited') || available(health, performance.now()),
    p95: times.p95,
    typical: times.typical,
    close: wire.close,
  }
  return provider
}

/** Pause (ms) before money asks again where the rate was exceeded. */
const INSIST = 15

/** Where the rate was exceeded watching goes without, and money asks again until its time is over. */
async function persist(wire: Wire, calls: readonly Call[], { urgent, limit }: Manner): Promise<Exchanged> {
  const end = performance.now() + limit
  for (;;) {
    const left = millis(Math.max(1, Math.round(end - performance.now())))
    const found = await exchange(wire, calls, left)
    if (found.sign !== 'limited' || !urgent || performance.now() + INSIST >= end) return found
    await pause(INSIST)
  }
}

type Exchanged = { readonly sign: Sign; readonly why: string; readonly each: readonly Outcome[] }

async function exchange(wire: Wire, calls: readonly Call[], limit: Millis): Promise<Exchanged> {
  try {
    const replies = await wire.post(calls, limit)
    const each = replies.map((reply, i) => outcomeOf(calls[i], reply))
    const worst = each.find(({ kind }) => kind === 'failed')
    if (worst?.kind === 'failed') return { sign: 'silent', why: worst.why, each }
    return { sign: each.some(overloaded) ? 'limited' : 'answered', why: 'answers', each }
  } catch (error) {
    if (!(error instanceof WireFailure)) throw error
    const failed = { kind: 'failed', why: error.message } as const
    return { sign: error.kind === 'limited' ? 'limited' : 'silent', why: error.message, each: calls.map(() => failed) }
  }
}

function outcomeOf(call: Call | undefined, reply: Reply): Outcome {
  if (reply.kind === 'refused') return reply
  if (reply.kind === 'read') return { kind: 'answer', value: reply.value }
  if (call === undefined) return { kind: 'failed', why: 'an answer to nothing' }
  try {
    return { kind: 'answer', value: typed(call, reply.value) }
  } catch (error) {
    if (error instanceof Malformed) return { kind: 'failed', why: `${call.method}: ${error.message}` }
    throw error
  }
}

/** EIP-1474 -32005, and what providers say instead. */
const overloaded = (outcome: Outcome): boolean =>
  outcome.kind === 'refused' && (outcome.code === -32_005 || outcome.code === 429)

/** The last answers' times, for the typical one and the slow end. */
function latencies(memory = 64) {
  const ring: number[] = []
  let next = 0
  let mean = 0
  return {
    add: (took: number) => {
      mean = ring.length === 0 ? took : mean + (took - mean) / 8
      ring[next] = took
      next = (next + 1) % memory
    },
    typical: () => mean,
    p95: () => (ring.length === 0 ? undefined : ring.toSorted((a, b) => a - b)[Math.floor(ring.length * 0.95)]),
  }
}
