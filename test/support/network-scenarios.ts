// Attacks and accidents on a network of real receiving halves, each with its pass mark. Seeded, in virtual time.
import { SHAPES, toBytes } from '../../agent/adapters/gossip/codec.ts'
import { price } from '../../agent/domain/units.ts'
import * as a from '../unit/gossip/builders.ts'
import { addNode, at, delivery, link, mesh, type Node, openWorld, run, say, sendBytes } from './gossip-world.ts'
import { damage } from './mutations.ts'
import { samples } from './samples.ts'
import { batchAt, named, publish, round, type Scenario } from './scenario-words.ts'

/** Half of forty peers lie: prices off by 1 to 50 %, states with damaged proofs, replays of what was once true. */
export const liars: Scenario = async (seed, scale) => {
  const world = openWorld(seed)
  const honest = named('honest', 20).map((name) => addNode(world, name))
  const lying = named('liar', 20).map((name) => addNode(world, name))
  mesh(world, 6)
  const seconds = Math.ceil(40 * scale)
  const said = publish(world, 'honest0', 2, seconds)
  const { of } = damage(seed)
  const state = toBytes(SHAPES.state, samples.state)
  let lies = 0
  for (const { name } of lying) {
    for (let n = 0; n < seconds; n++)
      at(world, n * 1_000 + world.random() * 900, () => {
        lies++
        const off = 1 + (world.random() < 0.5 ? -1 : 1) * (0.01 + 0.49 * world.random())
        const entries = a
          .priceBatch()
          .entries.map((one) => ({ ...one, price: price(BigInt(Math.round(Number(one.price) * off))) }))
        if (n % 3 === 0) say(world, name, 'price', batchAt(world.now, { entries }, a.mallory))
        else if (n % 3 === 1) sendBytes(world, name, 'state', of(state))
        else say(world, name, 'price', { ...batchAt(world.now), entries })
      })
    for (const one of lying) one.relays = (kind) => kind !== 'price'
  }
  let out = Number.NaN
  for (let n = 1; n <= seconds; n++)
    at(world, n * 1_000, () => {
      if (Number.isNaN(out) && honest.every(({ links }) => ![...links].some((peer) => peer.startsWith('liar')))) out = n
      mesh(world, 6, (one, other) => one.name.startsWith('honest') && other.name.startsWith('honest'))
    })
  await run(world, seconds * 1_000 + 2_000)
  const wrong = honest
    .flatMap(({ heard }) => heard)
    .filter(({ id, message }) => message.kind === 'price' && !said.has(id)).length
  const falseStates = honest.flatMap(({ heard }) => heard).filter(({ message }) => message.kind === 'state').length
  const { share, p99 } = delivery(honest, said)
  const passed = wrong + falseStates === 0 && out < 30 && share >= 0.99
  return {
    scenario: 'half of forty lie',
    seed,
    lies,
    wrong,
    falseStates,
    liarsOutSeconds: out,
    delivered: round(share),
    p99,
    passed,
  }
}

/** Two prices under one sequence, one to each half of twenty nodes: everybody knows within two seconds. */
export const equivocation: Scenario = async (seed) => {
  const world = openWorld(seed)
  const nodes = named('node', 20).map((name) => addNode(world, name))
  mesh(world, 4)
  addNode(world, 'twin')
  for (const { name } of nodes) link(world, 'twin', name)
  const first = batchAt(world.now)
  const second = batchAt(world.now, { entries: first.entries.slice(1) })
  const began = world.now
  const half = (rest: number) => ({ name: 'twin', to: (peer: string) => Number(peer.slice(4)) % 2 === rest })
  say(world, half(0), 'price', first)
  say(world, half(1), 'price', second)
  let known = Number.NaN
  for (let n = 1; n <= 300; n++)
    at(world, n * 10, () => {
      if (Number.isNaN(known) && nodes.every(({ witness }) => witness.outcasts.has(a.alice.address)))
        known = world.now - began
    })
  await run(world, 3_500)
  say(world, 'twin', 'price', batchAt(world.now))
  await run(world, 500)
  const later = nodes
    .flatMap(({ heard }) => heard)
    .filter(({ at: when, message }) => message.kind === 'price' && when > began + 3_400)
  const blamed = nodes.flatMap(({ scores }) => [...scores.values()]).filter((score) => score < 0).length
  const passed = known <= 2_000 && later.length === 0 && blamed === 0
  return {
    scenario: 'S9 equivocation',
    seed,
    knownAfterMillis: known,
    believedAfter: later.length,
    relaysBlamed: blamed,
    passed,
  }
}

/** Twenty nodes in two halves for a minute, then one again: everything said ten seconds after arrives everywhere. */
export const partition: Scenario = async (seed, scale) => {
  const world = openWorld(seed)
  const nodes = named('node', 20).map((name) => addNode(world, name))
  mesh(world, 5)
  const half = (name: string): number => Number(name.slice(4)) % 2
  const length = 60_000 * scale
  world.carries = (from, to) => half(from) === half(to)
  at(world, length, () => {
    world.carries = () => true
  })
  const healed = world.now + length
  const said = publish(world, 'node0', 2, Math.ceil(length / 1_000) + 20)
  await run(world, length + 22_000)
  const after = new Map([...said].filter(([, one]) => one.at > healed))
  const whole = [...after].filter(([id]) =>
    nodes.every(({ name, heard }) => name === 'node0' || heard.some((one) => one.id === id)),
  )
  const firstWhole = Math.min(...whole.map(([, one]) => one.at - healed))
  const { share, p99 } = delivery(nodes, after)
  const passed = share === 1 && firstWhole <= 10_000
  return {
    scenario: 'S15 partition and heal',
    seed,
    fullAfterMillis: Math.round(firstWhole),
    delivered: share,
    p99,
    passed,
  }
}

