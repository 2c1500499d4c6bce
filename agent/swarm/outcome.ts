// What became of a run, in figures: the base of the assertions, the tables and the JSON summary.
import type { Scenario } from '../../config/scenario.ts'
import { amount } from '../console/chronicle/saying.ts'
import { crashWindow } from '../simulator/scenario/market.ts'
import type { Balance } from './conservation.ts'
import type { Seated } from './deployment.ts'
import { type GapSummary, gapSummary } from './gaps.ts'
import type { OpenClaim, Road, WonBid } from './record.ts'
import { percentile } from './statistics.ts'
import type { Life } from './truth.ts'
import type { Watch } from './watch.ts'

/** One agent's row. Amounts in dollars (wad). */
export type AgentRow = {
  readonly name: string
  readonly role: 'bidder' | 'provider'
  readonly strategy: string
  readonly alive: boolean
  readonly wins: number
  readonly lost: number
  readonly pnl: bigint
  /** What the agent itself reported, with its parts; undefined when it did not. */
  readonly reported: bigint | undefined
  readonly parts: ReadonlyMap<string, bigint>
  readonly capital: bigint
  readonly gapPredicted: bigint
  readonly gapRealised: bigint
  /** Without log access: candidates found from peers' proven states. Undefined for agents that read logs. */
  readonly learned: number | undefined
  /** Ran out of capital and passed on candidates. */
  readonly exhausted: boolean
}

/** Everything the end of a run is judged by. */
export type Outcome = {
  readonly seed: number
  readonly fell: readonly Life[]
  readonly liquidated: readonly Life[]
  readonly refused: readonly Life[]
  readonly missed: readonly Life[]
  /** Of the missed, those that were healthy again at the end. */
  readonly recovered: number
  /** Liquidated before their equity turned negative. */
  readonly inTime: number
  readonly badDebt: bigint
  readonly bids: readonly WonBid[]
  readonly claims: readonly OpenClaim[]
  readonly settledBy: Readonly<Record<Exclude<Road, 'none'>, number>>
  readonly settled: number
  readonly unsettled: number
  readonly winners: number
  readonly ledgers: readonly Balance[]
  readonly agents: readonly AgentRow[]
  readonly gossip: Gossip
  readonly gaps: GapSummary
  readonly creditLag: readonly number[]
  /** Transactions on vault chains in which an agent sold what it had claimed. */
  readonly sales: ReadonlySet<string>
  readonly wallSeconds: number
  /** Credit lines, where a scenario has any. */
  readonly lines: LendingOutcome | undefined
}

/** What became of credit lines. `pnl` is what the ended ones earned their provider; lags in milliseconds. */
export type LendingOutcome = {
  readonly opened: number
  readonly repaid: number
  readonly enforced: number
  readonly pnl: bigint
  /** Deposit to cash on the engine chain, and deposit to proven credit. */
  readonly cashLag: readonly number[]
  readonly creditLag: readonly number[]
}

/** Delivery of price batches over all agents, the crash reported apart. */
export type Gossip = {
  readonly messages: number
  readonly p50: number | undefined
  readonly p99: number | undefined
  readonly crashP50: number | undefined
  readonly crashP99: number | undefined
}

/** What the watcher cannot know by itself. */
export type Closing = {
  readonly scenario: Scenario
  readonly seats: readonly Seated[]
  readonly alive: ReadonlySet<string>
  readonly gains: ReadonlyMap<string, bigint>
  readonly ledgers: readonly Balance[]
  readonly opened: number
  readonly wallSeconds: number
}

/** Sums up a run. */
export function outcomeOf(watch: Watch, closing: Closing): Outcome {
  const { record, truth, voices } = watch
  const fell = [...truth.lives.values()].filter((life) => life.fellAt !== undefined)
  const liquidated = fell.filter((life) => life.bids > 0)
  const untouched = fell.filter((life) => life.bids === 0)
  const refused = untouched.filter((life) => voices.refusals.has(life.account))
  const missed = untouched.filter((life) => !voices.refusals.has(life.account))
  const done = (claim: OpenClaim): boolean => claim.finalAt !== undefined
  const closed = record.bids.filter((bid) => bid.claims.length > 0 && bid.claims.every(done))
  return {
    ...{ seed: closing.scenario.seed, fell, liquidated, refused, missed },
    recovered: missed.filter((life) => !life.under).length,
    inTime: liquidated.filter((life) => life.ruinedAt === undefined).length,
    badDebt: badDebtOf(watch),
    bids: record.bids,
    claims: record.claims,
    settledBy: {
      'state-proof': closed.filter((bid) => bid.road === 'state-proof').length,
      'liquidity-service': closed.filter((bid) => bid.road === 'liquidity-service').length,
    },
    settled: record.claims.filter(done).length,
    unsettled: record.claims.filter((claim) => !done(claim)).length,
    winners: new Set(record.bids.map((bid) => bid.bidder)).size,
    ledgers: closing.ledgers,
    agents: closing.seats.map((seat) => rowOf(watch, closing, seat)),
    gossip: gossipOf(watch, closing),
    gaps: gapSummary(voices.gaps),
    creditLag: record.deposits.flatMap(({ at, creditedAt }) => (creditedAt === undefined ? [] : [creditedAt - at])),
    sales: new Set(voices.sales.map((sale) => sale.tx)),
    wallSeconds: closing.wallSeconds,
    lines: closing.scenario.lines === undefined ? undefined : lendingOf(watch),
  }
}

