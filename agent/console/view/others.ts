// The remaining pages: opportunities, capital, network, competitors, strategies, logs.
import { percentile } from '../../runtime/gossip-stats.ts'
import { accountIn, type Chronicle } from '../chronicle/chronicle.ts'
import { figure, part } from '../chronicle/saying.ts'
import type { Desk, Looks } from './desk.ts'
import { bidLine, decisionLine, logLine, namesOf } from './lines.ts'
import { money } from './money.ts'
import { thin } from './overview.ts'
import { given, laneLines } from './settlements.ts'
import { placeOf } from './tiles.ts'
import type {
  Capital,
  Competitors,
  Logs,
  NetworkView,
  Opportunities,
  RivalLine,
  Story,
  StrategyLine,
  Time,
} from './words.ts'

/** The newest decisions first, and how often each reason was given. */
export function opportunities({ chronicle }: Desk, most = 2_000): Opportunities {
  const counts = new Map<string, { kind: string; reason: string; count: number }>()
  for (const [key, count] of chronicle.reasons) {
    const [, , kind = '', reason = ''] = key.split('|')
    const known = counts.get(`${kind}|${reason}`)
    if (known === undefined) counts.set(`${kind}|${reason}`, { kind, reason, count })
    else known.count += count
  }
  return {
    rows: chronicle.decisions.all().slice(-most).reverse().map(decisionLine),
    reasons: [...counts.values()].sort((a, b) => b.count - a.count),
  }
}

/** Everything about one account. */
export function story(desk: Desk, looks: Looks, account: string, at: Time): Story {
  const { chronicle } = desk
  const key = account.toLowerCase()
  const lanes = laneLines(desk, looks, at).filter((lane) => lane.account === key)
  const intents = new Set(lanes.map(({ intent }) => intent))
  const names = namesOf(desk)
  return {
    account: key,
    found: [...chronicle.found].flatMap(([place, { agent, at, via, mode, equity, maintenance, mark }]) =>
      place.endsWith(`:${key}`)
        ? [JSON.parse(JSON.stringify({ agent, at, via, mode, equity, maintenance, mark }))]
        : [],
    ),
    decisions: chronicle.decisions
      .all()
      .filter((one) => one.account === key)
      .map(decisionLine),
    lanes,
    bids: chronicle.bids
      .all()
      .filter((one) => one.account === key)
      .map((one) => bidLine(one, names[one.bidder])),
    events: chronicle.rows
      .all()
      .filter(
        (row) => row.event !== 'decision' && (accountIn(row) === key || intents.has(String(row.fields['intent']))),
      )
      .slice(-200)
      .map(logLine),
  }
}

/** Where the capital lies, by agent, chain and asset. */
export function capital(desk: Desk, looks: Looks, at: Time): Capital {
  const network = desk.network()
  const asset = (chain: number, id: string): { readonly symbol: string; readonly decimals: number } => {
    if (id === 'cash') return { symbol: 'engine cash', decimals: 18 }
    if (id === 'coin') return { symbol: 'coin', decimals: 18 }
    for (const vault of network?.vaults.filter((one) => one.chain === chain) ?? []) {
      if (vault.dollar.toLowerCase() === id.toLowerCase()) return { symbol: 'dollar', decimals: vault.dollarDecimals }
      const found = vault.assets.find(({ token }) => token.toLowerCase() === id.toLowerCase())
      if (found !== undefined) return found
    }
    const engine = network?.engines.find((one) => one.chain === chain && one.cash.toLowerCase() === id.toLowerCase())
    return engine === undefined ? { symbol: id, decimals: 18 } : { symbol: 'cash token', decimals: engine.cashDecimals }
  }
  return {
    at,
    holdings: [...looks].flatMap(([agent, look]) =>
      look.holdings.map(({ chain, asset: id, actual, inFlight, reserved, inventory }) => {
        const { symbol, decimals } = asset(chain, id)
        const [a, f, r, i] = [actual, inFlight, reserved, inventory].map(String)
        return {
          agent,
          chain,
          place: placeOf(desk, chain),
          asset: symbol,
          decimals,
          actual: a ?? '',
          inFlight: f ?? '',
          reserved: r ?? '',
          inventory: i ?? '',
        }
      }),
    ),
    split: [...looks].map(([agent, { status, bids }]) => ({
      agent,
      free: money(Object.values(status.free).reduce((sum, one) => sum + one, 0n)),
      reserved: money(bids.reduce((sum, one) => sum + one.amount, 0n)),
      inFlight: money(status.inFlight),
      wealth: money(status.wealth),
    })),
    runway: [...looks].flatMap(([agent, { runway }]) =>
      runway.map(({ chain, claims }) => ({ agent, chain, place: placeOf(desk, chain), claims })),
    ),
  }
}

