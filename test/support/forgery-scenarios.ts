// Messages that are forged, copied, spoilt or out of time, on a network of real receiving halves, each with its pass mark.
// Seeded, in virtual time.
import { SHAPES, toBytes } from '../../agent/adapters/gossip/codec.ts'
import type { PriceBatch } from '../../agent/domain/market.ts'
import { instant } from '../../agent/domain/units.ts'
import * as a from '../unit/gossip/builders.ts'
import { addNode, at, delivery, link, mesh, openWorld, run, say, sendBytes } from './gossip-world.ts'
import { damage } from './mutations.ts'
import { samples } from './samples.ts'
import { batchAt, named, publish, round, type Said, type Scenario } from './scenario-words.ts'

/** One message in many forms: high s, other bytes for one value, more bytes behind it. One of them is delivered. */
export const malleability: Scenario = async (seed) => {
  const world = openWorld(seed)
  const reader = addNode(world, 'reader')
  for (const name of named('relay', 8)) {
    addNode(world, name)
    link(world, 'reader', name)
  }
  const batch = batchAt(world.now)
  const bytes = toBytes(SHAPES.price, batch)
  const unknownV: PriceBatch = { ...batch, signature: `0x${batch.signature.slice(2, -2)}1d` }
  const twins = [
    bytes,
    toBytes(SHAPES.price, { ...batch, signature: a.highS(batch.signature) }),
    Buffer.concat([bytes, Buffer.of(0)]),
    Buffer.concat([Buffer.of(0x98, 0x06), bytes.subarray(1)]),
    toBytes(SHAPES.price, unknownV),
  ]
  for (const [n, one] of twins.entries()) sendBytes(world, `relay${n}`, 'price', one)
  await run(world, 1_000)
  const { rejected } = reader.stats()
  const refused = Object.values(rejected).reduce((sum, n) => sum + n, 0)
  return {
    scenario: 'S10 malleability',
    seed,
    delivered: reader.heard.length,
    refused,
    reasons: rejected,
    passed: reader.heard.length === 1 && refused === twins.length - 1,
  }
}

/** A publisher three seconds ahead, and a relay three seconds slow: one is ignored, the other is not blamed. */
export const skew: Scenario = async (seed) => {
  const world = openWorld(seed)
  const nodes = named('node', 5).map((name) => addNode(world, name))
  mesh(world, 4)
  const early = say(world, 'node0', 'price', batchAt(world.now + 3_000))
  await run(world, 500)
  const late = batchAt(world.now - 3_000)
  const slow = say(world, 'node1', 'price', late)
  await run(world, 500)
  const heard = (id: string): number => nodes.filter((node) => node.heard.some((one) => one.id === id)).length
  const blamed = nodes.flatMap(({ scores }) => [...scores.values()]).filter((score) => score < 0).length
  return {
    scenario: 'S18 clock skew',
    seed,
    ahead: heard(early),
    behind: heard(slow),
    relaysBlamed: blamed,
    passed: heard(early) === 0 && heard(slow) === 4 && blamed === 0,
  }
}

/** Bad signatures by the thousand from five peers: what is examined is bounded, and who sends them is gone within two seconds. */
export const spam: Scenario = async (seed, scale) => {
  const world = openWorld(seed)
  const victim = addNode(world, 'victim')
  const friend = addNode(world, 'friend')
  link(world, 'victim', 'friend')
  const forged = Array.from({ length: 64 }, (_, n) =>
    toBytes(SHAPES.price, a.priceBatch({ sequence: instant(a.NOW + n) }, a.mallory)),
  )
  const spammers = named('spammer', 5)
  for (const name of spammers) {
    addNode(world, name)
    link(world, 'victim', name)
  }
  const perSecond = Math.ceil(2_000 * scale)
  for (const name of spammers)
    for (let n = 0; n < 3 * perSecond; n++)
      at(world, (n * 1_000) / perSecond, () => {
        victim.seen.clear()
        sendBytes(world, name, 'price', forged[n % forged.length] ?? Buffer.of())
      })
  const said = publish(world, 'friend', 4, 4)
  let left = spammers.length
  at(world, 2_000, () => {
    left = spammers.filter((name) => victim.links.has(name)).length
  })
  await run(world, 5_000)
  const { rejected } = victim.stats()
  const { share } = delivery([victim, friend], said)
  const checked = rejected['price:bad-signature'] ?? 0
  return {
    scenario: 'S6 bad signatures',
    seed,
    perSecond,
    checkedInAll: checked,
    spammersLeft: left,
    delivered: round(share),
    passed: left === 0 && checked <= 128 * spammers.length && share >= 0.99,
  }
}

/** Proofs that are damaged, of another account or of another block: none is believed, and only malice is blamed. */
export const fakeProofs: Scenario = async (seed, scale) => {
  const world = openWorld(seed)
  const known = samples.state.hash
  const trusted = (_chain: number, _number: bigint, block: string) =>
    block === known ? ('own' as const) : ('unknown' as const)
  const victim = addNode(world, 'victim', { trusted })
  const { of } = damage(seed)
  const count = Math.ceil(500 * scale)
  for (let n = 0; n < count; n++) {
    const name = `prover${n}`
    addNode(world, name)
    link(world, 'victim', name)
    const state =
      n % 2 === 0
        ? of(toBytes(SHAPES.state, samples.state))
        : toBytes(SHAPES.state, { ...samples.state, account: a.contract(`nobody ${n}`) })
    at(world, n * 40, () => sendBytes(world, name, 'state', state))
  }
  await run(world, count * 40 + 1_000)
  return {
    scenario: 'S16 fake proofs',
    seed,
    sent: count,
    accepted: victim.heard.length,
    passed: victim.heard.length === 0,
  }
}

/** A status copied by another peer, signed by another key, expired or of another network binds nobody. */
export const bindings: Scenario = async (seed) => {
  const world = openWorld(seed)
  const reader = addNode(world, 'reader')
  const wrong = [
    a.status({}, a.mallory),
    a.status({ sequence: instant(a.NOW - 60_001) }),
    a.status({}, a.carol, a.network({ name: 'elsewhere' })),
    { ...a.status(), addresses: ['/ip4/10.0.0.1/tcp/1/p2p/12D3KooWOther'] },
    { ...a.status(), agent: a.bob.address },
  ]
  for (const [n, status] of wrong.entries()) {
    addNode(world, `peer${n}`)
    link(world, 'reader', `peer${n}`)
    say(world, `peer${n}`, 'status', status)
  }
  await run(world, 1_000)
  return {
    scenario: 'S17 binding abuse',
    seed,
    tried: wrong.length,
    bound: reader.heard.length,
    passed: reader.heard.length === 0,
  }
}

const FORGED: PriceBatch['signature'] = a.attestation({}, a.mallory).signature

/** Bytes with one hash each cannot be censored by a twin that comes first. */
export const poisoning: Scenario = async (seed) => {
  const world = openWorld(seed)
  const reader = addNode(world, 'reader')
  for (const name of ['poisoner', 'honest']) {
    addNode(world, name)
    link(world, 'reader', name)
  }
  const said: Said = new Map()
  for (let n = 0; n < 20; n++)
    at(world, n * 200, () => {
      const batch = batchAt(world.now)
      if (n < 3) say(world, 'poisoner', 'price', { ...batch, signature: FORGED })
      at(world, 50, () => void said.set(say(world, 'honest', 'price', batch), { at: world.now, by: 'honest' }))
    })
  await run(world, 6_000)
  const { share } = delivery([reader], said)
  return { scenario: 'S11 poisoned ids', seed, delivered: round(share * 20), of: 20, passed: share === 1 }
}
