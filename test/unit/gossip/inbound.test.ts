import { expect, test } from 'vitest'
import { SHAPES, toBytes } from '../../../agent/adapters/gossip/codec.ts'
import { type Counters, createCounters } from '../../../agent/adapters/gossip/counters.ts'
import { createInbound, type Inbound } from '../../../agent/adapters/gossip/inbound.ts'
import { TOPICS } from '../../../agent/adapters/gossip/topics.ts'
import { createWitness } from '../../../agent/adapters/gossip/witness.ts'
import type { PriceBatch } from '../../../agent/domain/market.ts'
import type { Evidence, Status, Verdict, Verified } from '../../../agent/domain/message.ts'
import { instant } from '../../../agent/domain/units.ts'
import type { TrustBook } from '../../../agent/ports/gossip.ts'
import * as a from './builders.ts'
import { provenState } from './state-builder.ts'

const accept: Verdict = { kind: 'accept' }

test('a verified message reaches every reader that accepts it', async () => {
  const { inbound, read } = receiver()
  const eager = read(() => accept)
  const picky = read(() => ({ kind: 'ignore', reason: 'known' }))
  expect(await inbound.receive('price', priceBytes(0), 'peer')).toEqual(accept)
  expect(await eager.take(1)).toMatchObject([
    { kind: 'price', peer: 'peer', receivedAt: a.NOW, payload: a.priceBatch() },
  ])
  expect(await picky.drain()).toEqual([])
})

test('one rejection of the judges condemns the relay', async () => {
  const { inbound, counters, read } = receiver()
  read(() => accept)
  read(() => ({ kind: 'reject', reason: 'contradicts a final block' }))
  expect(await inbound.receive('price', priceBytes(0), 'peer')).toEqual({
    kind: 'reject',
    reason: 'contradicts a final block',
  })
  expect(counters.read().rejected).toEqual({ 'price:judged': 1 })
})

test('without readers a verified message is passed on', async () => {
  expect(await receiver().inbound.receive('price', priceBytes(0), 'peer')).toEqual(accept)
})

test('a relay that sends more than its share is ignored, others are not', async () => {
  const { inbound, counters } = receiver()
  const { burst } = TOPICS.evidence
  for (let n = 0; n < burst + 3; n++) await inbound.receive('evidence', new Uint8Array([n]), 'noisy')
  expect(counters.read().rejected).toEqual({ 'evidence:malformed': burst, 'evidence:rate-limited': 3 })
  expect(await inbound.receive('evidence', new Uint8Array(), 'quiet')).toEqual({ kind: 'reject', reason: 'malformed' })
})

test('a reader that does not read keeps the newest messages', async () => {
  const { inbound, counters, read } = receiver()
  const slow = read(() => accept)
  const { queue } = TOPICS.claim
  for (let n = 0; n < queue + 2; n++) await inbound.receive('claim', claimBytes(n), `peer ${n}`)
  const kept = await slow.take(queue)
  expect(kept.map(({ peer }) => peer)).toEqual(Array.from({ length: queue }, (_, n) => `peer ${n + 2}`))
  expect(counters.read().rejected).toEqual({ 'claim:queue-full': 2 })
})

test('a loud publisher is believed fifty times a second, and costs the others nothing', async () => {
  const { inbound, counters } = receiver({ publisher: () => true })
  for (let n = 0; n < 300; n++) await inbound.receive('price', priceBytes(n + 1), `relay ${n % 3}`)
  expect([counters.read().received.price, counters.read().rejected]).toEqual([100, { 'price:rate-limited': 200 }])
  const other = a.priceBatch({ publisher: a.carol.address }, a.carol)
  expect(await inbound.receive('price', toBytes(SHAPES.price, other), 'relay 0')).toEqual(accept)
})

test('forgeries in a name use up nothing of it', async () => {
  const { inbound, counters } = receiver()
  for (let n = 0; n < 300; n++) {
    const forged = a.priceBatch({ sequence: instant(a.NOW + n + 1) }, a.mallory)
    await inbound.receive('price', toBytes(SHAPES.price, forged), `relay ${n % 3}`)
  }
  expect(await inbound.receive('price', priceBytes(1), 'relay 9')).toEqual(accept)
  expect(counters.read().rejected).toEqual({ 'price:bad-signature': 300 })
})

