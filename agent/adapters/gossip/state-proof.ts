// Rebuilds a margin account from proven storage: header to state root, state root to contracts, contracts to slots.
import { decodeMPTNode, MerklePatriciaTrie, type MPTNode } from '@ethereumjs/mpt'
import { RLP } from '@ethereumjs/rlp'
import { bytesToBigInt, bytesToHex, getAddress, type Hex } from 'viem'
import { bytesOf, keccak256, keccakBytes } from '../../crypto/hash.ts'
import type { Credit, MarginAccount, Position } from '../../domain/market.ts'
import type { ProvenState, StorageProof } from '../../domain/message.ts'
import type { EngineDeployment, Network } from '../../domain/network.ts'
import { wad } from '../../domain/units.ts'
import * as slots from '../../maths/slots.ts'

export type StateFault =
  | 'unknown-engine'
  | 'unknown-root'
  | 'bad-header'
  | 'bad-proof'
  | 'missing-slot'
  | 'no-account'
  | 'wrong-version'

/** The account as of the block of its header. Whether that block is canonical is not decided here. */
export type Proven =
  | { readonly kind: 'proven'; readonly account: MarginAccount }
  | { readonly kind: 'unproven'; readonly reason: StateFault }

/** Checks every proof of a state and rebuilds the account; absent slots are proven absent and read as zero. */
export async function proveState(state: ProvenState, network: Network): Promise<Proven> {
  const engine = network.engines.find(({ chain }) => chain === state.engine)
  if (engine === undefined) return unproven('unknown-engine')
  const stateRoot = stateRootIn(state.header, state)
  if (stateRoot === undefined) return unproven('bad-header')
  try {
    return rebuild(state, await readStorage(state.proofs, stateRoot), engine, network)
  } catch (error) {
    return unproven(error instanceof MissingSlot ? 'missing-slot' : 'bad-proof')
  }
}

const unproven = (reason: StateFault): Proven => ({ kind: 'unproven', reason })

class MissingSlot extends Error {}

/** Proven values of slots, by contract and slot; undefined when the header is another one or a proof does not hold. */
export async function provenSlots(
  block: { readonly rlp: Hex; readonly hash: Hex; readonly number: bigint },
  proofs: readonly StorageProof[],
): Promise<Storage | undefined> {
  const stateRoot = stateRootIn(block.rlp, block)
  if (stateRoot === undefined) return undefined
  return readStorage(proofs, stateRoot).catch(() => undefined) // A proof that leads nowhere proves nothing.
}

/** Whether these bytes are the header of that block. */
export const isHeaderOf = (rlp: Hex, block: Block): boolean => stateRootIn(rlp, block) !== undefined

type Block = Pick<ProvenState, 'hash' | 'number'>

/** State root of a header, if it is that of the block. */
function stateRootIn(rlp: Hex, { hash, number }: Block): Uint8Array | undefined {
  if (keccak256(rlp) !== hash) return undefined
  const fields = decodeList(bytesOf(rlp))
  const stateRoot = fields?.[STATE_ROOT]
  const height = fields?.[NUMBER]
  if (stateRoot?.length !== 32 || height === undefined) return undefined
  return toInteger(height) === number ? stateRoot : undefined
}

/** Positions in a header's RLP list (Yellow Paper, section 4.4) and in an account's. */
const STATE_ROOT = 3
const NUMBER = 8
const STORAGE_ROOT = 2

/** Values of the proven slots, by contract and slot. */
export type Storage = (contract: string, slot: Hex) => bigint

async function readStorage(proofs: readonly StorageProof[], stateRoot: Uint8Array): Promise<Storage> {
  const contracts = new Map<string, ReadonlyMap<Hex, bigint>>()
  const accounts = trieOf(
    stateRoot,
    proofs.flatMap((proof) => proof.accountProof),
  )
  for (const { address, slots: wanted } of proofs) {
    const account = await accounts.get(bytesOf(address), true)
    const root = account === null ? undefined : decodeList(account)?.[STORAGE_ROOT]
    if (root === undefined) throw new Error(`expected ${address} to be a contract`)
    contracts.set(address.toLowerCase(), await readSlots(root, wanted))
  }
  return (contract, slot) => {
    const value = contracts.get(contract.toLowerCase())?.get(slot)
    if (value === undefined) throw new MissingSlot(`expected a proof of ${slot} of ${contract}`)
    return value
  }
}

async function readSlots(root: Uint8Array, wanted: StorageProof['slots']): Promise<ReadonlyMap<Hex, bigint>> {
  const storage = trieOf(
    root,
    wanted.flatMap((slot) => slot.proof),
  )
  const values = new Map<Hex, bigint>()
  for (const { key } of wanted) {
    const value = bytesToHex(root) === EMPTY_ROOT ? null : await storage.get(bytesOf(key), true)
    values.set(key, value === null ? 0n : toInteger(decodeItem(value)))
  }
  return values
}

