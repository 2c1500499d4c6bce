// What a console remembers: every saying of every agent, folded into the books its pages are drawn from. No clock, no
// I/O; one saying costs microseconds, so that a run that nobody looks at is not slowed down.
import { type Decided, decidedIn, type FoundAccount, foundIn } from './decided.ts'
import { type Gap, gapIn } from './gaps.ts'
import { follow, type Lanes } from './lanes.ts'
import { createRing, type Ring } from './ring.ts'
import { amount, list, maybe, type Saying, text } from './saying.ts'

/** What is known of one agent by what it said. */
export type Seat = {
  readonly name: string
  role: string
  mode: string
  startedAt: number | undefined
  endedAt: number | undefined
  lastAt: number
  halt: { readonly reason: string; readonly detail: string; readonly at: number } | undefined
  won: number
  lost: number
  declined: number
  closed: number
  lostGas: bigint
  /** Parts of the P&L of closed settlements, in dollars (wad). */
  readonly parts: Map<string, bigint>
  gossip: Readonly<Record<string, unknown>> | undefined
}

/** A won slice, ours or a rival's. */
export type Bid = {
  readonly at: number
  readonly bidder: string
  readonly account: string
  readonly fraction: number | undefined
  readonly value: bigint | undefined
  readonly outlay: bigint | undefined
  /** Wall milliseconds from below maintenance to the bid. */
  readonly waited: number | undefined
  readonly road: string | undefined
}

/** Settled P&L over time, in dollars. */
export type Point = { readonly at: number; readonly agent: string; readonly total: bigint }

/** One row of the stream. */
export type Row = Saying & { readonly seq: number }

/** Everything remembered. Changed only by `hearSaying`, `noteBid` and `notePrices`. */
export type Chronicle = {
  readonly seats: Map<string, Seat>
  readonly rows: Ring<Row>
  readonly decisions: Ring<Decided>
  /** How often each reason was given: by agent, strategy, kind and reason. */
  readonly reasons: Map<string, number>
  readonly found: Map<string, FoundAccount>
  readonly lanes: Lanes
  readonly gaps: Ring<Gap>
  readonly bids: Ring<Bid>
  readonly points: Ring<Point>
  readonly latencies: Ring<{ readonly at: number; readonly millis: number }>
  /** Names of agents by the id of their transport key. */
  readonly peers: Map<string, string>
  readonly prices: Map<string, Ring<{ readonly at: number; readonly price: number }>>
  seq: number
}

/** An empty chronicle. */
export const openChronicle = (): Chronicle => ({
  seats: new Map(),
  rows: createRing(6_000),
  decisions: createRing(6_000),
  reasons: new Map(),
  found: new Map(),
  lanes: new Map(),
  gaps: createRing(4_000),
  bids: createRing(3_000),
  points: createRing(4_000),
  latencies: createRing(4_000),
  peers: new Map(),
  prices: new Map(),
  seq: 0,
})

/** Takes up one saying; answers its row. */
export function hearSaying(chronicle: Chronicle, saying: Saying): Row {
  const seq = ++chronicle.seq
  const row = { ...saying, seq }
  if (saying.event !== 'gossip:stats') chronicle.rows.push(row)
  const seat = seatOf(chronicle, saying.agent)
  seat.lastAt = saying.at
  follow(chronicle.lanes, saying)
  note(chronicle, seat, row)
  return row
}

/** A bid that the chain took, whoever made it. */
export const noteBid = (chronicle: Chronicle, bid: Bid): void => chronicle.bids.push(bid)

/** What publishers agree on: at most one point per feed and second is kept. */
export function notePrice(chronicle: Chronicle, feed: string, at: number, price: number): void {
  const known = chronicle.prices.get(feed) ?? createRing<{ readonly at: number; readonly price: number }>(3_600)
  chronicle.prices.set(feed, known)
  const last = known.last()
  if (last === undefined || at - last.at >= 500) known.push({ at, price })
}