/** Peers as every agent sees them, and what gossip carried. */
export function network(desk: Desk, looks: Looks, at: Time): NetworkView {
  const { chronicle } = desk
  const seats = [...chronicle.seats.values()]
  const sums = (field: string): ReadonlyMap<string, number> => {
    const total = new Map<string, number>()
    for (const { gossip } of seats)
      for (const [kind, count] of Object.entries(Object(part(gossip, field))))
        total.set(kind, (total.get(kind) ?? 0) + Number(count))
    return total
  }
  const [received, published, rejected] = [sums('received'), sums('published'), sums('rejected')]
  return {
    at,
    peers: [...looks].flatMap(([agent, { peers }]) =>
      peers.map((peer) => ({ agent, ...peer, ...given('name', chronicle.peers.get(peer.id)) })),
    ),
    agents: seats.map(({ name, gossip }) => {
      const look = looks.get(name)
      const [p50, p99] = [figure(gossip, 'p50Ms'), figure(gossip, 'p99Ms')]
      return {
        name,
        peers: look?.peers.length,
        mesh: look?.peers.filter(({ mesh }) => mesh.includes('price')).length,
        messages: figure(gossip, 'messages') ?? 0,
        ...(p50 !== undefined && { p50 }),
        ...(p99 !== undefined && { p99 }),
      }
    }),
    kinds: [...received].map(([kind, count]) => ({ kind, received: count, published: published.get(kind) ?? 0 })),
    rejects: [...rejected].map(([cause, count]) => ({ cause, count })).sort((a, b) => b.count - a.count),
    delivery: deliveryOf(chronicle),
    heads: [...looks].flatMap(([agent, { heads }]) =>
      heads.map(({ chain, number, age }) => ({
        agent,
        chain,
        place: placeOf(desk, chain),
        number: number.toString(),
        age,
      })),
    ),
  }
}

/** Seconds of one point of the picture of deliveries. */
const BUCKET = 5_000

function deliveryOf({ latencies }: Chronicle): NetworkView['delivery'] {
  const buckets = Map.groupBy(latencies.all(), ({ at }) => Math.floor(at / BUCKET) * BUCKET)
  const points = [...buckets]
    .sort(([a], [b]) => a - b)
    .map(([at, all]) => {
      const sorted = all.map(({ millis }) => millis).sort((a, b) => a - b)
      return [at, percentile(sorted, 0.5) ?? 0, percentile(sorted, 0.99) ?? 0] as const
    })
  return thin(points, 240)
}

/** Who takes what, and how fast. */
export function competitors(desk: Desk): Competitors {
  const names = namesOf(desk)
  const bids = desk.chronicle.bids.all()
  const rivals = [...Map.groupBy(bids, ({ bidder }) => bidder)].map(([bidder, all]): RivalLine => {
    const waits = all.flatMap(({ waited }) => waited ?? []).sort((a, b) => a - b)
    const median = percentile(waits, 0.5)
    const name = names[bidder]
    const sum = (of: (one: (typeof all)[number]) => bigint | undefined): bigint =>
      all.reduce((total, one) => total + (of(one) ?? 0n), 0n)
    return {
      bidder,
      ...(name !== undefined && { name }),
      ours: name !== undefined,
      bids: all.length,
      share: all.length / bids.length,
      value: money(sum(({ value }) => value)),
      bonus: money(
        sum(({ value, outlay }) => (value === undefined || outlay === undefined ? undefined : value - outlay)),
      ),
      ...(median !== undefined && { median }),
      first: all[0]?.at ?? 0,
      last: all.at(-1)?.at ?? 0,
    }
  })
  return {
    rivals: rivals.sort((a, b) => b.bids - a.bids),
    bids: bids
      .slice(-600)
      .reverse()
      .map((one) => bidLine(one, names[one.bidder])),
  }
}

/** What each strategy of each agent wished for and got. */
export function strategies(desk: Desk): { readonly rows: readonly StrategyLine[] } {
  const { reasons, lanes } = desk.chronicle
  const settled = [...lanes.values()].filter(({ attribution }) => attribution !== undefined)
  const rows = desk.agents().flatMap(({ name: agent, strategies }) =>
    strategies.map(({ use, params, share, shortfall }): StrategyLine => {
      const own = [...reasons].flatMap(([key, count]) => {
        const [who, strategy = '', kind = '', reason = ''] = key.split('|')
        return who === agent && use.includes(strategy) ? [{ kind, reason, count }] : []
      })
      const count = (kind: string): number => own.reduce((sum, one) => (one.kind === kind ? sum + one.count : sum), 0)
      const closed = settled.filter(
        (lane) => lane.agent === agent && lane.strategy !== undefined && use.includes(lane.strategy),
      )
      return {
        ...{ agent, name: use, share, shortfall, params: JSON.stringify(params) },
        ...{ taken: count('take'), postponed: count('postpone'), skipped: count('skip') },
        errors: own.find(({ reason }) => reason === 'strategy-error')?.count ?? 0,
        settled: closed.length,
        pnl: money(closed.reduce((sum, { attribution }) => sum + (attribution?.['total'] ?? 0n), 0n)),
        reasons: own.map(({ reason, count }) => ({ reason, count })).sort((a, b) => b.count - a.count),
      }
    }),
  )
  return { rows }
}

/** The newest lines first. */
export const logs = ({ chronicle }: Desk, most = 2_000): Logs => ({
  rows: chronicle.rows.all().slice(-most).reverse().map(logLine),
})
