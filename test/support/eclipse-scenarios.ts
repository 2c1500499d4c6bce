// Cut off from everybody honest: how soon an agent knows, and how often it believes so without reason. Receiving halves, roots
// and lookout are the real ones; blocks, losses and time are not. Seeded.
import { keccak256, numberToHex } from 'viem'
import { instant } from '../../agent/domain/units.ts'
import { createLookout, type Sight } from '../../agent/runtime/lookout.ts'
import { createRoots } from '../../agent/runtime/roots.ts'
import * as a from '../unit/gossip/builders.ts'
import { addNode, at, link, mesh, type Node, openWorld, run, say, type World } from './gossip-world.ts'
import { named, round, type Scenario } from './scenario-words.ts'

const ATTESTORS = named('attestor', 4).map(a.person)
/** Blocks after which a block is attested. */
const LAG = 2

/** A full eclipse at a random moment, of an agent whose strangers relay nothing, or everything but attestations; and honest runs. */
export const eclipse: Scenario = async (seed, scale) => {
  const runs = Math.ceil(100 * scale)
  const delays: number[] = []
  for (let n = 0; n < Math.ceil(runs / 5); n++) delays.push(await eclipsed(seed * 1_000 + n))
  let alarms = 0
  for (let n = 0; n < runs; n++) if (await alarmed(seed * 1_000 + n)) alarms++
  const slowest = Math.max(...delays)
  return {
    ...{ scenario: 'F06 full eclipse', seed, eclipses: delays.length, slowestSeconds: slowest },
    ...{ honestRuns: runs, falseAlarms: alarms, share: round(alarms / runs) },
    passed: slowest <= 60 && alarms <= 0.01 * runs,
  }
}

/** Seconds from the moment of an eclipse until the agent knows. */
async function eclipsed(seed: number): Promise<number> {
  const { world, victim, watch } = await village(seed)
  const strangers = named('stranger', 8).map((name) => addNode(world, name, { attestor: () => true }))
  const silent = world.random() < 0.5
  const since = 40 + Math.floor(world.random() * 40)
  at(world, since * 1_000, () => {
    for (const peer of victim.links) world.nodes.get(peer)?.links.delete(victim.name)
    victim.links.clear()
    for (const stranger of strangers) {
      stranger.relays = (kind) => !silent && kind !== 'attestation'
      link(world, victim.name, stranger.name)
    }
  })
  await run(world, 200_000)
  const first = watch.findIndex((sight, second) => second >= since / 2 && sight === 'eclipsed')
  return first < 0 ? Number.POSITIVE_INFINITY : first * 2 - since
}

async function alarmed(seed: number): Promise<boolean> {
  const { world, watch } = await village(seed)
  await run(world, 200_000)
  return watch.some((sight) => sight !== 'both')
}

/** Four attestors and two more, a fifth of everything lost, blocks of two to twelve seconds; the victim looks every two seconds. */
async function village(seed: number) {
  const world = openWorld(seed)
  const villagers = ATTESTORS.map((_, n) => addNode(world, `attestor${n}`, { attestor: () => true }))
  const victim = addNode(world, 'victim', { attestor: () => true })
  addNode(world, 'neighbour', { attestor: () => true })
  mesh(world, 3)
  const length = [2, 4, 12][Math.floor(world.random() * 3)] ?? 2
  const lost = world.carries
  world.carries = (from, to) => lost(from, to) && world.random() > 0.2
  for (let number = 1; number * length < 200; number++)
    at(world, number * length * 1_000 * (0.95 + 0.1 * world.random()), () => attest(world, villagers, number - LAG))
  return { world, victim, watch: watched(world, victim, length) }
}

function attest(world: World, villagers: readonly Node[], number: number): void {
  if (number < 1) return
  for (const [n, { name }] of villagers.entries()) {
    const person = ATTESTORS[n]
    if (person === undefined) continue
    const statement = { chain: a.ENGINE, number: BigInt(number), hash: blockOf(number), attestor: person.address }
    say(world, name, 'attestation', a.attestation(statement, person))
  }
}

const blockOf = (number: number) => keccak256(numberToHex(number, { size: 32 }))

/** What the victim believes, every two seconds: its own node tells it every block, attestations come as they come. */
function watched(world: World, victim: Node, length: number): Sight[] {
  const roots = createRoots(2)
  const look = createLookout(instant(world.now), LAG)
  const began = world.now
  const sights: Sight[] = []
  let read = 0
  for (let second = 0; second < 200; second += 2)
    at(world, second * 1_000, () => {
      for (const { message } of victim.heard.slice(read))
        if (message.kind === 'attestation') roots.attest(message.payload)
      read = victim.heard.length
      const own = BigInt(Math.floor((world.now - began) / 1_000 / length))
      const signed = roots.signedTip(a.ENGINE, a.alice.address)
      sights.push(look({ own: own === 0n ? undefined : own, signed }, instant(Math.floor(world.now))))
    })
  return sights
}