/** An agent by its name, known or new. */
export function seatOf({ seats }: Chronicle, name: string): Seat {
  const known = seats.get(name)
  if (known !== undefined) return known
  const seat: Seat = {
    ...{ name, role: 'bidder', mode: 'live', startedAt: undefined, endedAt: undefined, lastAt: 0, halt: undefined },
    ...{ won: 0, lost: 0, declined: 0, closed: 0, lostGas: 0n, parts: new Map(), gossip: undefined },
  }
  seats.set(name, seat)
  return seat
}

function note(chronicle: Chronicle, seat: Seat, row: Row): void {
  const { event, fields, at, agent } = row
  switch (event) {
    case 'agent:started':
      seat.startedAt = at
      seat.role = text(fields['role'])
      seat.mode = text(fields['mode'])
      return
    case 'agent:ready':
      for (const address of list(fields['addresses'])) {
        const id = text(address).split('/p2p/')[1]
        if (id !== undefined) chronicle.peers.set(id, agent)
      }
      return
    case 'agent:stopping':
      seat.endedAt = at
      return
    case 'agent:halted':
      seat.halt = { reason: text(fields['reason']), detail: text(fields['detail']), at }
      return
    case 'agent:resumed':
      seat.halt = undefined
      return
    case 'candidate:found':
      return found(chronicle, `${agent}:${text(fields['account']).toLowerCase()}`, row)
    case 'decision':
      return decided(chronicle, row)
    case 'bid:won':
      seat.won++
      return
    case 'bid:lost':
      seat.lost++
      seat.lostGas += amount(fields['gasCost'])
      return
    case 'bid:declined':
      seat.declined++
      return
    case 'settlement:closed':
      return closed(chronicle, seat, row)
    case 'gap:realised':
      for (const gap of gapIn(row)) chronicle.gaps.push(gap)
      return
    case 'bid:rival':
      return noteBid(chronicle, rivalIn(row))
    case 'gossip:stats':
      return gossiped(chronicle, seat, row)
    default:
      return
  }
}

/** Accounts that are remembered as found: the oldest sighting goes first. */
const MOST_FOUND = 20_000

function found({ found: all }: Chronicle, key: string, row: Row): void {
  all.delete(key)
  all.set(key, foundIn(row))
  for (const old of all.keys())
    if (all.size > MOST_FOUND) all.delete(old)
    else break
}

function decided(chronicle: Chronicle, row: Row): void {
  const found = chronicle.found.get(`${row.agent}:${text(row.fields['account']).toLowerCase()}`)
  const decision = decidedIn(row.seq, row, found)
  chronicle.decisions.push(decision)
  const key = [decision.agent, decision.strategy, decision.kind, decision.reason].join('|')
  chronicle.reasons.set(key, (chronicle.reasons.get(key) ?? 0) + 1)
}

function closed({ points }: Chronicle, seat: Seat, { fields, at, agent }: Row): void {
  const told = fields['attribution']
  if (typeof told !== 'object' || told === null) return
  seat.closed++
  for (const [name, value] of Object.entries(told)) seat.parts.set(name, (seat.parts.get(name) ?? 0n) + amount(value))
  points.push({ at, agent, total: seat.parts.get('total') ?? 0n })
}

const rivalIn = ({ at, fields }: Row): Bid => ({
  at,
  bidder: text(fields['bidder']).toLowerCase(),
  account: text(fields['account']).toLowerCase(),
  ...{ fraction: undefined, value: undefined, outlay: undefined, waited: undefined, road: undefined },
})

/** Counters are cumulative; samples are what is new since the last report. */
function gossiped({ latencies }: Chronicle, seat: Seat, { fields }: Row): void {
  const { samples, ...rest } = fields
  seat.gossip = rest
  for (const sample of list(samples)) {
    const [at, millis] = list(sample)
    if (typeof at === 'number' && typeof millis === 'number') latencies.push({ at, millis })
  }
}

/** Which of the accounts a row is about, if any. */
export const accountIn = ({ fields }: Row): string | undefined => maybe(fields['account'])?.toLowerCase()