const trieOf = (root: Uint8Array, nodes: readonly Hex[]): ProofTrie => new ProofTrie(root, nodes.map(learned))

/** A trie of proof nodes, each filed under its own hash: a path from the root cannot be forged, only be missing. */
class ProofTrie extends MerklePatriciaTrie {
  readonly #nodes: ReadonlyMap<string, Node>

  constructor(root: Uint8Array, nodes: readonly Node[]) {
    super({ root, useKeyHashing: true, useKeyHashingFunction: keccakBytes })
    this.#nodes = new Map(nodes.map((node) => [node.hash, node]))
  }

  override async lookupNode(place: Uint8Array | Uint8Array[]): Promise<MPTNode> {
    if (Array.isArray(place)) return super.lookupNode(place)
    const node = this.#nodes.get(bytesToHex(place))
    if (node === undefined) throw new Error('expected the proof to go on')
    node.read ??= decodeMPTNode(bytesOf(node.rlp))
    return node.read
  }
}

type Node = { readonly rlp: Hex; readonly hash: Hex; read?: MPTNode }

/**
 * Accounts of one block share the top of its tries: a node is hashed and read once. That it is known completes nobody's
 * proof: each proof brings its own nodes, or others would refuse what we hand on.
 */
function learned(rlp: Hex): Node {
  const known = nodes.get(rlp)
  if (known !== undefined) return known
  const node = { rlp, hash: keccak256(rlp) }
  if (nodes.size >= MOST_NODES) nodes.clear()
  nodes.set(rlp, node)
  return node
}

const nodes = new Map<Hex, Node>()
const MOST_NODES = 4_096

/** Root of a trie without entries: keccak of the RLP of the empty string. */
const EMPTY_ROOT = keccak256('0x80')

function rebuild(state: ProvenState, read: Storage, engine: EngineDeployment, network: Network): Proven {
  const { account: id, number, hash } = state
  const word = slots.unpackWord(read(engine.engine, slots.wordSlot(id, keccak256)))
  if (word.mode === undefined) return unproven('no-account')
  if (word.version !== state.version) return unproven('wrong-version')
  const owner = read(engine.engine, slots.ownerSlot(id, keccak256))
  const account: MarginAccount = {
    engine: state.engine,
    id,
    owner: getAddress(`0x${owner.toString(16).padStart(40, '0')}`),
    version: word.version,
    mode: word.mode,
    cash: wad(word.cash),
    positions: heldPositions(state, read, engine),
    credit: unspentCredit(state, read, network),
    auctionStartedAt: undefined,
    anchor: { chain: state.engine, number, hash },
  }
  return { kind: 'proven', account }
}

function heldPositions({ account }: ProvenState, read: Storage, { engine }: EngineDeployment): readonly Position[] {
  return slots
    .unpackHeld(read(engine, slots.heldSlot(account, keccak256)))
    .map((instrument) => ({ instrument, packed: read(engine, slots.positionSlot(account, instrument, keccak256)) }))
    .map(({ instrument, packed }) => ({ instrument, ...slots.unpackPosition(packed) }))
    .filter(({ size }) => size !== 0n)
    .map(({ instrument, size, entryFunding }) => ({
      ...{ instrument, size: wad(size) },
      ...(entryFunding !== 0n && { entryFunding }),
    }))
}

function unspentCredit({ account, engine }: ProvenState, read: Storage, network: Network): readonly Credit[] {
  return slots
    .creditPlaces(network, engine)
    .map(({ collateral, mirror, asset }) => {
      const credited = read(mirror, slots.creditedSlot(account, asset, keccak256))
      return { collateral, amount: credited - read(mirror, slots.spentSlot(account, asset, keccak256)) }
    })
    .filter(({ amount }) => amount > 0n)
}

function decodeList(bytes: Uint8Array): readonly (Uint8Array | undefined)[] | undefined {
  try {
    const items = RLP.decode(bytes)
    return Array.isArray(items) ? items.map((item) => (item instanceof Uint8Array ? item : undefined)) : undefined
  } catch {
    return undefined // Not RLP, so not a header and not an account.
  }
}

function decodeItem(bytes: Uint8Array): Uint8Array {
  const item = RLP.decode(bytes)
  if (!(item instanceof Uint8Array)) throw new Error('expected one storage word')
  return item
}

const toInteger = (bytes: Uint8Array): bigint => (bytes.length === 0 ? 0n : bytesToBigInt(bytes))
