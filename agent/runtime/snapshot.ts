// An agent at one instant, as a console shows it: what it holds, what it carries, whom it hears. Made when asked for.
import { type Market, marketAt } from '../core/book.ts'
import { inFlight, type OpenClaim, unsettledGas } from '../core/ledger.ts'
import { shortfallCarried } from '../core/risk/carried.ts'
import type { Core } from '../core/state.ts'
import type { GapRisk, IntentId } from '../domain/liquidation.ts'
import type { MarginAccount, Mode, Source } from '../domain/market.ts'
import { type Holding, holdingsOf } from '../domain/posting.ts'
import type { AccountId, ChainId, CollateralId, FeedId, Instant, VaultId, Wad } from '../domain/units.ts'
import { toDouble } from '../maths/fixed-point.ts'
import { margin } from '../maths/margin.ts'
import type { PeerInfo } from '../ports/gossip.ts'
import { type AgentStatus, type Post, statusOf } from './post.ts'

/** One claim on its way home: what it was worth at the bid, what was paid for it, and what it is worth now. */
export type Carrying = {
  readonly intent: IntentId
  readonly account: AccountId | undefined
  readonly strategy: string | undefined
  readonly vault: VaultId
  readonly collateral: CollateralId
  readonly amount: bigint
  readonly openedAt: Instant
  readonly debt: Wad
  readonly value: Wad
  readonly now: Wad | undefined
  /** What was said of the gap of its whole bid. */
  readonly gap: GapRisk | undefined
}

/** A bid whose fate is unknown. */
export type Bidding = {
  readonly intent: IntentId
  readonly account: AccountId
  readonly strategy: string
  readonly route: string
  readonly amount: Wad
  readonly net: Wad
}

/** An account by how far it is from maintenance: equity over maintenance, in dollars, and as seen by whom. */
export type Near = {
  readonly account: AccountId
  readonly engine: ChainId
  readonly mode: Mode
  readonly source: Source
  readonly equity: Wad
  readonly maintenance: Wad
  readonly mark: Wad
}

/** The state of one agent. Amounts in dollars (wad) unless said otherwise. */
export type Snapshot = {
  readonly at: Instant
  readonly status: AgentStatus
  readonly waiting: number
  readonly unsettledGas: Wad
  /** Expected shortfall (97.5 %) of everything carried, its limit, and the limit of outlay in flight. */
  readonly carried: { readonly shortfall: number; readonly limit: Wad; readonly inFlight: Wad; readonly most: Wad }
  readonly cash: readonly { readonly engine: ChainId; readonly cash: Wad }[]
  readonly claims: readonly Carrying[]
  readonly bids: readonly Bidding[]
  /** In the assets' own units. */
  readonly holdings: readonly Holding[]
  readonly prices: readonly {
    readonly engine: ChainId
    readonly feed: FeedId
    readonly price: bigint
    readonly age: number
  }[]
  readonly heads: readonly { readonly chain: ChainId; readonly number: bigint; readonly age: number }[]
  readonly runway: readonly { readonly chain: ChainId; readonly claims: number }[]
  readonly closedRoutes: readonly VaultId[]
  readonly peers: readonly PeerInfo[]
  readonly near: readonly Near[]
  readonly accounts: number
}

/** Looks once. */
export function snapshotOf(post: Post): Snapshot {
  const { context, core } = post
  const { ledger, setup } = core
  const at = context.clock.now()
  return {
    at,
    status: statusOf(post),
    waiting: context.inputs(),
    unsettledGas: unsettledGas(ledger),
    carried: {
      shortfall: shortfallCarried(core, at),
      limit: setup.risk.maxShortfall,
      inFlight: inFlight(ledger),
      most: setup.risk.maxInFlight,
    },
    cash: [...ledger.cash].map(([engine, cash]) => ({ engine, cash })),
    claims: carryingIn(post),
    bids: biddingIn(core),
    holdings: holdingsOf(context.journal.balances()),
    ...chainsIn(core, at),
    peers: context.gossip.peers(),
    near: nearest(core, at),
    accounts: core.book.accounts.size,
  }
}

function carryingIn({ context, core: { ledger } }: Post): readonly Carrying[] {
  const engineOf = new Map(context.network.vaults.map(({ id, engine }) => [id, engine]))
  const carrying = ({ claim, value, debt }: OpenClaim): Carrying => {
    const intent = ledger.settlements.get(claim.intent)?.intent
    const engine = engineOf.get(claim.vault)
    const { vault, collateral, amount, openedAt } = claim
    return {
      ...{ intent: claim.intent, vault, collateral, amount, openedAt, debt, value },
      account: intent?.quote.candidate.account.id,
      strategy: intent?.strategy,
      now: engine === undefined ? undefined : context.valueOf(engine, collateral, amount),
      gap: intent?.quote.gap,
    }
  }
  const open = [...ledger.settlements.values()].flatMap(({ claims }) => [...claims.values()])
  return [...open, ...ledger.orphans.values()].slice(0, MOST).map(carrying)
}

const biddingIn = ({ ledger }: Core): readonly Bidding[] =>
  [...ledger.reserved.values()].map(({ intent, amount }) => ({
    intent: intent.id,
    account: intent.quote.candidate.account.id,
    strategy: intent.strategy,
    route: intent.quote.route.id,
    amount,
    net: intent.quote.net,
  }))

function chainsIn(
  { book, payable, closedRoutes }: Core,
  at: Instant,
): Pick<Snapshot, 'prices' | 'heads' | 'runway' | 'closedRoutes'> {
  return {
    prices: [...book.lastPrices].flatMap(([engine, prices]) =>
      [...prices.values()].map(({ feed, price, sequence }) => ({ engine, feed, price, age: at - sequence })),
    ),
    heads: [...book.heads].map(([chain, { head, seenAt }]) => ({ chain, number: head.number, age: at - seenAt })),
    runway: [...payable].map(([chain, claims]) => ({ chain, claims })),
    closedRoutes: [...closedRoutes],
  }
}

/** The accounts nearest to liquidation: of those that fell and of so many others as one look may value. */
function nearest({ book, self, sightings }: Core, at: Instant): readonly Near[] {
  const markets = new Map([...book.terms.keys()].map((engine) => [engine, marketAt(book, engine, at)]))
  const keys = new Set([...sightings.keys(), ...[...book.accounts.keys()].slice(0, MOST_VALUED)])
  const near = [...keys].flatMap((key) => {
    const fact = book.accounts.get(key)
    const market = fact && markets.get(fact.account.engine)
    if (fact === undefined || market === undefined || market.prices.size === 0) return []
    return self.has(fact.account.id.toLowerCase()) ? [] : nearIn(market, fact)
  })
  return near.sort((a, b) => cover(a) - cover(b)).slice(0, MOST)
}

function nearIn(market: Market, { account, source }: { account: MarginAccount; source: Source }): readonly Near[] {
  const worth = margin(account, market.terms, market.prices)
  if (worth === undefined || worth.maintenance === 0n) return []
  const { equity, maintenance, mark } = worth
  return [{ account: account.id, engine: account.engine, mode: account.mode, source, equity, maintenance, mark }]
}

const cover = ({ equity, maintenance }: Near): number => toDouble(equity) / toDouble(maintenance)

/** Rows that a page shows, and accounts that one look may value. */
const [MOST, MOST_VALUED] = [60, 1_500]
