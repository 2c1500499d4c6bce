// Writes proofs as deep as a large public chain's: nine full branches above an account, five above a slot. No trie of that
// size is built; its path is, from the leaf up, with random neighbours. An independent verifier judges it in
// test/unit/contracts. `node contracts/record-depth.ts`
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { concat, type Hex, keccak256, pad, toHex, toRlp } from 'viem'
import { root } from './sources.ts'

const ACCOUNT = '0x00000000219ab540356cbb839cbe05303d7705fa'
const SLOT = pad('0x01')
const VALUE = 123_456_789_012_345_678_901n

const storage = path(keccak256(SLOT), toRlp(toHex(VALUE)), 5)
const account = toRlp([toHex(1n), toHex(10n ** 18n), storage.root, keccak256('0x60')])
const state = path(keccak256(ACCOUNT), account, 9)
const fixture = {
  about: 'Synthetic: random neighbours, full branches, the depth of a proof on a large public chain',
  account: ACCOUNT,
  slot: SLOT,
  value: toHex(VALUE, { size: 32 }),
  stateRoot: state.root,
  storageRoot: storage.root,
  accountProof: state.nodes,
  storageProof: storage.nodes,
}
writeFileSync(join(root, 'contracts/test/fixtures/depth.json'), `${JSON.stringify(fixture, undefined, 2)}\n`)

/** The nodes from the root to the leaf of `value`: `depth - 1` branches of sixteen children each. */
function path(key: Hex, value: Hex, depth: number): { readonly root: Hex; readonly nodes: readonly Hex[] } {
  const nibbles = key.slice(2)
  const rest = nibbles.slice(depth - 1)
  const prefix = rest.length % 2 === 1 ? '3' : '20'
  let node = toRlp([`0x${prefix}${rest}`, value])
  const nodes = [node]
  for (let level = depth - 2; level >= 0; level--) {
    const taken = Number.parseInt(nibbles[level] ?? '', 16)
    const children = Array.from({ length: 16 }, (_, i) => (i === taken ? keccak256(node) : neighbour(key, level, i)))
    node = toRlp([...children, '0x'])
    nodes.unshift(node)
  }
  return { root: keccak256(node), nodes }
}

function neighbour(key: Hex, level: number, child: number): Hex {
  return `0x${createHash('sha256')
    .update(concat([key, toHex(level), toHex(child)]))
    .digest('hex')}`
}
