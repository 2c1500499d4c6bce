// Strangers around a network of real nodes: they come first, last or together, they turn, eclipse, censor and flood. Marks are
// those of a whole run; a short one says what it saw, and its latencies mean nothing on a busy machine.
import { setTimeout as wait } from 'node:timers/promises'
import {
  type Agent,
  type Arena,
  addressesOf,
  authorOf,
  bondedLinks,
  closeArena,
  enter,
  infiltrate,
  listen,
  openArena,
  reached,
  type Sent,
  trade,
} from './arena.ts'
import { round, type Scenario } from './scenario-words.ts'

const size = (whole: number, scale: number, least: number): number => Math.max(least, Math.round(whole * scale))
/** So many seconds of a whole run. */
const seconds = (whole: number, scale: number): number => 1_000 * Math.max(2, whole * scale)

const all = ({ agents }: Arena) => addressesOf(agents)

async function gather(arena: Arena, count: number): Promise<void> {
  for (let n = 0; n < count; n++) await enter(arena)
}

async function besiege(arena: Arena, count: number, targets = () => all(arena)): Promise<void> {
  for (let n = 0; n < count; n++) await infiltrate(arena, targets)
}

/** A whole run settles for twenty seconds; a short one until every agent has two honest links, a minute at most. */
async function settle(arena: Arena, scale: number): Promise<void> {
  if (scale >= 1) await wait(20_000)
  else for (let tries = 0; bondedLinks(arena).least < 2 && tries < 300; tries++) await wait(200)
}

/** Until everybody heard everything: gossip repairs what the mesh lost. Twenty seconds at most. */
async function allHeard(sent: readonly Sent[], agents: readonly Agent[]): Promise<void> {
  for (let tries = 0; reached(sent, agents).share < 1 && tries < 100; tries++) await wait(200)
}

/** Prices a second, of all agents together. */
const PACE = 4

/** Plays a siege with trade going on, and ends it. */
async function played<T>(arena: Arena, siege: () => Promise<T>): Promise<T> {
  const trading = trade(arena, PACE)
  try {
    return await siege()
  } finally {
    arena.over.abort()
    await trading
    await closeArena(arena)
  }
}

/** How the honest and the strangers come: together, strangers first, strangers last. */
const ARRIVALS = {
  cold: async (arena, honest, strangers) => {
    const coming = besiege(arena, strangers)
    await gather(arena, honest)
    await coming
  },
  dawn: async (arena, honest, strangers) => {
    await besiege(arena, strangers)
    const poisoned = arena.sybils.slice(0, 8).flatMap(({ node }) => node.host.getMultiaddrs().map(String))
    for (let n = 0; n < honest; n++)
      await enter(arena, { bootstrap: [...poisoned, ...addressesOf(arena.agents.slice(-3))] })
  },
  warm: async (arena, honest, strangers) => {
    await gather(arena, honest)
    await wait(2_000)
    await besiege(arena, strangers)
  },
} satisfies Record<string, (arena: Arena, honest: number, strangers: number) => Promise<void>>

type Siege = {
  readonly how: keyof typeof ARRIVALS
  readonly honest: number
  readonly strangers: number
  readonly mark: { readonly p99: number; readonly share: number; readonly links: number }
}

const arrival =
  ({ how, honest, strangers, mark }: Siege): Scenario =>
  (seed, scale) => {
    const arena = openArena(seed, size(honest, scale, 4))
    return played(arena, async () => {
      await ARRIVALS[how](arena, arena.people.length, size(strangers, scale, 6))
      await settle(arena, scale)
      const sent = await listen(arena, seconds(40, scale))
      await allHeard(sent, arena.agents)
      const { share, p50, p99 } = reached(sent, arena.agents)
      const links = round(bondedLinks(arena).mean)
      const passed = share >= mark.share && p99 <= mark.p99 && links >= mark.links
      const scenario = `S1 ${how} arrival of ${arena.sybils.length} strangers among ${arena.agents.length}`
      return { scenario, seed, share, p50, p99, links, passed }
    })
  }

