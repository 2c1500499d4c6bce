// The first page: what is at risk, what was earned, who is well.

import type { Snapshot } from '../../runtime/snapshot.ts'
import type { Seat } from '../chronicle/chronicle.ts'
import type { Desk, Known, Looks } from './desk.ts'
import { logLine } from './lines.ts'
import { addParts, dollars, estimate, money, partsOf } from './money.ts'
import { laneLines } from './settlements.ts'
import { tilesOf } from './tiles.ts'
import type { AgentLine, NearLine, Overview, PriceLine, Time, Tone } from './words.ts'

/** Sums over every agent that answered. */
export function overview(desk: Desk, looks: Looks, at: Time): Overview {
  const { chronicle } = desk
  const seats = [...chronicle.seats.values()]
  const lanes = laneLines(desk, looks, at).filter(({ state }) => state !== 'settled')
  const parts = new Map<string, bigint>()
  for (const seat of seats) addParts(parts, seat.parts)
  const all = [...looks.values()]
  const sum = (of: (look: Snapshot) => bigint): bigint => all.reduce((total, look) => total + of(look), 0n)
  const marks = lanes.flatMap(({ gapNow }) => (gapNow === undefined ? [] : [BigInt(gapNow)]))
  return {
    at,
    agents: agentLines(desk, looks, at),
    wealth: all.length === 0 ? undefined : money(sum(({ status }) => status.wealth)),
    free: all.length === 0 ? undefined : money(sum(freeOf)),
    inFlight: money(sum(({ status }) => status.inFlight)),
    settled: money(parts.get('total') ?? 0n),
    unsettledGas: money(sum((look) => look.unsettledGas)),
    marked: marks.length === 0 ? undefined : money(marks.reduce((total, one) => total + one, 0n)),
    parts: partsOf(parts),
    shortfall: estimate(all.reduce((total, { carried }) => total + carried.shortfall, 0)),
    limit: money(sum(({ carried }) => carried.limit)),
    mostInFlight: money(sum(({ carried }) => carried.most)),
    won: seats.reduce((total, { won }) => total + won, 0),
    lost: seats.reduce((total, { lost }) => total + lost, 0),
    open: lanes.length,
    stuck: lanes.filter(({ tone }) => tone === 'bad').length,
    tiles: tilesOf(desk, looks, at),
    curve: curveOf(desk),
    prices: priceLines(desk),
    near: nearLines(all),
    events: lately(desk),
  }
}

const freeOf = ({ status }: Snapshot): bigint => Object.values(status.free).reduce((total, one) => total + one, 0n)

/** Every agent that is known or spoke, in the order of the deployment. */
export function agentLines(desk: Desk, looks: Looks, at: Time): readonly AgentLine[] {
  const known = desk.agents()
  const strangers = [...desk.chronicle.seats.keys()].filter((name) => !known.some((one) => one.name === name))
  const names: readonly Pick<Known, 'name' | 'strategies'>[] = [
    ...known,
    ...strangers.map((name) => ({ name, strategies: [] })),
  ]
  return names.map(({ name, strategies }) => {
    const seat = desk.chronicle.seats.get(name)
    const look = looks.get(name)
    return {
      name,
      role: seat?.role ?? 'bidder',
      strategy: seat?.role === 'provider' ? 'provider' : strategies.map(({ use }) => use).join(', '),
      ...standing(seat, look, at),
      wealth: look && money(look.status.wealth),
      inFlight: look && money(look.status.inFlight),
      shortfall: look && estimate(look.carried.shortfall),
      limit: look && money(look.carried.limit),
      pnl: money(seat?.parts.get('total') ?? 0n),
      won: seat?.won ?? 0,
      lost: seat?.lost ?? 0,
      open: look === undefined ? 0 : look.status.claims + look.status.reserved,
      peers: look?.status.peers,
      lastAt: seat?.lastAt ?? 0,
      spark: sparkOf(desk, name),
    }
  })
}

function standing(
  seat: Seat | undefined,
  look: Snapshot | undefined,
  at: Time,
): { readonly tone: Tone; readonly state: string; readonly detail: string | undefined } {
  const halt = look?.status.halt ?? seat?.halt
  if (seat?.endedAt !== undefined) return { tone: 'idle', state: 'ended', detail: undefined }
  if (halt !== undefined)
    return {
      tone: halt.reason === 'operator' ? 'warn' : 'bad',
      state: halt.reason === 'operator' ? 'paused' : 'halted',
      detail: halt.detail,
    }
  if (seat?.startedAt === undefined) return { tone: 'idle', state: 'starting', detail: undefined }
  if (look === undefined && at - seat.lastAt > SILENT)
    return { tone: 'bad', state: 'silent', detail: 'no answer on its control socket' }
  const mode = seat.mode === 'live' ? (seat.role === 'provider' ? 'lending' : 'bidding') : seat.mode
  return { tone: 'ok', state: mode, detail: undefined }
}

/** An agent reports its gossip every five seconds. */
const SILENT = 15_000

const sparkOf = ({ chronicle }: Desk, name: string): readonly number[] =>
  thin(
    chronicle.points.all().flatMap(({ agent, total }) => (agent === name ? [dollars(total)] : [])),
    40,
  )

/** Settled P&L of all agents together. */
function curveOf({ chronicle }: Desk): Overview['curve'] {
  const latest = new Map<string, number>()
  const points = chronicle.points.all().map(({ at, agent, total }) => {
    latest.set(agent, dollars(total))
    return [at, [...latest.values()].reduce((sum, one) => sum + one, 0)] as const
  })
  return thin(points, 400)
}

/** At most so many, evenly, the last one always among them. */
export function thin<T>(items: readonly T[], most: number): readonly T[] {
  if (items.length <= most) return items
  const step = (items.length - 1) / (most - 1)
  return Array.from({ length: most }, (_, i) => items[Math.round(i * step)] as T)
}

/** Each feed with a price, and how far it is from an hour of the record ago. */
export const priceLines = ({ chronicle }: Desk): readonly PriceLine[] =>
  [...chronicle.prices].flatMap(([name, ring]) => {
    const points = ring.all()
    const [first, last] = [points[0], points.at(-1)]
    if (first === undefined || last === undefined) return []
    const change = first.price === 0 ? undefined : last.price / first.price - 1
    return [
      {
        name,
        price: last.price,
        change,
        spark: thin(
          points.map(({ price }) => price),
          60,
        ),
      },
    ]
  })

/** The nearest accounts of all agents, each once. */
function nearLines(looks: readonly Snapshot[]): readonly NearLine[] {
  const nearest = new Map<string, NearLine>()
  for (const { near } of looks)
    for (const { account, mode, source, equity, maintenance, mark } of near) {
      const key = account.toLowerCase()
      if (nearest.get(key)?.source === 'own') continue
      nearest.set(key, {
        account: key,
        mode,
        source,
        equity: money(equity),
        maintenance: money(maintenance),
        mark: money(mark),
      })
    }
  const cover = (line: NearLine): number => Number(line.equity) / Number(line.maintenance)
  return [...nearest.values()].sort((a, b) => cover(a) - cover(b)).slice(0, 24)
}

const NOTABLE = /^(agent:|bid:won|settlement:closed|claim:stuck|alarm|route:|proposal:|books:|evidence|doctor|line:)/

const lately = ({ chronicle }: Desk): Overview['events'] =>
  chronicle.rows
    .all()
    .filter(({ event }) => NOTABLE.test(event))
    .slice(-14)
    .reverse()
    .map(logLine)
