// What a paper agent would own: cash on every engine, and the two counters of every claim. Kept in its own journal.
import type { Address } from 'viem'
import type { AccountId, ChainId, VaultId, Wad } from '../../domain/units.ts'
import { wad } from '../../domain/units.ts'
import type { Journal } from '../../ports/journal.ts'

/** Simulated money. It is in no chain, and never touches money that is. */
export type PaperBook = {
  cash(engine: ChainId): Wad
  /** Books a change of cash and what it brought: amounts by asset, owed from now on. */
  filled(engine: ChainId, change: Wad, owed: readonly Owed[]): void
  /** The version of an account that a paper bid took: in the market it stands there still. */
  taken(engine: ChainId, account: AccountId): bigint | undefined
  take(engine: ChainId, account: AccountId, version: bigint): void
  owed(vault: VaultId, asset: Address): bigint
  claimed(vault: VaultId, asset: Address): bigint
  /** Books a sale: these amounts came home. */
  sold(claimed: readonly Owed[]): void
}

/** An amount of an asset at a vault, in the asset's units. */
export type Owed = { readonly vault: VaultId; readonly asset: Address; readonly amount: bigint }

/** Opens the book where an earlier run left it; with `capital` on every engine otherwise. */
export function openPaperBook(journal: Pick<Journal, 'remember' | 'recall'>, capital: Wad): PaperBook {
  const figures = remembered(journal.recall(KEY))
  const at = (name: string, otherwise = 0n): bigint => figures.get(name) ?? otherwise
  const add = (name: string, amount: bigint, otherwise = 0n) => void figures.set(name, at(name, otherwise) + amount)
  const keep = () => journal.remember(KEY, JSON.stringify([...figures].map(([name, value]) => [name, `${value}`])))
  return {
    cash: (engine) => wad(at(`cash ${engine}`, capital)),
    filled: (engine, change, owed) => {
      add(`cash ${engine}`, change, capital)
      for (const { vault, asset, amount } of owed) add(nameOf('owed', vault, asset), amount)
      keep()
    },
    taken: (engine, account) => figures.get(`taken ${engine} ${account.toLowerCase()}`),
    take: (engine, account, version) => {
      figures.set(`taken ${engine} ${account.toLowerCase()}`, version)
      keep()
    },
    owed: (vault, asset) => at(nameOf('owed', vault, asset)),
    claimed: (vault, asset) => at(nameOf('claimed', vault, asset)),
    sold: (claimed) => {
      for (const { vault, asset, amount } of claimed) add(nameOf('claimed', vault, asset), amount)
      keep()
    },
  }
}

const KEY = 'paper'

const nameOf = (counter: 'owed' | 'claimed', vault: VaultId, asset: Address): string =>
  `${counter} ${vault} ${asset.toLowerCase()}`

/** We wrote it ourselves, in one step. */
const remembered = (text: string | undefined): Map<string, bigint> =>
  new Map((JSON.parse(text ?? '[]') as [string, string][]).map(([name, value]) => [name, BigInt(value)]))