test('a state waits for its block to be known', async () => {
  let known = false
  const { inbound, read } = receiver({ trusted: () => (known ? 'attested' : 'unknown') })
  const reader = read(() => accept)
  const received = inbound.receive('state', toBytes(SHAPES.state, await provenState()), 'peer')
  known = true
  expect(await received).toEqual(accept)
  expect(await reader.take(1)).toMatchObject([{ kind: 'state', account: { version: 41n } }])
})

test('a state still waiting when the node leaves is dropped', async () => {
  const { inbound } = receiver({ trusted: () => 'unknown' })
  const received = inbound.receive('state', toBytes(SHAPES.state, await provenState()), 'peer')
  inbound.close()
  expect(await received).toEqual({ kind: 'ignore', reason: 'unknown-root' })
})

test('latency of a price runs from its sequence to its verification', async () => {
  const { inbound, counters } = receiver()
  await inbound.receive('price', priceBytes(-12), 'peer')
  expect(counters.read().priceLatency).toEqual([{ at: a.NOW, millis: 12 }])
})

test('a verified status is told whatever the judges say', async () => {
  const { inbound, met, read } = receiver()
  read(() => ({ kind: 'ignore', reason: 'not interested' }))
  await inbound.receive('status', toBytes(SHAPES.status, a.status()), 'peer')
  expect(met).toEqual([a.status()])
})

test('a twin is told as evidence to readers and to the node, and its relay is not blamed', async () => {
  const { inbound, counters, caught, read } = receiver()
  const reader = read(() => accept)
  const { first, second } = a.twoPrices()
  await inbound.receive('price', toBytes(SHAPES.price, first as PriceBatch), 'one')
  const verdict = await inbound.receive('price', toBytes(SHAPES.price, second as PriceBatch), 'other')
  expect(verdict).toEqual({ kind: 'ignore', reason: 'equivocation' })
  expect(caught).toEqual([a.twoPrices()])
  expect((await reader.take(2)).map(({ kind }) => kind)).toEqual(['price', 'evidence'])
  expect(counters.read().rejected).toEqual({ 'price:equivocation': 1 })
})

test('an aborted reader ends', async () => {
  const { inbound } = receiver()
  const gone = AbortSignal.abort()
  const messages: Verified[] = []
  for await (const message of inbound.messages(() => accept, gone)) messages.push(message)
  expect(messages).toEqual([])
})

type Reader = {
  readonly take: (count: number) => Promise<readonly Verified[]>
  readonly drain: () => Promise<readonly Verified[]>
}
type Receiver = {
  readonly inbound: Inbound
  readonly counters: Counters
  readonly met: readonly Status[]
  readonly caught: readonly Evidence[]
  readonly read: (judge: (message: Verified) => Verdict) => Reader
}

function receiver(change: Partial<TrustBook> = {}): Receiver {
  const counters = createCounters()
  const met: Status[] = []
  const caught: Evidence[] = []
  const witness = createWitness({ network: a.network(), trust: a.trust(change), now: () => a.NOW })
  const told = {
    met: (status: Status) => void met.push(status),
    kept: () => {},
    caught: (found: Evidence) => void caught.push(found),
  }
  const inbound = createInbound(witness, counters, told)
  return { inbound, counters, met, caught, read: (judge) => readerOf(inbound, judge) }
}

function readerOf(inbound: Inbound, judge: (message: Verified) => Verdict): Reader {
  const stop = new AbortController()
  const source = inbound.messages(judge, stop.signal)
  const upTo = async (count: number): Promise<readonly Verified[]> => {
    const messages: Verified[] = []
    if (count > 0)
      for await (const message of source) {
        messages.push(message)
        if (messages.length === count) break
      }
    return messages
  }
  return {
    take: upTo,
    drain: () => {
      stop.abort()
      return upTo(Number.POSITIVE_INFINITY)
    },
  }
}

const priceBytes = (offset: number): Uint8Array =>
  toBytes(SHAPES.price, a.priceBatch({ sequence: instant(a.NOW + offset) }))

const claimBytes = (n: number): Uint8Array => toBytes(SHAPES.claim, a.claim({ cumulative: BigInt(n + 1) }))
