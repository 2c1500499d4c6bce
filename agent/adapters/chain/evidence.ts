// When a transaction counts as included. A receipt alone is no evidence: nodes have shown receipts of blocks that the
// account's own nonce denied.
import { verifyMerkleProof } from '@ethereumjs/mpt'
import { type Address, fromRlp, type Hash, type Hex, hexToBigInt, hexToBytes, keccak256, numberToHex } from 'viem'
import { LienmeshError } from '../../domain/errors.ts'
import { headerRlp } from './header.ts'
import { type Mined, minedAmong } from './receipt.ts'
import type { Rpc } from './rpc.ts'

/** A signed attempt by its hash and nonce, and whether its amount asks for a proof. */
export type Suspect = { readonly hash: Hash; readonly nonce: number; readonly proof: boolean }

/** What is included beyond doubt, and what waits for a proof that not every provider gives yet. */
export type Evidence = { readonly believed: ReadonlyMap<Hash, Mined>; readonly unproven: ReadonlySet<Hash> }

/**
 * Which of the attempts count as included. For each a quorum gives the same receipt, its block is canonical by number, and
 * the account's nonce at that block is above ours; large ones also by a Merkle proof that every provider must give.
 */
export async function includedAmong(rpc: Rpc, { from, head }: Look, suspects: readonly Suspect[]): Promise<Evidence> {
  const mined = await minedAmong(
    rpc,
    suspects.map(({ hash }) => hash),
  )
  const unproven = new Set<Hash>()
  if (mined.size === 0) return { believed: mined, unproven }
  const places = new Map([...mined.values()].map(({ anchor }) => [anchor.hash, anchor]))
  const states = await Promise.all([...places.values()].map((place) => stateAt(rpc, { from, head }, place)))
  const believed = new Map<Hash, Mined>()
  const provenAt = once((place) => provenNonce(rpc, from, place))
  for (const { hash, nonce, proof } of suspects) {
    const found = mined.get(hash)
    const state = states.find(({ block }) => block === found?.anchor.hash)
    if (found === undefined || state === undefined || !state.canonical || state.nonce <= nonce) continue
    if (proof && (await provenAt(witness(found.anchor, head))) <= nonce) unproven.add(hash)
    else believed.set(hash, found)
  }
  return { believed, unproven }
}

type Place = { readonly hash: Hash; readonly number: bigint }

/** Whose transactions, and the newest head. */
export type Look = { readonly from: Address; readonly head: Place }

/** Blocks whose state every node keeps; geth forgets what is older than 128. */
const KEPT = 64n

/** The block whose state speaks for an inclusion: its own, or the head's once nodes may have forgotten that one. */
const witness = (place: Place, head: Place): Place => (head.number - place.number > KEPT ? head : place)

/** Whether the block is the one of its height, and how many transactions the account had sent by its end. */
async function stateAt(rpc: Rpc, { from, head }: Look, place: Place) {
  const { hash, number } = place
  const [block, nonce] = await rpc.gather((node) =>
    Promise.all([
      node.request({ method: 'eth_getBlockByNumber', params: [numberToHex(number), false] }),
      // A node that has lost the block meanwhile has no nonce there: the next head asks again.
      node
        .request({ method: 'eth_getTransactionCount', params: [from, { blockHash: witness(place, head).hash }] })
        .catch(() => '0x0' as const),
    ]),
  )
  return { block: hash, canonical: block?.hash === hash, nonce: Number(nonce) }
}

/** A proof is dear for a node, and one speaks for every nonce of the account. */
function once(read: (place: Place) => Promise<number>): typeof read {
  const known = new Map<Hash, Promise<number>>()
  return (place) => {
    const answer = known.get(place.hash) ?? read(place)
    known.set(place.hash, answer)
    return answer
  }
}

/** The account's nonce by EIP-1186, from the header that hashes to the block; -1 when not everybody proves it. */
const provenNonce = (rpc: Rpc, from: Address, place: Place): Promise<number> =>
  // One provider that is down or lies must hold up this amount, and nothing else.
  readProvenNonce(rpc, from, place).catch((error: unknown) => {
    if (error instanceof LienmeshError && error.remedy === 'retry') return -1
    throw error
  })

async function readProvenNonce(rpc: Rpc, from: Address, { number, hash }: Place): Promise<number> {
  const at = numberToHex(number)
  const [block, { accountProof }] = await rpc.unanimous((node) =>
    Promise.all([
      node.request({ method: 'eth_getBlockByNumber', params: [at, false] }),
      node.request({ method: 'eth_getProof', params: [from, [], at] }),
    ]),
  )
  if (!block || keccak256(headerRlp({ ...block })) !== hash) return -1
  const account = await accountIn(accountProof, block.stateRoot, from)
  return account ?? -1
}

/** The nonce of an account as a trie's root commits to it; undefined when the nodes do not lead there. */
async function accountIn(nodes: readonly Hex[], root: Hex, who: Address): Promise<number | undefined> {
  const options = { root: hexToBytes(root), useKeyHashing: true, useKeyHashingFunction: keccakBytes }
  const proof = nodes.map((node) => hexToBytes(node))
  // A proof that does not verify throws; here that is one more reason to disbelieve.
  const leaf = await verifyMerkleProof(hexToBytes(who), proof, options).catch(() => null)
  if (leaf === null) return undefined
  const [nonce] = fromRlp(leaf, 'hex')
  return typeof nonce === 'string' ? (nonce === '0x' ? 0 : Number(hexToBigInt(nonce as Hex))) : undefined
}

const keccakBytes = (data: Uint8Array): Uint8Array => keccak256(data, 'bytes')
