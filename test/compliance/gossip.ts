// What every Gossip must do, whatever carries it. Run against the fake and against libp2p.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Kind, Offer, OfferAnswer, Status, Verdict, Verified } from '../../agent/domain/message.ts'
import type { Network } from '../../agent/domain/network.ts'
import { bps, instant, millis, wad } from '../../agent/domain/units.ts'
import type { Gossip, TrustBook } from '../../agent/ports/gossip.ts'
import * as a from '../unit/gossip/builders.ts'
import { provenState } from '../unit/gossip/state-builder.ts'

/** One network under test: members join it and hear each other once `join` has resolved. */
export type World = {
  readonly join: (change?: { readonly network?: Network; readonly trust?: TrustBook }) => Promise<Gossip>
  readonly close: () => Promise<void>
}

const accept: Verdict = { kind: 'accept' }

/** The compliance suite of the Gossip port. */
export function gossipCompliance(name: string, open: () => Promise<World>): void {
  describe(name, () => {
    let world: World
    beforeEach(async () => {
      world = await open()
    })
    afterEach(() => world.close())

    test('every kind of message reaches the others, verified, and never its author', async () => {
      const [author, first, second] = [await world.join(), await world.join(), await world.join()]
      const own = collect(author)
      const heard = [collect(first), collect(second)]
      const state = await provenState()
      await author.publish('price', a.priceBatch())
      await author.publish('attestation', a.attestation())
      await author.publish('claim', a.claim())
      await author.publish('header', a.header())
      await author.publish('evidence', a.twoBlocks({ hash: state.hash }))
      await author.publish('status', statusOf(author))
      await author.publish('state', state)
      const everything = ['attestation', 'claim', 'evidence', 'header', 'price', 'state', 'status']
      for (const messages of heard) await until(() => kindsOf(messages).length === everything.length)
      for (const messages of heard) expect(kindsOf(messages)).toEqual(everything)
      expect(heard[0]?.find(({ kind }) => kind === 'price')).toMatchObject({
        payload: a.priceBatch(),
        receivedAt: a.NOW,
      })
      expect(heard[1]?.find(({ kind }) => kind === 'state')).toMatchObject({
        account: { version: 41n, mode: 'unified' },
      })
      expect(own).toEqual([])
      expect(author.stats().published).toEqual({
        price: 1,
        header: 1,
        attestation: 1,
        state: 1,
        claim: 1,
        evidence: 1,
        status: 1,
      })
    })

    test('a reader is handed what it accepts and nothing else', async () => {
      const [author, reader] = [await world.join(), await world.join()]
      const taken = collect(reader, ({ kind }) => (kind === 'price' ? accept : { kind: 'ignore', reason: 'not mine' }))
      await author.publish('claim', a.claim())
      await author.publish('price', a.priceBatch())
      await until(() => taken.length === 1)
      await until(() => reader.stats().rejected['claim:judged'] === 1)
      expect(kindsOf(taken)).toEqual(['price'])
    })

    test('a forged price reaches nobody and is counted with its reason', async () => {
      const [forger, reader] = [await world.join(), await world.join()]
      const taken = collect(reader)
      await forger.publish('price', a.priceBatch({}, a.mallory))
      await until(() => reader.stats().rejected['price:bad-signature'] === 1)
      await forger.publish('claim', a.claim())
      await until(() => taken.length === 1)
      expect(kindsOf(taken)).toEqual(['claim'])
      expect(reader.stats().received).toMatchObject({ price: 0, claim: 1 })
    })

    test('a price older than the newest one is ignored', async () => {
      const [author, reader] = [await world.join(), await world.join()]
      const taken = collect(reader)
      await author.publish('price', a.priceBatch())
      await until(() => taken.length === 1)
      await author.publish('price', a.priceBatch({ sequence: instant(a.NOW - 5) }))
      await until(() => reader.stats().rejected['price:stale'] === 1)
      expect(reader.stats().priceLatency).toEqual([{ at: a.NOW, millis: 0 }])
    })

    test('members of another network hear nothing', async () => {
      const [author, member] = [await world.join(), await world.join()]
      const stranger = await world.join({ network: a.network({ name: 'elsewhere' }) })
      const [overheard, heard] = [collect(stranger), collect(member)]
      await author.publish('price', a.priceBatch())
      await until(() => heard.length === 1)
      expect([overheard, stranger.stats().rejected]).toEqual([[], {}])
    })

    test('a provider found by its signed status answers with a firm offer', async () => {
      const [provider, bidder] = [await world.join(), await world.join()]
      provider.serve(async (request) => ({ kind: 'offer', offer: offerFor(request.bidder, request.account) }))
      await introduce(provider, bidder)
      const request = a.offerRequest()
      const answer: OfferAnswer = { kind: 'offer', offer: offerFor(request.bidder, request.account) }
      expect(await bidder.ask(a.carol.address, request, millis(5_000))).toEqual(answer)
      expect(await bidder.ask(a.contract('carol executor'), request, millis(5_000))).toEqual(answer)
    })

    test('a provider may decline, and a peer may not serve at all', async () => {
      const [provider, bidder] = [await world.join(), await world.join()]
      await introduce(provider, bidder)
      expect(await bidder.ask(a.carol.address, a.offerRequest(), millis(5_000))).toEqual(declined('not-served'))
      provider.serve(async () => declined('reserves exhausted'))
      expect(await bidder.ask(a.carol.address, a.offerRequest(), millis(5_000))).toEqual(declined('reserves exhausted'))
    })

    test('a provider nobody heard of and one that hangs are answers too', async () => {
      const [provider, bidder] = [await world.join(), await world.join()]
      expect(await bidder.ask(a.carol.address, a.offerRequest(), millis(5_000))).toEqual(declined('provider-unknown'))
      provider.serve(() => new Promise(() => {}))
      await introduce(provider, bidder)
      expect(await bidder.ask(a.carol.address, a.offerRequest(), millis(200))).toEqual(declined('timeout'))
    })

    test('an aborted reader ends while others go on', async () => {
      const [author, reader] = [await world.join(), await world.join()]
      const stop = new AbortController()
      const leaving = last(reader.messages(() => accept, stop.signal))
      const staying = collect(reader)
      stop.abort()
      expect(await leaving).toBeUndefined()
      await author.publish('claim', a.claim())
      await until(() => staying.length === 1)
    })

    test('stopping ends every reader and may be done twice', async () => {
      const [member, other] = [await world.join(), await world.join()]
      const ended = last(member.messages(() => accept, new AbortController().signal))
      await until(() => other.peers().some(({ id }) => id === member.peerId))
      await member.stop()
      await member.stop()
      expect(await ended).toBeUndefined()
      await until(() => other.peers().every(({ id }) => id !== member.peerId))
    })
  })
}