/** Thirty percent of the nodes leave and as many come, every minute. */
export const churn: Scenario = async (seed, scale) => {
  const world = openWorld(seed)
  const nodes = named('node', 30).map((name) => addNode(world, name))
  mesh(world, 5)
  const minutes = Math.max(1, Math.round(10 * scale))
  const said = publish(world, 'node0', 1, 60 * minutes)
  const wanted = new Map<string, { readonly at: number; readonly by: string }>()
  for (let n = 0; n < 9 * minutes; n++)
    at(world, (n * 60_000) / 9, () => {
      const gone = nodes[1 + Math.floor(world.random() * (nodes.length - 1))]
      if (gone === undefined) return
      gone.up = false
      for (const peer of gone.links) world.nodes.get(peer)?.links.delete(gone.name)
      gone.links.clear()
      at(world, 5_000, () => {
        gone.up = true
        mesh(world, 5)
      })
      at(world, 700, () => mesh(world, 5))
    })
  const present = new Map<string, readonly Node[]>()
  for (let n = 0; n < 60 * minutes; n++)
    at(world, n * 1_000 + 1, () => {
      const [last] = [...said.entries()].slice(-1)
      if (last !== undefined)
        present.set(
          last[0],
          nodes.filter(({ up }) => up),
        )
    })
  await run(world, 60_000 * minutes + 5_000)
  for (const [id, one] of said) wanted.set(id, one)
  let [asked, got] = [0, 0]
  for (const [id] of wanted)
    for (const node of (present.get(id) ?? []).filter(({ name }) => name !== 'node0')) {
      asked++
      if (node.heard.some((one) => one.id === id)) got++
    }
  return {
    scenario: 'churn of 30 % a minute',
    seed,
    minutes,
    delivered: round(got / asked),
    passed: got / asked >= 0.995,
  }
}

/** Everything that was said is said again, a second, ten seconds and ten minutes later: nobody is woken twice. */
export const replay: Scenario = async (seed, scale) => {
  const world = openWorld(seed)
  const reader = addNode(world, 'reader')
  addNode(world, 'replayer')
  link(world, 'reader', 'replayer')
  const count = Math.ceil(3_600 * scale)
  const recorded: Uint8Array[] = []
  for (let n = 0; n < count; n++)
    at(world, n * 1_000, () => {
      const bytes = toBytes(SHAPES.price, batchAt(world.now))
      recorded.push(bytes)
      sendBytes(world, 'replayer', 'price', bytes)
    })
  await run(world, count * 1_000)
  const first = reader.heard.length
  for (const delay of [1_000, 10_000, 600_000]) {
    // A restart forgets what was seen: only sequences and times are left to refuse by.
    reader.seen.clear()
    for (const [n, bytes] of recorded.entries())
      at(world, delay + n * 5, () => sendBytes(world, 'replayer', 'price', bytes))
    await run(world, delay + count * 5 + 1_000)
  }
  const again = reader.heard.length - first
  const blamed = reader.scores.size
  return {
    scenario: 'S8 replay',
    seed,
    messages: first,
    wokenAgain: again,
    relaysBlamed: blamed,
    passed: first === count && again === 0 && blamed === 0,
  }
}

/** Half of the relays drop half of what they carry, or all of one publisher. */
export const degraded: Scenario = async (seed, scale) => {
  const world = openWorld(seed)
  const honest = named('honest', 20).map((name) => addNode(world, name))
  for (const name of named('dropper', 20)) addNode(world, name).relays = () => world.random() < 0.5
  mesh(world, 6)
  const said = publish(world, 'honest0', 4, Math.ceil(30 * scale))
  await run(world, 30_000 * scale + 2_000)
  const { share, p50, p99 } = delivery(honest, said)
  return { scenario: 'S5 half dropped', seed, delivered: round(share), p50, p99, passed: share >= 0.99 && p99 <= 300 }
}

/** One bonded publisher says five hundred prices a second: it is cut down to its budget, and the others are heard as before. */
export const loud: Scenario = async (seed, scale) => {
  const world = openWorld(seed)
  const nodes = named('node', 12).map((name) => addNode(world, name, { publisher: () => true }))
  mesh(world, 4)
  const seconds = Math.ceil(10 * scale)
  const before = publish(world, 'node0', 4, seconds)
  await run(world, seconds * 1_000 + 1_000)
  const during = publish(world, 'node0', 4, seconds)
  for (let n = 0; n < 500 * seconds; n++)
    at(world, n * 2, () => {
      say(world, 'node1', 'price', batchAt(world.now, { publisher: a.carol.address }, a.carol))
    })
  await run(world, seconds * 1_000 + 1_000)
  const [calm, shouted] = [delivery(nodes, before), delivery(nodes, during)]
  const shouts = ({ heard }: Node): number =>
    heard.filter(({ message }) => message.kind === 'price' && message.payload.publisher === a.carol.address).length
  const believed = Math.max(...nodes.filter(({ name }) => name !== 'node1').map(shouts))
  const passed = shouted.share === 1 && shouted.p99 <= 2 * calm.p99 && believed <= 100 + 50 * (seconds + 1)
  return {
    ...{ scenario: 'S7 one publisher shouts', seed, perSecond: 500, believedPerSecond: round(believed / seconds) },
    ...{ delivered: round(shouted.share), p99: shouted.p99, p99Before: calm.p99, passed },
  }
}
