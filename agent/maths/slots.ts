// Where the contracts keep what an account is made of. The layout is part of their interface; keccak is handed in.
import type { Address, Hex } from 'viem'
import type { MarginAccount, Mode } from '../domain/market.ts'
import type { Network, VaultDeployment } from '../domain/network.ts'
import type { AccountId, ChainId, CollateralId, InstrumentId } from '../domain/units.ts'

/** Keccak-256 of bytes, as `keccak256` of viem. */
export type Keccak = (data: Hex) => Hex

/** Slots of one contract, in the order a rebuilt account reads them. */
export type ContractSlots = { readonly address: Address; readonly slots: readonly Hex[] }

/** The slots a proof of an account must cover: the engine first, then each mirror; absent slots are proven as absent. */
export function accountSlots(
  account: Pick<MarginAccount, 'engine' | 'id' | 'positions'>,
  network: Network,
  keccak: Keccak,
): readonly ContractSlots[] {
  const held = account.positions.map((position) => position.instrument)
  const engine = network.engines.find((deployment) => deployment.chain === account.engine)
  const own = engine === undefined ? [] : [{ address: engine.engine, slots: engineSlots(account.id, held, keccak) }]
  return [...own, ...mirrorSlots(account.id, creditPlaces(network, account.engine), keccak)]
}

/** One collateral of an engine chain: the mirror that holds its credit, and its token on the vault chain. */
export type CreditPlace = { readonly collateral: CollateralId; readonly mirror: Address; readonly asset: Address }

/** Every collateral whose credit counts on an engine chain, by ascending id. */
export function creditPlaces(network: Network, engine: ChainId): readonly CreditPlace[] {
  return network.vaults
    .filter((vault) => vault.engine === engine)
    .flatMap(({ mirror, assets }) => assets.map(({ collateral, token }) => ({ collateral, mirror, asset: token })))
    .sort((a, b) => a.collateral - b.collateral)
}

/** MarginEngine slot 0: `word[account]`. */
export const wordSlot = (account: AccountId, keccak: Keccak): Hex => entry(account, ROOT.word, keccak)
/** MarginEngine slot 1: `held[account]`. */
export const heldSlot = (account: AccountId, keccak: Keccak): Hex => entry(account, ROOT.held, keccak)
/** MarginEngine slot 2: `position[account][instrument]`. */
export const positionSlot = (account: AccountId, instrument: InstrumentId, keccak: Keccak): Hex =>
  entry(word(BigInt(instrument)), entry(account, ROOT.position, keccak), keccak)
/** MarginEngine slot 3: `owner[account]`. */
export const ownerSlot = (account: AccountId, keccak: Keccak): Hex => entry(account, ROOT.owner, keccak)
/** VaultMirror slot 0: `owed[beneficiary][asset]`. */
export const owedSlot = (beneficiary: Address, asset: Address, keccak: Keccak): Hex =>
  entry(asset, entry(beneficiary, ROOT.owed, keccak), keccak)
/** CollateralVault slot 1: `claimed[beneficiary][asset]`. */
export const claimedSlot = (beneficiary: Address, asset: Address, keccak: Keccak): Hex =>
  entry(asset, entry(beneficiary, ROOT.claimed, keccak), keccak)
/** VaultMirror slot 2: `credited[account][asset]`. */
export const creditedSlot = (account: AccountId, asset: Address, keccak: Keccak): Hex =>
  entry(asset, entry(account, ROOT.credited, keccak), keccak)
/** VaultMirror slot 3: `spent[account][asset]`. */
export const spentSlot = (account: AccountId, asset: Address, keccak: Keccak): Hex =>
  entry(asset, entry(account, ROOT.spent, keccak), keccak)
/** CollateralVault slot 0: `deposited[account][asset]`. */
export const depositedSlot = (account: AccountId, asset: Address, keccak: Keccak): Hex =>
  entry(asset, entry(account, ROOT.deposited, keccak), keccak)

