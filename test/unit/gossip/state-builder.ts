// A block of an engine chain with one margin account in it, and proofs of the account. Tries are built, not faked.
import { createMerkleProof, createMPT, type MerklePatriciaTrie } from '@ethereumjs/mpt'
import { RLP } from '@ethereumjs/rlp'
import { type Address, bytesToHex, type Hex, hexToBytes, keccak256, numberToHex, trim } from 'viem'
import type { MarginAccount, Mode } from '../../../agent/domain/market.ts'
import type { ProvenState, StorageProof } from '../../../agent/domain/message.ts'
import { wad } from '../../../agent/domain/units.ts'
import * as slots from '../../../agent/maths/slots.ts'
import { carol, contract, ENGINE, network } from './builders.ts'

const MODES: readonly Mode[] = ['isolated', 'cross', 'unified']

/** A unified account with two positions and credit on both vaults. */
export function account(change: Partial<MarginAccount> = {}): MarginAccount {
  return {
    engine: ENGINE,
    id: contract('trader'),
    owner: carol.address,
    version: 41n,
    mode: 'unified',
    cash: wad(-3_000n * 10n ** 18n),
    positions: [
      { instrument: 0, size: wad(10n ** 18n), entryFunding: 123n },
      { instrument: 5, size: wad(-2n * 10n ** 17n), entryFunding: -45n },
    ],
    credit: [
      { collateral: 0, amount: 10n ** 18n },
      { collateral: 3, amount: 5_000_000n },
    ],
    auctionStartedAt: undefined,
    anchor: { chain: ENGINE, number: 12n, hash: '0x' },
    ...change,
  }
}

/** The account as a prover would send it, at block 12 of a chain where only `opened` was ever opened. */
export async function provenState(of: MarginAccount = account(), opened = of): Promise<ProvenState> {
  const [state] = await provenStates([of], [opened])
  if (state === undefined) throw new Error('a proof of nothing')
  return state
}

/** Several accounts as of one block, proven against one state root. */
export async function provenStates(all: readonly MarginAccount[], opened = all, number = 12n): Promise<ProvenState[]> {
  const contracts = new Map<Address, MerklePatriciaTrie>()
  const world = await createMPT({ useKeyHashing: true })
  for (const [address, words] of storageOf(...opened)) {
    const trie = await storageTrie(words)
    contracts.set(address, trie)
    await world.put(hexToBytes(address), RLP.encode([1, 0, trie.root(), hexToBytes(keccak256('0x'))]))
  }
  const header = bytesToHex(RLP.encode(headerFields(world.root(), Number(number))))
  const block = { number, hash: keccak256(header), header }
  const states: ProvenState[] = []
  for (const { engine, id, version, ...of } of all) {
    const proofs = await proofsOf({ engine, id, ...of }, { world, contracts })
    states.push({ engine, account: id, version, ...block, proofs })
  }
  return states
}

type Tries = { readonly world: MerklePatriciaTrie; readonly contracts: ReadonlyMap<Address, MerklePatriciaTrie> }
type Whose = Pick<MarginAccount, 'engine' | 'id' | 'positions'>

async function proofsOf(of: Whose, { world, contracts }: Tries): Promise<StorageProof[]> {
  const proofs: StorageProof[] = []
  for (const { address, slots: keys } of slots.accountSlots(of, network(), keccak256)) {
    const trie = contracts.get(address)
    if (trie === undefined) throw new Error(`no contract ${address}`)
    const proven = await Promise.all(keys.map(async (key) => ({ key, proof: await prove(trie, key) })))
    proofs.push({ address, accountProof: await prove(world, address), slots: proven })
  }
  return proofs
}

function headerFields(stateRoot: Uint8Array, number: number): (Uint8Array | number)[] {
  const zero = new Uint8Array(32)
  return [
    zero,
    zero,
    new Uint8Array(20),
    stateRoot,
    zero,
    zero,
    new Uint8Array(256),
    0,
    number,
    200_000_000,
    0,
    1_800_000,
  ]
}

const prove = async (trie: MerklePatriciaTrie, key: Hex): Promise<Hex[]> =>
  (await createMerkleProof(trie, hexToBytes(key))).map((node) => bytesToHex(node))

async function storageTrie(words: ReadonlyMap<Hex, bigint>): Promise<MerklePatriciaTrie> {
  const trie = await createMPT({ useKeyHashing: true })
  for (const [slot, value] of words)
    if (value !== 0n) await trie.put(hexToBytes(slot), RLP.encode(hexToBytes(trim(numberToHex(value, { size: 32 })))))
  return trie
}

/** Storage of every contract, with other accounts' words beside those of this one. */
export function storageOf(...all: readonly MarginAccount[]): ReadonlyMap<Address, Map<Hex, bigint>> {
  const storages = new Map<Address, Map<Hex, bigint>>()
  for (const of of all) store(of, storages)
  return storages
}

function store(of: MarginAccount, storages: Map<Address, Map<Hex, bigint>>): void {
  const set = (address: Address, slot: Hex, value: bigint): void => {
    storages.set(address, (storages.get(address) ?? new Map<Hex, bigint>()).set(slot, value))
  }
  const engine = contract('engine')
  const mode = BigInt(MODES.indexOf(of.mode) + 1)
  set(engine, slots.wordSlot(of.id, keccak256), (BigInt.asUintN(128, of.cash) << 72n) | (mode << 64n) | of.version)
  set(
    engine,
    slots.heldSlot(of.id, keccak256),
    of.positions.reduce((bits, p) => bits | (1n << BigInt(p.instrument)), 0n),
  )
  set(engine, slots.ownerSlot(of.id, keccak256), BigInt(of.owner))
  for (const { instrument, size, entryFunding = 0n } of of.positions) {
    const entry = BigInt.asUintN(128, entryFunding) << 128n
    set(engine, slots.positionSlot(of.id, instrument, keccak256), entry | BigInt.asUintN(128, size))
  }
  for (let other = 0n; other < 40n; other++) set(engine, keccak256(numberToHex(other, { size: 32 })), other + 1n)
  for (const { collateral, mirror, asset } of slots.creditPlaces(network(), ENGINE)) {
    const amount = of.credit.find((credit) => credit.collateral === collateral)?.amount ?? 0n
    set(mirror, slots.creditedSlot(of.id, asset, keccak256), amount === 0n ? 0n : amount + 7n)
    set(mirror, slots.spentSlot(of.id, asset, keccak256), amount === 0n ? 0n : 7n)
  }
}
