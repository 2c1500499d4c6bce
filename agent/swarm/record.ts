// What happened, as the two chains told it: auctions, bids, claims, deposits. The base of every figure in the summary.
import type { Address, Hash } from 'viem'
import type { Network, VaultDeployment } from '../domain/network.ts'
import type { AccountId, VaultId } from '../domain/units.ts'
import { argument, type Fact, type SeenBlock } from './chain-watch.ts'
import { newRouteRecord, noteRoutes, type RouteRecord } from './route-record.ts'
import { key, type Truth } from './truth.ts'

/** How a won slice was paid for: the collateral's gap is the bidder's, a provider's, or there is none. */
export type Road = 'state-proof' | 'liquidity-service' | 'none'

/** One bid taken by the auction. Wall times in milliseconds. */
export type WonBid = {
  readonly tx: Hash
  readonly account: AccountId
  readonly bidder: Address
  readonly beneficiary: Address
  readonly fraction: number
  readonly pay: bigint
  readonly outlay: bigint
  readonly collateralValue: bigint
  readonly at: number
  readonly underSince: number | undefined
  readonly triggeredAt: number | undefined
  road: Road
  readonly claims: OpenClaim[]
}

/** Collateral allocated by a bid, on its way home. */
export type OpenClaim = {
  readonly vault: VaultId
  readonly beneficiary: Address
  readonly asset: Address
  readonly amount: bigint
  readonly cumulative: bigint
  readonly openedAt: number
  paidAt: number | undefined
  finalAt: number | undefined
  paidIn: Hash | undefined
}

/** A deposit and when its credit stood on the engine chain. */
export type WatchedDeposit = {
  readonly account: AccountId
  readonly asset: Address
  readonly amount: bigint
  readonly at: number
  readonly vault: VaultId
  creditedAt: number | undefined
}

/** What an account could not pay, and what the insurance paid of it. */
export type Shortfall = { readonly account: AccountId; readonly amount: bigint; readonly covered: bigint }

/** What the backers of a provider pool put in, and what their shares are worth, in the cash token's units. */
export type PoolRecord = { deposited: bigint; assets: bigint | undefined }

/** Everything recorded so far. */
export type Record = {
  readonly bids: WonBid[]
  readonly claims: OpenClaim[]
  readonly deposits: WatchedDeposit[]
  readonly triggers: Map<AccountId, number>
  /** Shortfalls not yet reported, and all of them. */
  readonly badDebts: Shortfall[]
  readonly shortfalls: Shortfall[]
  /** Engine accounts ever opened, for the sum of all cash. */
  readonly accounts: Set<Address>
  /** Credit lines by the account their collateral is deposited for. */
  readonly lines: Map<AccountId, LentLine>
  /** What every route booked, and what was stopped or slashed. */
  readonly routes: RouteRecord
  readonly pool: PoolRecord
}

/** A credit line that was opened, and how it ended. Wall times in milliseconds. */
export type LentLine = { readonly openedAt: number; readonly principal: bigint; end: 'repaid' | 'enforced' | undefined }

/** An empty record. */
export const newRecord = (): Record => ({
  bids: [],
  claims: [],
  deposits: [],
  triggers: new Map(),
  badDebts: [],
  shortfalls: [],
  accounts: new Set(),
  lines: new Map(),
  routes: newRouteRecord(),
  pool: { deposited: 0n, assets: undefined },
})

/** Adds what a block said. Answers the bids it took and the traders' accounts it touched. */
export function note(
  record: Record,
  truth: Truth,
  network: Network,
  block: SeenBlock,
): { readonly bids: readonly WonBid[]; readonly touched: ReadonlySet<AccountId> } {
  const touched = new Set<AccountId>()
  const bids: WonBid[] = []
  for (const fact of block.facts) {
    const account = fact.args['account']
    if (typeof account === 'string') touched.add(key(account as Address))
    const bid = noteFact(record, { truth, network, block, fact })
    if (bid !== undefined) bids.push(bid)
  }
  for (const bid of bids) attachClaims(record, network, bid, block)
  settleFinal(record, block)
  noteRoutes(record.routes, network, block)
  return { bids, touched }
}

type Noting = { readonly truth: Truth; readonly network: Network; readonly block: SeenBlock; readonly fact: Fact }

function noteFact(record: Record, { truth, network, block, fact }: Noting): WonBid | undefined {
  const at = block.seenAt
  switch (fact.name) {
    case 'AccountOpened':
      record.accounts.add(argument<Address>(fact, 'account'))
      return undefined
    case 'AuctionStarted':
      record.triggers.set(key(argument(fact, 'account')), at)
      return undefined
    case 'BadDebt':
      record.badDebts.push({
        account: key(argument(fact, 'account')),
        amount: argument(fact, 'amount'),
        covered: argument(fact, 'covered'),
      })
      return undefined
    case 'Deposited':
      record.deposits.push(depositOf(network, block, fact))
      return undefined
    case 'Credited':
      creditDeposits(record, network, block, fact)
      return undefined
    case 'Claimed':
      payClaims(record, network, block, fact)
      return undefined
    case 'LineOpened':
      record.lines.set(key(argument(fact, 'line')), {
        openedAt: at,
        principal: argument(fact, 'principal'),
        end: undefined,
      })
      return undefined
    case 'LineRepaid':
    case 'LineEnforced':
      endLine(record, fact)
      return undefined
    case 'BidTaken':
      return takeBid(record, truth, fact, at)
    default:
      return undefined
  }
}