/** CollateralVault slot 2: `totalDeposited[asset]`. */
export const totalDepositedSlot = (asset: Address, keccak: Keccak): Hex => entry(asset, ROOT.totalDeposited, keccak)
/** CollateralVault slot 10: `totalExited[asset]`. */
export const totalExitedSlot = (asset: Address, keccak: Keccak): Hex => entry(asset, ROOT.totalExited, keccak)
/** CollateralVault slot 14: what was paid of an asset, low to high: uint192 amount, uint64 time of the newest proof. */
export const paidSlot = (asset: Address, keccak: Keccak): Hex => entry(asset, ROOT.paid, keccak)
/** VaultMirror slot 10: the books of an asset, low to high: uint104 credited, uint104 cap, uint40 time, bool limited. */
export const booksSlot = (asset: Address, keccak: Keccak): Hex => entry(asset, ROOT.books, keccak)
/** `balances[holder]` of a token that keeps them at slot `root`. */
export const balanceSlot = (holder: Address, root: number, keccak: Keccak): Hex =>
  entry(holder, word(BigInt(root)), keccak)
/** VaultMirror slot 4: `totalOwed[asset]`. */
export const totalOwedSlot = (asset: Address, keccak: Keccak): Hex => entry(asset, ROOT.totalOwed, keccak)

/** MarginEngine's account word, low to high: uint64 version, uint8 mode, int128 cash, uint56 updatedAt. */
export function unpackWord(packed: bigint): { version: bigint; mode: Mode | undefined; cash: bigint } {
  const mode = MODES[Number((packed >> 64n) & 0xffn)]
  return { version: BigInt.asUintN(64, packed), mode, cash: BigInt.asIntN(128, packed >> 72n) }
}

/** Instruments marked in the low half of MarginEngine's `held` word, ascending. */
export function unpackHeld(packed: bigint): readonly InstrumentId[] {
  const marked: InstrumentId[] = []
  for (let id = 0, bits = BigInt.asUintN(128, packed); bits > 0n; id++, bits >>= 1n) if (bits & 1n) marked.push(id)
  return marked
}

/** A position word, low to high: int128 size, int128 entry funding. */
export const unpackPosition = (packed: bigint): { readonly size: bigint; readonly entryFunding: bigint } => ({
  ...{ size: BigInt.asIntN(128, packed), entryFunding: BigInt.asIntN(128, packed >> 128n) },
})

const MODES: readonly (Mode | undefined)[] = [undefined, 'isolated', 'cross', 'unified']

const word = (n: bigint): Hex => `0x${n.toString(16).padStart(64, '0')}`

/** Root slots of the mappings, by contract: MarginEngine, VaultMirror, CollateralVault. */
const ROOT = {
  word: word(0n),
  held: word(1n),
  position: word(2n),
  owner: word(3n),
  owed: word(0n),
  claimed: word(1n),
  credited: word(2n),
  spent: word(3n),
  deposited: word(0n),
  totalDeposited: word(2n),
  totalOwed: word(4n),
  totalExited: word(10n),
  paid: word(14n),
  books: word(10n),
} as const

/** Slot of `mapping[key]` for a mapping at `root` (Solidity layout: keccak of the padded key and the root slot). */
const entry = (key: Hex, root: Hex, keccak: Keccak): Hex =>
  keccak(`0x${key.slice(2).toLowerCase().padStart(64, '0')}${root.slice(2)}`)

function engineSlots(account: AccountId, held: readonly InstrumentId[], keccak: Keccak): readonly Hex[] {
  const positions = [...held].sort((a, b) => a - b).map((instrument) => positionSlot(account, instrument, keccak))
  return [wordSlot(account, keccak), heldSlot(account, keccak), ownerSlot(account, keccak), ...positions]
}

function mirrorSlots(account: AccountId, places: readonly CreditPlace[], keccak: Keccak): readonly ContractSlots[] {
  const mirrors = [...new Set(places.map((place) => place.mirror))]
  return mirrors.map((mirror) => ({
    address: mirror,
    slots: places
      .filter((place) => place.mirror === mirror)
      .flatMap(({ asset }) => [creditedSlot(account, asset, keccak), spentSlot(account, asset, keccak)]),
  }))
}

/** Where the counter of a claim stands: what the mirror owes, or what the vault has paid. */
export const claimPlace = (
  { chain, engine, vault, mirror }: Pick<VaultDeployment, 'chain' | 'engine' | 'vault' | 'mirror'>,
  { kind, beneficiary, asset }: { kind: 'opened' | 'paid'; beneficiary: Address; asset: Address },
  keccak: Keccak,
): { readonly chain: ChainId; readonly contract: Address; readonly slot: Hex } =>
  kind === 'opened'
    ? { chain: engine, contract: mirror, slot: owedSlot(beneficiary, asset, keccak) }
    : { chain, contract: vault, slot: claimedSlot(beneficiary, asset, keccak) }
