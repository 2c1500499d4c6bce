// The model's books as the contracts keep them: every word of the engine, its mirrors and its auction.
import { gunzipSync } from 'node:zlib'
import { type Address, type Hex, keccak256 } from 'viem'
import type { EngineTerms } from '../../agent/domain/market.ts'
import {
  creditedSlot,
  heldSlot,
  owedSlot,
  positionSlot,
  spentSlot,
  totalOwedSlot,
  wordSlot,
} from '../../agent/maths/slots.ts'
import type { Anvil } from './anvil.ts'
import type { Books, Held } from './engine-model.ts'
import { lineSlot, packLine } from './margin-chain.ts'

/** Words that are not zero, by contract in lower case and slot. */
export type Storage = ReadonlyMap<string, ReadonlyMap<string, bigint>>

/** Where the words are: `mirrors` by collateral, `accounts` by name of the model. */
export type Places = {
  readonly engine: Address
  readonly auction: Address
  readonly mirrors: readonly Address[]
  readonly terms: EngineTerms
  readonly pool: Address
  readonly insurance: Address
  /** What each account was credited in all, by collateral. */
  readonly credited: (who: Address, collateral: number) => bigint
}

/** All storage of some contracts, as the chain has it. */
export async function dump(anvil: Anvil, contracts: readonly Address[]): Promise<Storage> {
  const packed = String(await anvil.ask('anvil_dumpState'))
  const { accounts } = JSON.parse(gunzipSync(Buffer.from(packed.slice(2), 'hex')).toString()) as {
    accounts: Record<string, { storage: Record<Hex, Hex> }>
  }
  const known = new Map(Object.entries(accounts).map(([at, { storage }]) => [at.toLowerCase(), storage]))
  return new Map(
    contracts.map((at) => {
      const words = Object.entries(known.get(at.toLowerCase()) ?? {}).filter(([, word]) => BigInt(word) !== 0n)
      return [at.toLowerCase(), new Map(words.map(([slot, word]) => [pad(slot), BigInt(word)]))]
    }),
  )
}

/** `before` with the words that the model predicts laid over it. */
export function overlaid(before: Storage, books: Books, places: Places): Storage {
  const after = new Map([...before].map(([at, words]) => [at, new Map(words)]))
  for (const [at, slot, word] of [...accounts(books, places), ...mirrors(books, places), ...lines(places)]) {
    const words = after.get(at.toLowerCase())
    if (word === 0n) words?.delete(slot)
    else words?.set(slot, word)
  }
  return after
}

type Word = readonly [at: Address, slot: Hex, word: bigint]

function accounts(books: Books, { engine, auction, pool, insurance, terms }: Places): Word[] {
  const ids = terms.instruments.map(({ id }) => id)
  const own = [...books.accounts].flatMap(([who, account]): Word[] => [
    [engine, wordSlot(who as Address, keccak256), wordOf(account)],
    [engine, heldSlot(who as Address, keccak256), heldOf([...account.positions.keys()]) | (1n << 128n)],
    [auction, clockSlot(who as Address), account.startedAt ?? 0n],
    ...ids.map((id): Word => {
      const { size, entry } = account.positions.get(id) ?? { size: 0n, entry: 0n }
      return [engine, positionSlot(who as Address, id, keccak256), both(size, entry)]
    }),
  ])
  const against = ids.map((id) => [id, -sum(books, ({ positions }) => positions.get(id)?.size ?? 0n)] as const)
  return [
    ...own,
    [engine, wordSlot(pool, keccak256), low(books.pool) << 72n],
    [engine, wordSlot(insurance, keccak256), low(books.insurance) << 72n],
    [engine, heldSlot(pool, keccak256), heldOf(against.filter(([, size]) => size !== 0n).map(([id]) => id))],
    ...against.map(([id, size]): Word => [engine, positionSlot(pool, id, keccak256), low(size)]),
  ]
}

function mirrors(books: Books, { mirrors: at, terms, credited }: Places): Word[] {
  return terms.collaterals.flatMap(({ id, asset }) => {
    const mirror = at[id]
    if (mirror === undefined) throw new Error(`collateral ${id} has no mirror`)
    const owed = [...(books.owed.get(id) ?? [])]
    const words = [...books.accounts].flatMap(([who, { credit }]): Word[] => [
      [mirror, creditedSlot(who as Address, asset, keccak256), credited(who as Address, id)],
      [mirror, spentSlot(who as Address, asset, keccak256), credited(who as Address, id) - (credit.get(id) ?? 0n)],
    ])
    return [
      ...words,
      ...owed.map(([to, amount]): Word => [mirror, owedSlot(to as Address, asset, keccak256), amount]),
      [mirror, totalOwedSlot(asset, keccak256), owed.reduce((total, [, amount]) => total + amount, 0n)],
    ]
  })
}

/** The test itself moves the funding. */
const lines = ({ engine, terms }: Places): Word[] =>
  terms.instruments.map((one) => [engine, lineSlot(one.id), BigInt(packLine(one))])

const MODES = { isolated: 1n, cross: 2n, unified: 3n } as const
const wordOf = ({ version, mode, cash, updatedAt }: Held): bigint =>
  version | (MODES[mode] << 64n) | (low(cash) << 72n) | (updatedAt << 200n)
const heldOf = (ids: readonly number[]): bigint => ids.reduce((bits, id) => bits | (1n << BigInt(id)), 0n)
const both = (size: bigint, entry: bigint): bigint => low(size) | (low(entry) << 128n)
const low = (value: bigint): bigint => BigInt.asUintN(128, value)
const sum = (books: Books, of: (account: Held) => bigint): bigint =>
  [...books.accounts.values()].reduce((total, account) => total + of(account), 0n)

const pad = (slot: string): Hex => `0x${BigInt(slot).toString(16).padStart(64, '0')}`
/** LiquidationAuction slot 2: `_clocks[account]`, of which only the start is ever set here. */
const clockSlot = (who: Address): Hex =>
  keccak256(`0x${who.slice(2).toLowerCase().padStart(64, '0')}${pad('2').slice(2)}`)
