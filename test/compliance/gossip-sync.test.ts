// A newcomer learns from peers alone, believes nothing it cannot verify, and goes on elsewhere when a peer fails it.
import { afterEach, expect, test, vi } from 'vitest'
import { SHAPES, toBytes } from '../../agent/adapters/gossip/codec.ts'
import { serveExchange } from '../../agent/adapters/gossip/exchange.ts'
import type { GossipEvent } from '../../agent/adapters/gossip/links.ts'
import { createShelf } from '../../agent/adapters/gossip/shelf.ts'
import { answerSync, syncExchange } from '../../agent/adapters/gossip/sync.ts'
import { protocolPrefix } from '../../agent/adapters/gossip/topics.ts'
import type { ProvenState, Verdict, Verified } from '../../agent/domain/message.ts'
import { instant } from '../../agent/domain/units.ts'
import type { Gossip } from '../../agent/ports/gossip.ts'
import { attack, join, ROOMY, stopAll } from '../support/gossip-nodes.ts'
import * as a from '../unit/gossip/builders.ts'
import { account, provenStates } from '../unit/gossip/state-builder.ts'

const traders = Array.from({ length: 30 }, (_, n) => account({ id: a.contract(`trader ${n}`), version: BigInt(n + 1) }))
const book = await provenStates(traders)
const block = { chain: a.ENGINE, number: 12n, hash: book[0]?.hash ?? '0x' } as const
/** A newcomer without a node: it believes a block that a threshold attested, and no other. */
const unsure = a.trust({ trusted: () => 'unknown' })
const exchange = syncExchange(protocolPrefix(a.network()))

afterEach(stopAll)

test('a newcomer has every account and price from one peer, each verified', async () => {
  const veteran = await join()
  await fill(veteran, book)
  await veteran.publish('attestation', a.attestation(block))
  const { heard, caughtUp } = await newcomer([veteran])
  expect(caughtUp).toMatchObject({ peers: 1, refused: 0, learned: { state: 30, price: 1, attestation: 1 } })
  expect(accountsIn(heard)).toEqual(traders.map(({ id }) => id).sort())
})

test('states of a block that no threshold attested are not believed', async () => {
  const veteran = await join()
  await fill(veteran, book)
  const { heard, caughtUp } = await newcomer([veteran])
  expect(caughtUp.learned).toMatchObject({ price: 1 })
  expect(caughtUp.learned.state).toBeUndefined()
  expect(accountsIn(heard)).toEqual([])
})

test('a peer that hands out one forged state is not asked for more, and another one completes the book', async () => {
  const honest = await join()
  const liar = await attack(honest)
  const forged = createShelf()
  for (const [n, state] of book.entries()) {
    const said = n === 3 ? { ...state, proofs: book[4]?.proofs ?? [] } : state
    forged.keep({ kind: 'state', payload: state }, toBytes(SHAPES.state, said))
  }
  await serveExchange(
    liar.host,
    exchange,
    answerSync(forged, () => a.NOW),
  )
  await fill(honest, book)
  await honest.publish('attestation', a.attestation(block))
  const { heard } = await newcomer([{ addresses: liar.host.getMultiaddrs().map(String) }, honest])
  await vi.waitUntil(() => accountsIn(heard).length === traders.length, ROOMY)
  expect(accountsIn(heard)).toEqual(traders.map(({ id }) => id).sort())
})

test('a peer that stops in the middle, sends no frames or goes in circles costs the newcomer nothing but time', async () => {
  const honest = await join()
  const rogues: { readonly addresses: readonly string[] }[] = []
  for (const bad of [
    Buffer.of(0, 1, 2),
    Buffer.of(9),
    Buffer.concat([Buffer.of(1), Buffer.from('a key'.repeat(64))]),
  ]) {
    const rogue = await attack(honest)
    await serveExchange(rogue.host, exchange, async function* () {
      yield bad
    })
    rogues.push({ addresses: rogue.host.getMultiaddrs().map(String) })
  }
  await honest.publish('attestation', a.attestation(block))
  await fill(honest, book)
  const { heard } = await newcomer([...rogues.slice(0, 2), honest])
  await vi.waitUntil(() => accountsIn(heard).length === traders.length, ROOMY)
  expect(accountsIn(heard)).toEqual(traders.map(({ id }) => id).sort())
})

test('a reader that has not read its own chain yet is asked again', async () => {
  const veteran = await join()
  await fill(veteran, book.slice(0, 3))
  await veteran.publish('attestation', a.attestation(block))
  let asked = 0
  const judge = ({ kind }: Verified): Verdict =>
    kind === 'state' && asked++ < 2 ? { kind: 'ignore', reason: 'unknown-engine' } : { kind: 'accept' }
  const { heard } = await newcomer([veteran], judge)
  expect(accountsIn(heard)).toHaveLength(3)
})

async function fill(veteran: Gossip, states: readonly ProvenState[]): Promise<void> {
  await veteran.publish('price', a.priceBatch())
  await veteran.publish('status', a.status({ addresses: veteran.addresses, sequence: instant(a.NOW - 1) }))
  for (const state of states) await veteran.publish('state', state)
}

type CaughtUp = Extract<GossipEvent, { readonly kind: 'caught-up' }>

async function newcomer(
  peers: readonly Pick<Gossip, 'addresses'>[],
  judge: (message: Verified) => Verdict = () => ({ kind: 'accept' }),
): Promise<{ readonly heard: readonly Verified[]; readonly caughtUp: CaughtUp }> {
  const events: GossipEvent[] = []
  const bootstrap = peers.flatMap(({ addresses }) => addresses)
  const node = await join({ trust: unsure, bootstrap, report: (event) => events.push(event) })
  const heard: Verified[] = []
  void (async () => {
    for await (const message of node.messages(judge, new AbortController().signal)) heard.push(message)
  })()
  const done = (): CaughtUp | undefined => events.find((event): event is CaughtUp => event.kind === 'caught-up')
  await vi.waitUntil(() => done() !== undefined, ROOMY)
  return { heard, caughtUp: done() as CaughtUp }
}

const accountsIn = (heard: readonly Verified[]): readonly string[] =>
  heard.flatMap((message) => (message.kind === 'state' ? (message.account?.id ?? []) : [])).sort()