function endLine(record: Record, fact: Fact): void {
  const line = record.lines.get(key(argument<AccountId>(fact, 'line')))
  if (line !== undefined) line.end = fact.name === 'LineRepaid' ? 'repaid' : 'enforced'
}

function takeBid(record: Record, truth: Truth, fact: Fact, at: number): WonBid {
  const account = key(argument<AccountId>(fact, 'account'))
  const bid: WonBid = {
    tx: fact.tx,
    account,
    bidder: argument(fact, 'bidder'),
    beneficiary: argument(fact, 'beneficiary'),
    fraction: argument(fact, 'fraction'),
    pay: argument(fact, 'pay'),
    outlay: argument(fact, 'outlay'),
    collateralValue: argument(fact, 'collateralValue'),
    at,
    underSince: truth.lives.get(account)?.underSince,
    triggeredAt: record.triggers.get(account),
    road: 'none',
    claims: [],
  }
  truth.bid(account, at)
  record.bids.push(bid)
  return bid
}

/** The claims a bid opened: the mirrors' `Owed` of the same transaction and account. */
function attachClaims(record: Record, network: Network, bid: WonBid, block: SeenBlock): void {
  for (const fact of block.facts) {
    if (fact.name !== 'Owed' || fact.tx !== bid.tx || key(argument(fact, 'from')) !== bid.account) continue
    const claim: OpenClaim = {
      vault: mirroredBy(network, block, fact.address)?.id ?? '',
      beneficiary: argument(fact, 'beneficiary'),
      asset: argument(fact, 'asset'),
      amount: argument(fact, 'amount'),
      cumulative: argument(fact, 'cumulative'),
      openedAt: block.seenAt,
      paidAt: undefined,
      finalAt: undefined,
      paidIn: undefined,
    }
    bid.claims.push(claim)
    record.claims.push(claim)
  }
  if (bid.claims.length > 0) bid.road = bid.beneficiary === bid.bidder ? 'state-proof' : 'liquidity-service'
}

const depositOf = (network: Network, block: SeenBlock, fact: Fact): WatchedDeposit => ({
  account: key(argument(fact, 'account')),
  asset: argument(fact, 'asset'),
  amount: argument(fact, 'amount'),
  at: block.seenAt,
  vault: vaultAt(network, block, fact.address)?.id ?? '',
  creditedAt: undefined,
})

function creditDeposits(record: Record, network: Network, block: SeenBlock, fact: Fact): void {
  const vault = mirroredBy(network, block, fact.address)
  const account = key(argument<AccountId>(fact, 'account'))
  for (const deposit of record.deposits) {
    const matches =
      deposit.account === account && deposit.vault === vault?.id && same(deposit.asset, argument(fact, 'asset'))
    if (matches) deposit.creditedAt ??= block.seenAt
  }
}

/** One payment settles every claim up to its cumulative. */
function payClaims(record: Record, network: Network, block: SeenBlock, fact: Fact): void {
  const vault = vaultAt(network, block, fact.address)
  const cumulative = argument<bigint>(fact, 'cumulative')
  for (const claim of record.claims) {
    if (claim.paidAt !== undefined || vault === undefined || claim.vault !== vault.id) continue
    if (!same(claim.beneficiary, argument(fact, 'beneficiary')) || !same(claim.asset, argument(fact, 'asset'))) continue
    if (claim.cumulative > cumulative) continue
    claim.paidAt = block.seenAt
    claim.paidIn = fact.tx
    waiting.set(claim, { chain: block.chain.id, number: block.number + BigInt(vault.finality) })
  }
}

/** Paid claims whose block is not final yet. */
const waiting = new WeakMap<OpenClaim, { readonly chain: number; readonly number: bigint }>()

function settleFinal(record: Record, block: SeenBlock): void {
  for (const claim of record.claims) {
    const until = waiting.get(claim)
    if (until === undefined || until.chain !== block.chain.id || until.number > block.number) continue
    claim.finalAt ??= block.seenAt
  }
}

const mirroredBy = (network: Network, block: SeenBlock, mirror: Address): VaultDeployment | undefined =>
  network.vaults.find((vault) => vault.engine === block.chain.id && same(vault.mirror, mirror))

const vaultAt = (network: Network, block: SeenBlock, address: Address): VaultDeployment | undefined =>
  network.vaults.find((vault) => vault.chain === block.chain.id && same(vault.vault, address))

const same = (a: Address, b: Address): boolean => a.toLowerCase() === b.toLowerCase()
