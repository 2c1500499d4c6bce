// Double entry: whatever moves our capital is a posting, and its entries sum to zero in every asset of every chain.
import type { Address } from 'viem'
import type { IntentId } from './liquidation.ts'
import type { ChainId, Wad } from './units.ts'

/** A token by its address, engine cash (1e18 per dollar) or the chain's native coin (wei). Amounts in its own units. */
export type Asset = Address | 'cash' | 'coin'

/**
 * `actual`: what the chain says we hold. `in-flight`: paid for and not yet received; `owed` faces it. `reserved`:
 * promised to an intent; `promised` faces it. The others say where the rest went or came from: `bids`, `vaults` (what
 * they paid), `sales`, `gas`, `fees` of trades, `lines` (liquidity that we lend), `trades` (positions of our own), `owner` (deposits and withdrawals),
 * `opening` (what was there when the books began), `arrived` (nobody knows why), `accepted` (an operator took the
 * chain's word over ours).
 */
export type LedgerAccount =
  | 'actual'
  | 'in-flight'
  | 'owed'
  | 'reserved'
  | 'promised'
  | 'bids'
  | 'vaults'
  | 'sales'
  | 'gas'
  | 'fees'
  | 'lines'
  | 'trades'
  | 'owner'
  | 'opening'
  | 'arrived'
  | 'accepted'

/** An amount on an account; negative is credit. */
export type Entry = {
  readonly chain: ChainId
  readonly asset: Asset
  readonly account: LedgerAccount
  readonly amount: bigint
}

/** One movement, as of a block of one chain. The same `ref` is posted once. */
export type Posting = {
  readonly ref: string
  readonly chain: ChainId
  readonly block: bigint
  readonly entries: readonly Entry[]
}

/** What two accounts of one asset exchange. */
export type Movement = {
  readonly chain: ChainId
  readonly asset: Asset
  readonly amount: bigint
  readonly from: LedgerAccount
  readonly to: LedgerAccount
}

/** Both sides of a movement; nothing for nothing. */
export function move({ chain, asset, amount, from, to }: Movement): readonly Entry[] {
  if (amount === 0n) return []
  return [
    { chain, asset, account: from, amount: -amount },
    { chain, asset, account: to, amount },
  ]
}

/** A claim opened by a bid: the vault's chain owes us from now on. */
export const opened = (chain: ChainId, asset: Asset, amount: bigint): readonly Entry[] =>
  move({ chain, asset, amount, from: 'owed', to: 'in-flight' })

/** A vault paid: what was in flight is ours. */
export const received = (chain: ChainId, asset: Asset, amount: bigint): readonly Entry[] => [
  ...move({ chain, asset, amount, from: 'in-flight', to: 'owed' }),
  ...move({ chain, asset, amount, from: 'vaults', to: 'actual' }),
]

/** Cash that an intent may take, until the chain says what it took. */
export const reserving = (intent: IntentId, chain: ChainId, amount: Wad): Posting => ({
  ref: `reserve ${intent}`,
  chain,
  block: 0n,
  entries: move({ chain, asset: 'cash', amount, from: 'promised', to: 'reserved' }),
})

/** What takes a posting back. */
export const reversed = (posting: Posting): Posting => ({
  ...posting,
  ref: `undo ${posting.ref}`,
  entries: posting.entries.map((entry) => ({ ...entry, amount: -entry.amount })),
})

/** What stands on one account. */
export type Balance = Entry

/** Balances after postings, without those that are zero. */
export function balancesOf(postings: Iterable<Posting>, before: readonly Balance[] = []): readonly Balance[] {
  const sums = new Map<string, Balance>(before.map((balance) => [placeOf(balance), balance]))
  for (const { entries } of postings)
    for (const entry of entries) {
      const place = placeOf(entry)
      sums.set(place, { ...entry, amount: (sums.get(place)?.amount ?? 0n) + entry.amount })
    }
  return [...sums.values()].filter(({ amount }) => amount !== 0n)
}

/** Assets of chains whose entries do not sum to zero: none, ever. */
export function unbalanced(entries: readonly Entry[]): readonly { chain: ChainId; asset: Asset; sum: bigint }[] {
  const sums = new Map<string, { chain: ChainId; asset: Asset; sum: bigint }>()
  for (const { chain, asset, amount } of entries) {
    const key = `${chain}:${asset.toLowerCase()}`
    sums.set(key, { chain, asset, sum: (sums.get(key)?.sum ?? 0n) + amount })
  }
  return [...sums.values()].filter(({ sum }) => sum !== 0n)
}

/** What we have of one asset on one chain. `inventory` is free to spend or on its way to us. */
export type Holding = {
  readonly chain: ChainId
  readonly asset: Asset
  readonly actual: bigint
  readonly inFlight: bigint
  readonly reserved: bigint
  readonly inventory: bigint
}

/** inventory = actual + in flight - reserved, for every asset of every chain. */
export function holdingsOf(balances: readonly Balance[]): readonly Holding[] {
  const places = new Map(balances.map(({ chain, asset }) => [`${chain}:${asset.toLowerCase()}`, { chain, asset }]))
  return [...places.values()].map(({ chain, asset }) => {
    const on = (account: LedgerAccount): bigint => balanceOf(balances, { chain, asset, account })
    const [actual, inFlight, reserved] = [on('actual'), on('in-flight'), on('reserved')]
    return { chain, asset, actual, inFlight, reserved, inventory: actual + inFlight - reserved }
  })
}

/** What stands on one account; zero where nothing was ever posted. */
export const balanceOf = (balances: readonly Balance[], where: Omit<Entry, 'amount'>): bigint =>
  balances.find((balance) => placeOf(balance) === placeOf(where))?.amount ?? 0n

const placeOf = ({ chain, asset, account }: Omit<Entry, 'amount'>): string =>
  `${chain}:${asset.toLowerCase()}:${account}`
