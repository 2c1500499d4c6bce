// Health in tiles: each says what it looked at, and why it is not well.
import type { Snapshot } from '../../runtime/snapshot.ts'
import type { Desk, Looks } from './desk.ts'
import type { Tile, Time, Tone } from './words.ts'

/** Chains, prices, gossip, gas and routes over every agent; a tile speaks of the worst of them. */
export function tilesOf(desk: Desk, looks: Looks, at: Time): readonly Tile[] {
  const all = [...looks.values()]
  if (all.length === 0)
    return [{ name: 'agents', tone: desk.agents().length === 0 ? 'idle' : 'warn', says: 'none answers yet' }]
  return [chains(desk, all), prices(all), gossip(desk, all), gas(all), routes(all), loops(all), halts(desk, looks, at)]
}

/** Why an agent is not ready; nothing when it is. */
export function notReady(desk: Desk, looks: Looks, at: Time): readonly string[] {
  if (looks.size === 0) return ['no agent answers']
  return tilesOf(desk, looks, at)
    .filter(({ tone }) => tone === 'bad')
    .map(({ name, says }) => `${name}: ${says}`)
}

/** A head that is older than this is stale; finality and block times of devnets are far below, of mainnets near. */
const STALE_HEAD = 45_000
const STALE_PRICE = 10_000

function chains(desk: Desk, looks: readonly Snapshot[]): Tile {
  const heads = looks.flatMap((look) => look.heads)
  const oldest = heads.reduce((worst, one) => (one.age > worst.age ? one : worst), { chain: 0, age: 0 })
  const names = new Set(heads.map(({ chain }) => placeOf(desk, chain)))
  if (heads.length === 0) return { name: 'chains', tone: 'bad', says: 'no head of any chain yet' }
  if (oldest.age > STALE_HEAD)
    return {
      name: 'chains',
      tone: 'bad',
      says: `${placeOf(desk, oldest.chain)} has had no new head for ${seconds(oldest.age)}`,
    }
  return {
    name: 'chains',
    tone: 'ok',
    says: `${[...names].join(', ')}, newest head ${seconds(Math.min(...heads.map(({ age }) => age)))} old`,
  }
}

function prices(looks: readonly Snapshot[]): Tile {
  const ages = looks.flatMap((look) => look.prices.map(({ age }) => age))
  if (ages.length === 0) return { name: 'prices', tone: 'bad', says: 'no quorum of publishers yet' }
  const youngest = Math.max(...looks.map((look) => Math.min(...look.prices.map(({ age }) => age))))
  if (youngest > STALE_PRICE) return { name: 'prices', tone: 'bad', says: `last quorum ${seconds(youngest)} ago` }
  return {
    name: 'prices',
    tone: 'ok',
    says: `${new Set(looks.flatMap((look) => look.prices.map(({ feed }) => feed))).size} feeds, ${seconds(youngest)} old`,
  }
}

function gossip(desk: Desk, looks: readonly Snapshot[]): Tile {
  const alone = [...looks].filter(({ peers }) => !peers.some(({ mesh }) => mesh.includes('price')))
  const peers = looks.map((look) => look.peers.length)
  if (alone.length > 0)
    return {
      name: 'gossip',
      tone: 'bad',
      says: `${alone.length === 1 && desk.kind === 'agent' ? 'we are' : `${alone.length} agents are`} in no mesh of prices`,
    }
  return { name: 'gossip', tone: 'ok', says: `${Math.min(...peers)} to ${Math.max(...peers)} peers, in the mesh` }
}

function gas(looks: readonly Snapshot[]): Tile {
  const runway = looks.flatMap((look) => look.runway.map(({ claims }) => claims))
  if (runway.length === 0) return { name: 'gas', tone: 'idle', says: 'not measured yet' }
  const least = Math.min(...runway)
  const tone: Tone = least < 3 ? 'bad' : least < 10 ? 'warn' : 'ok'
  return { name: 'gas', tone, says: `pays for ${least.toLocaleString('en-US')} claims at present fees` }
}

function routes(looks: readonly Snapshot[]): Tile {
  const closed = new Set(looks.flatMap((look) => look.closedRoutes))
  if (closed.size === 0) return { name: 'routes', tone: 'ok', says: 'all take capital' }
  return { name: 'routes', tone: 'warn', says: `${[...closed].join(', ')} takes nothing new: claims are stuck` }
}

function loops(looks: readonly Snapshot[]): Tile {
  const waiting = Math.max(...looks.map((look) => look.waiting))
  return { name: 'loop', tone: waiting > 5_000 ? 'bad' : waiting > 500 ? 'warn' : 'ok', says: `${waiting} inputs wait` }
}

function halts(desk: Desk, looks: Looks, at: Time): Tile {
  const stopped = [...looks].filter(([, { status }]) => status.halt !== undefined)
  const [first] = stopped
  if (first === undefined) return { name: 'protections', tone: 'ok', says: 'none tripped' }
  const [name, { status }] = first
  const since = status.halt === undefined ? 0 : at - status.halt.at
  const who = desk.kind === 'agent' ? '' : `${name} `
  const more = stopped.length > 1 ? `, and ${stopped.length - 1} more` : ''
  return { name: 'protections', tone: 'bad', says: `${who}${status.halt?.reason ?? ''} ${seconds(since)} ago${more}` }
}

/** What a chain is called in the network description. */
export function placeOf(desk: Desk, chain: number): string {
  const network = desk.network()
  const engine = network?.engines.find((one) => one.chain === chain)
  if (engine !== undefined) return engine.name
  const vaults = network?.vaults.filter((one) => one.chain === chain).map(({ id }) => id) ?? []
  return vaults.length > 0 ? vaults.join(' + ') : `chain ${chain}`
}

const seconds = (ms: number): string => (ms < 10_000 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.round(ms / 1_000)} s`)
