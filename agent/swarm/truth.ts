// Ground truth: which accounts fell below maintenance, when, and how deep, by our own sum over chain state and prices.
import type { EngineTerms, MarginAccount, Mode, Prices } from '../domain/market.ts'
import type { AccountId } from '../domain/units.ts'
import { isBelowMaintenance, margin } from '../maths/margin.ts'
import { idleBeside } from './idle.ts'

/** The life of one account over the run. Wall times in milliseconds. */
export type Life = {
  readonly account: AccountId
  readonly mode: Mode
  options: boolean
  /** First tick below maintenance. */
  fellAt: number | undefined
  /** Start of the current, or last, time below maintenance. */
  underSince: number | undefined
  under: boolean
  /** First tick with negative equity before any bid. */
  ruinedAt: number | undefined
  /** First tick with a mark below zero before any bid: the account could no longer pay anybody. */
  insolventAt: number | undefined
  firstBidAt: number | undefined
  bids: number
  /** Equity over maintenance at the last tick, for the closing table. */
  lastMark: bigint
  /** Capital of its owner that could not help when it fell first. */
  idle: bigint
}

/** The accounts under watch. */
export type Truth = {
  readonly lives: ReadonlyMap<AccountId, Life>
  /** The account as of a block of its chain. */
  learn(account: MarginAccount): void
  /** One price tick of one engine. Answers the accounts that fell with it. */
  tick(terms: EngineTerms, prices: Prices, now: number): readonly Life[]
  bid(account: AccountId, now: number): void
  /** Accounts whose capital belongs to one owner under one mode. */
  join(siblings: ReadonlyMap<AccountId, readonly AccountId[]>): void
}

/** Opens the book. Addresses are compared in lower case. */
export function openTruth(isOption: (instrument: number) => boolean): Truth {
  const accounts = new Map<AccountId, MarginAccount>()
  const lives = new Map<AccountId, Life>()
  const siblings = new Map<AccountId, readonly AccountId[]>()
  return {
    lives,
    learn(account) {
      const id = key(account.id)
      accounts.set(id, account)
      const life = lives.get(id) ?? born(id, account.mode)
      if (account.positions.some((position) => isOption(position.instrument))) life.options = true
      lives.set(id, life)
    },
    tick(terms, prices, now) {
      const fallen: Life[] = []
      for (const [id, account] of accounts) {
        const life = lives.get(id)
        if (life === undefined || account.engine !== terms.chain) continue
        const value = margin(account, terms, prices)
        if (value === undefined) continue
        const before = life.fellAt
        observe(life, { under: isBelowMaintenance(value), equity: value.equity, mark: value.mark }, now)
        if (before === undefined && life.fellAt !== undefined) fallen.push(life)
      }
      for (const life of fallen) life.idle = idleOf(life.account, { accounts, siblings, terms, prices })
      return fallen
    },
    bid(account, now) {
      const life = lives.get(key(account))
      if (life === undefined) return
      life.bids++
      life.firstBidAt ??= now
    },
    join(all) {
      for (const [account, others] of all) siblings.set(account, others)
    },
  }
}

/** Addresses as keys: checksummed and plain ones are the same account. */
export const key = (account: AccountId): AccountId => account.toLowerCase() as AccountId

type Observed = { readonly under: boolean; readonly equity: bigint; readonly mark: bigint }

function observe(life: Life, { under, equity, mark }: Observed, now: number): void {
  if (under && !life.under) life.underSince = now
  if (under) life.fellAt ??= now
  life.under = under
  life.lastMark = mark
  if (life.bids > 0) return
  if (equity < 0n) life.ruinedAt ??= now
  if (mark < 0n) life.insolventAt ??= now
}

const born = (account: AccountId, mode: Mode): Life => ({
  account,
  mode,
  options: false,
  fellAt: undefined,
  underSince: undefined,
  under: false,
  ruinedAt: undefined,
  insolventAt: undefined,
  firstBidAt: undefined,
  bids: 0,
  lastMark: 0n,
  idle: 0n,
})

type Owned = {
  readonly accounts: ReadonlyMap<AccountId, MarginAccount>
  readonly siblings: ReadonlyMap<AccountId, readonly AccountId[]>
  readonly terms: EngineTerms
  readonly prices: Prices
}

/** Nothing is said of accounts whose owner is not known to have others. */
function idleOf(id: AccountId, { accounts, siblings, terms, prices }: Owned): bigint {
  const [account, others] = [accounts.get(id), siblings.get(id)]
  if (account === undefined || others === undefined) return 0n
  const known = others.flatMap((other) => accounts.get(other) ?? [])
  return idleBeside(account, known, terms, prices)
}