/** Our meshes have four links, and three at least, where the plan of the attack had six. */
const MARK = { p99: 100, share: 1, links: 3 }
export const coldBoot = arrival({ how: 'cold', honest: 20, strangers: 80, mark: MARK })
export const dawn = arrival({ how: 'dawn', honest: 20, strangers: 80, mark: MARK })
export const warmArrival = arrival({ how: 'warm', honest: 20, strangers: 80, mark: MARK })
/** Twenty strangers for each of the honest. */
export const sybils = arrival({ how: 'cold', honest: 10, strangers: 200, mark: { p99: 250, share: 0.99, links: 3 } })

/** Strangers that relayed everything fall silent together. */
export const covertFlash: Scenario = (seed, scale) => {
  const arena = openArena(seed, size(20, scale, 4))
  return played(arena, async () => {
    await gather(arena, arena.people.length)
    await besiege(arena, size(80, scale, 6))
    for (const sybil of arena.sybils) sybil.passes = () => true
    await settle(arena, scale)
    for (const sybil of arena.sybils) sybil.passes = () => false
    const turned = await listen(arena, seconds(5, scale))
    await wait(10_000 * scale)
    const late = await listen(arena, seconds(10, scale))
    await allHeard([...turned, ...late], arena.agents)
    const withinSecond = reached(turned, arena.agents, 1_000).share
    const { share, p50, p99 } = reached(late, arena.agents)
    const passed = withinSecond >= 0.99 && share === 1 && p99 <= 100
    return { scenario: 'S2 covert flash', seed, withinSecondOfTurn: round(withinSecond), share, p50, p99, passed }
  })
}

/** Sixty strangers around one agent that has three honest links. */
export const eclipseOne: Scenario = (seed, scale) => {
  const arena = openArena(seed, size(12, scale, 4))
  return played(arena, async () => {
    await gather(arena, arena.people.length - 1)
    const victim = await enter(arena, { bootstrap: addressesOf(arena.agents.slice(0, 3)) })
    await besiege(arena, size(60, scale, 6), () => victim.node.addresses)
    await settle(arena, scale)
    const sent = await listen(arena, seconds(20, scale))
    await allHeard(sent, [victim])
    const withinSecond = reached(sent, [victim], 1_000).share
    const { share, p50, p99 } = reached(sent, [victim])
    const row = { strangers: strangersAt(arena, victim), withinSecond: round(withinSecond), share, p50, p99 }
    return { scenario: 'S3 one eclipsed', seed, ...row, passed: withinSecond >= 0.99 }
  })
}

const strangersAt = ({ agents }: Arena, { node }: Agent): number => {
  const honest = new Set(agents.map((one) => one.node.peerId))
  return node.peers().filter(({ id }) => !honest.has(id)).length
}

/** Strangers that relay everything but one publisher's prices. */
export const censored: Scenario = (seed, scale) => {
  const arena = openArena(seed, size(20, scale, 4))
  return played(arena, async () => {
    const silenced = arena.people[0]?.address
    await gather(arena, arena.people.length)
    await besiege(arena, size(80, scale, 6))
    for (const sybil of arena.sybils) sybil.passes = (kind, data) => kind !== 'price' || authorOf(data) !== silenced
    await settle(arena, scale)
    const sent = await listen(arena, seconds(60, scale))
    await allHeard(sent, arena.agents)
    const theirs = sent.filter(({ by }) => by.signer.address === silenced)
    const { share, p50, p99 } = reached(theirs, arena.agents)
    const others = reached(
      sent.filter((one) => !theirs.includes(one)),
      arena.agents,
    )
    const passed = share === 1 && p99 <= 1_000
    return { scenario: 'S4 one publisher censored', seed, prices: theirs.length, share, p50, p99, others, passed }
  })
}
