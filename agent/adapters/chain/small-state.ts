// A state of few words under a header of its own: what a fork cannot prove, because it does not know the whole state that
// its blocks would commit to. The proofs are real; only whoever attests the header says that it is the chain's.
import { createMerkleProof, createMPT, type MerklePatriciaTrie } from '@ethereumjs/mpt'
import { type Address, bytesToHex, type Hex, hexToBytes, keccak256, numberToHex, toRlp, trim } from 'viem'
import type { StorageProof } from '../../domain/message.ts'
import { encodeHeader, type HeaderFields } from './header.ts'

/** Words of some contracts, by slot. */
type Words = ReadonlyMap<Address, ReadonlyMap<Hex, bigint>>

/** A header, and proofs of words under it. */
type SmallState = {
  readonly header: Hex
  readonly hash: Hex
  /** Slots that hold nothing, or are not of this state, are proven to be empty. */
  proof(address: Address, slots: readonly Hex[]): Promise<StorageProof>
}

/** The block with these words for its state. */
export async function smallState(block: HeaderFields, words: Words): Promise<SmallState> {
  const world = await createMPT({ useKeyHashing: true, useKeyHashingFunction: keccakBytes })
  const storages = new Map<string, MerklePatriciaTrie>()
  for (const [address, slots] of words) {
    const storage = await storageOf(slots)
    storages.set(address.toLowerCase(), storage)
    const account = toRlp(['0x01', '0x', bytesToHex(storage.root()), keccak256('0x')], 'bytes')
    await world.put(hexToBytes(address), account)
  }
  const header = encodeHeader({ ...block, stateRoot: bytesToHex(world.root()) })
  return {
    header,
    hash: keccak256(header),
    proof: async (address, slots) => {
      const storage = storages.get(address.toLowerCase())
      const proofs = slots.map(async (key) => ({ key, proof: storage === undefined ? [] : await prove(storage, key) }))
      return { address, accountProof: await prove(world, address), slots: await Promise.all(proofs) }
    },
  }
}

async function storageOf(slots: ReadonlyMap<Hex, bigint>): Promise<MerklePatriciaTrie> {
  const trie = await createMPT({ useKeyHashing: true, useKeyHashingFunction: keccakBytes })
  for (const [slot, word] of slots)
    if (word !== 0n) await trie.put(hexToBytes(slot), toRlp(trim(numberToHex(word, { size: 32 })), 'bytes'))
  return trie
}

const prove = async (trie: MerklePatriciaTrie, key: Hex): Promise<readonly Hex[]> =>
  (await createMerkleProof(trie, hexToBytes(key))).map((node) => bytesToHex(node))

const keccakBytes = (data: Uint8Array): Uint8Array => keccak256(data, 'bytes')