function lendingOf({ record, voices }: Watch): LendingOutcome {
  const lines = [...record.lines.values()]
  const locked = record.deposits.filter(({ account }) => record.lines.has(account))
  return {
    opened: lines.length,
    repaid: lines.filter(({ end }) => end === 'repaid').length,
    enforced: lines.filter(({ end }) => end === 'enforced').length,
    pnl: voices.lines.reduce((sum, { pnl }) => sum + pnl, 0n),
    cashLag: locked.map(({ account, at }) => (record.lines.get(account)?.openedAt ?? at) - at),
    creditLag: locked.flatMap(({ at, creditedAt }) => (creditedAt === undefined ? [] : [creditedAt - at])),
  }
}

/** Shortfalls booked on chain, and marks below zero that nobody took. */
function badDebtOf({ record, truth }: Watch): bigint {
  const booked = record.shortfalls.reduce((sum, one) => sum + one.amount, 0n)
  const left = [...truth.lives.values()].reduce((sum, life) => sum + (life.lastMark < 0n ? -life.lastMark : 0n), 0n)
  return booked + left
}

function rowOf({ record, voices }: Watch, { alive, gains }: Closing, seat: Seated): AgentRow {
  const own = record.bids.filter((bid) => bid.bidder.toLowerCase() === seat.executor.toLowerCase())
  const parts = voices.closed.get(seat.name) ?? new Map<string, bigint>()
  const said = voices.summaries.get(seat.name)
  const onGap = own.filter((bid) => bid.road === 'state-proof').map((bid) => bid.tx.toLowerCase())
  const predicted = [...voices.intents.values()].filter(
    (one) => one.agent === seat.name && onGap.includes(one.tx.toLowerCase()),
  )
  return {
    ...{ name: seat.name, role: seat.role, alive: alive.has(seat.name), parts },
    strategy: seat.role === 'provider' ? 'provider' : seat.strategy,
    wins: seat.role === 'provider' ? record.bids.filter((bid) => isFor(bid, seat)).length : own.length,
    lost: voices.lost.get(seat.name) ?? 0,
    pnl: gains.get(seat.name) ?? 0n,
    reported: said === undefined ? parts.get('total') : amount(said['pnl']),
    capital: seat.capital,
    gapPredicted:
      said === undefined ? predicted.reduce((sum, one) => sum + one.gapExpected, 0n) : amount(said['gapPredicted']),
    gapRealised: said === undefined ? -(parts.get('gap') ?? 0n) : amount(said['gapRealised']),
    learned: seat.blindLogs ? (voices.learned.get(seat.name) ?? 0) : undefined,
    exhausted: voices.exhausted.has(seat.name),
  }
}

const isFor = (bid: WonBid, seat: Seated): boolean =>
  bid.road === 'liquidity-service' && bid.beneficiary.toLowerCase() === seat.executor.toLowerCase()

function gossipOf({ voices }: Watch, { scenario, opened }: Closing): Gossip {
  const crash = crashWindow(scenario)
  const inCrash = (at: number): boolean =>
    crash !== undefined && at - opened >= crash.from && at - opened < crash.to + CRASH_ECHO
  const deliveries = voices.deliveries.filter(({ at }) => at >= opened)
  const [calm, crashed] = [deliveries.filter(({ at }) => !inCrash(at)), deliveries.filter(({ at }) => inCrash(at))]
  const at = (group: typeof deliveries, share: number): number | undefined =>
    percentile(
      group.map(({ millis }) => millis),
      share,
    )
  return {
    messages: [...voices.gossip.values()].reduce((sum, stats) => sum + Number(amount(stats['messages'])), 0),
    ...{ p50: at(calm, 0.5), p99: at(calm, 0.99), crashP50: at(crashed, 0.5), crashP99: at(crashed, 0.99) },
  }
}

/** The rush after the crash belongs to it: auctions start and bids race in the second that follows. */
const CRASH_ECHO = 1_000