/** Waits for a condition; a loaded machine may take its time. */
const until = (condition: () => boolean): Promise<unknown> => vi.waitUntil(condition, { timeout: 20_000 })

const declined = (reason: string): OfferAnswer => ({ kind: 'declined', reason })

const kindsOf = (messages: readonly Verified[]): readonly Kind[] => messages.map(({ kind }) => kind).sort()

const statusOf = (of: Gossip): Status => a.status({ addresses: of.addresses })

/** What a reader was handed so far. */
function collect(from: Gossip, judge: (message: Verified) => Verdict = () => accept): readonly Verified[] {
  const messages: Verified[] = []
  void last(from.messages(judge, new AbortController().signal), messages)
  return messages
}

async function last(source: AsyncIterable<Verified>, into: Verified[] = []): Promise<Verified | undefined> {
  for await (const message of source) into.push(message)
  return into.at(-1)
}

async function introduce(provider: Gossip, bidder: Gossip): Promise<void> {
  await provider.publish('status', statusOf(provider))
  await until(() => bidder.stats().received.status === 1)
}

function offerFor(bidder: Offer['bidder'], account: Offer['account']): Offer {
  return {
    provider: a.contract('carol executor'),
    beneficiary: a.contract('carol vault executor'),
    bidder,
    account,
    rate: bps(9_650),
    maxCash: wad(10n ** 21n),
    validUntil: 1_800_000_010n,
    nonce: 3n,
    signature: a.attestation().signature,
  }
}
