// From a stranger's bytes to a verified message in a reader's hands. Knows nothing of the transport.
import { setTimeout as wait } from 'node:timers/promises'
import { culprit, type Evidence, type Kind, type Status, type Verdict, type Verified } from '../../domain/message.ts'
import type { TrustBook } from '../../ports/gossip.ts'
import { type Buckets, createBuckets, times } from './bucket.ts'
import type { Counters } from './counters.ts'
import { createReaders, type Readers } from './readers.ts'
import { TOPICS } from './topics.ts'
import { type Finding, type Reason, type Statement, verify } from './verify.ts'
import type { Witness } from './witness.ts'

export type Inbound = Pick<Readers, 'read' | 'messages'> & {
  /** Verifies and hands out one message. The verdict is what the transport does with it. Rejects only when a judge throws. */
  readonly receive: (kind: Kind, bytes: Uint8Array, peer: string) => Promise<Verdict>
  /** The same for what we asked for ourselves: no budget is spent, no refusal counted, and `trust` says which blocks are believed. */
  readonly admit: (kind: Kind, bytes: Uint8Array, from: Source) => Promise<Verdict>
  readonly close: () => void
}

/** A peer that answers our question, whom we believe meanwhile, and who hears what verified. */
export type Source = {
  readonly peer: string
  readonly trust: TrustBook
  readonly valid: (statement: Statement) => void
}

/** Who is told what, whatever the readers make of it. */
export type Told = {
  /** A verified status. */
  readonly met: (status: Status) => void
  /** Whatever verified and no reader rejected. */
  readonly kept: (statement: Statement, bytes: Uint8Array) => void
  /** An author contradicted itself before our eyes. */
  readonly caught: (evidence: Evidence) => void
}

/** The receiving half of a node. */
export function createInbound(
  witness: Witness,
  counters: Counters,
  told: Told,
  readers: Readers = createReaders((kind) => counters.dropped(kind, 'queue-full')),
): Inbound {
  const buckets = createBuckets()
  const busy = new Map<string, number>()
  const patience = createPatience()

  const examine = async (kind: Kind, bytes: Uint8Array, peer: string): Promise<Finding> => {
    const unaffordable = overspent({ kind, bytes, peer }, buckets, witness)
    if (unaffordable !== undefined) return { kind: 'ignore', reason: unaffordable }
    const most = MAX_PENDING * witness.allowance
    return patience.ask(peer, () => atMost(most, busy, peer, async () => verify(kind, bytes, witness)))
  }

  const hand = (statement: Statement, peer: string): Verdict | Promise<Verdict> => {
    const message: Verified = { ...statement, peer, receivedAt: witness.now() }
    if (message.kind === 'status') told.met(message.payload)
    if (message.kind === 'price') counters.latency(message.receivedAt, message.receivedAt - message.payload.sequence)
    return readers.hear(message)
  }

  const conclude = async (kind: Kind, bytes: Uint8Array, finding: Finding, peer: string): Promise<Verdict> => {
    if (finding.kind === 'twin') {
      witness.outcasts.cast(culprit(finding.evidence))
      await hand({ kind: 'evidence', payload: finding.evidence }, peer)
      told.caught(finding.evidence)
    }
    const verdict = finding.kind === 'valid' ? await hand(finding.statement, peer) : dropped(finding)
    if (finding.kind === 'valid' && verdict.kind !== 'reject') told.kept(finding.statement, bytes)
    if (verdict.kind === 'accept') counters.accepted(kind)
    return verdict
  }

  return {
    async receive(kind, bytes, peer) {
      const finding = await examine(kind, bytes, peer)
      const verdict = await conclude(kind, bytes, finding, peer)
      if (verdict.kind !== 'accept') counters.dropped(kind, finding.kind === 'valid' ? 'judged' : reasonOf(finding))
      return verdict
    },
    async admit(kind, bytes, { peer, trust, valid }) {
      const finding = await verify(kind, bytes, { ...witness, trust })
      if (finding.kind === 'valid') valid(finding.statement)
      return conclude(kind, bytes, finding, peer)
    },
    read: readers.read,
    messages: readers.messages,
    close() {
      patience.close()
      readers.close()
    },
  }
}

type Arrived = { readonly kind: Kind; readonly bytes: Uint8Array; readonly peer: string }

/** Which budget of the relaying peer a message exceeds. */
function overspent({ kind, bytes, peer }: Arrived, buckets: Buckets, { now, allowance }: Witness): Reason | undefined {
  if (!buckets.spend(`bytes:${peer}`, now(), times(BYTES, allowance), bytes.length)) return 'byte-budget'
  return buckets.spend(`${kind}:${peer}`, now(), times(TOPICS[kind], allowance)) ? undefined : 'rate-limited'
}

/** Bytes of one peer that are examined per second, and at once. */
const BYTES = { rate: 2_000_000, burst: 16_000_000 }

/** Messages of one peer under examination at once. */
const MAX_PENDING = 64

/** Runs a check unless the peer already has `limit` of them running. */
async function atMost(
  limit: number,
  busy: Map<string, number>,
  peer: string,
  check: () => Promise<Finding>,
): Promise<Finding> {
  const running = busy.get(peer) ?? 0
  if (running >= limit) return { kind: 'ignore', reason: 'overloaded' }
  busy.set(peer, running + 1)
  try {
    return await check()
  } finally {
    release(busy, peer)
  }
}

function release(counts: Map<string, number>, peer: string): void {
  const left = (counts.get(peer) ?? 1) - 1
  if (left === 0) counts.delete(peer)
  else counts.set(peer, left)
}

type Refused = Exclude<Finding, { readonly kind: 'valid' }>

const reasonOf = (finding: Refused): Reason => (finding.kind === 'twin' ? 'equivocation' : finding.reason)

/** A twin is not passed on, and who relayed it is not blamed: the evidence travels instead. */
const dropped = (finding: Refused): Verdict => ({
  kind: finding.kind === 'reject' ? 'reject' : 'ignore',
  reason: reasonOf(finding),
})

type Patience = {
  readonly ask: (peer: string, check: () => Promise<Finding>) => Promise<Finding>
  readonly close: () => void
}

/** Asks again while the answer is `later`: a header often arrives a moment after the state that it proves. */
function createPatience(): Patience {
  const closed = new AbortController()
  const parked = new Map<string, number>()
  return {
    async ask(peer, check) {
      let finding = await check()
      if (finding.kind !== 'later' || (parked.get(peer) ?? 0) >= PATIENCE_LIMIT) return finding
      parked.set(peer, (parked.get(peer) ?? 0) + 1)
      for (let tries = 0; finding.kind === 'later' && tries < PATIENCE_TRIES; tries++) {
        if (!(await pause(PATIENCE_STEP, closed.signal))) break
        finding = await check()
      }
      release(parked, peer)
      return finding
    },
    close: () => closed.abort(),
  }
}

/** Milliseconds between questions, how many, and how many messages of one peer may wait. */
const PATIENCE_STEP = 200
const PATIENCE_TRIES = 20
const PATIENCE_LIMIT = 32

const pause = (length: number, signal: AbortSignal): Promise<boolean> =>
  wait(length, true, { signal }).catch(() => false)
