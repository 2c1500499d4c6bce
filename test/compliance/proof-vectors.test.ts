// Public vectors against what proofs stand on, on a chain: LIENMESH_VECTORS names a directory with `TrieTests` and `RLPTests`
// of ethereum/tests and `optimism/MerkleTrie.t.sol`. Nothing of them is copied here; without the directory nothing is tried.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createMerkleProof, createMPT, type MerklePatriciaTrie } from '@ethereumjs/mpt'
import {
  type Address,
  bytesToHex,
  createPublicClient,
  decodeFunctionResult,
  encodeFunctionData,
  fromRlp,
  type Hex,
  hexToBytes,
  http,
  keccak256,
  parseAbi,
  stringToBytes,
} from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { compileQuick } from '../../contracts/mutation-bench.ts'
import { type Anvil, startAnvil } from '../support/anvil.ts'

const folder = process.env['LIENMESH_VECTORS']
const abi = parseAbi([
  'function value(bytes32 root, bytes key, bytes[] proof) view returns (bytes)',
  'function storageRoot(bytes32 root, address account, bytes[] proof) view returns (bytes32)',
  'function strings(bytes item) view returns (uint256)',
])
const Text = z.string().nullable()
const Tries = z.record(
  z.string(),
  z.object({ in: z.union([z.array(z.tuple([Text, Text])), z.record(z.string(), z.string())]), root: z.string() }),
)
const Items = z.record(z.string(), z.object({ in: z.unknown(), out: z.string() }))

let anvil: Anvil
let judge: Address

describe.skipIf(folder === undefined)('public vectors', () => {
  beforeAll(async () => {
    anvil = await startAnvil({ chainId: 31_337 })
    judge = await placeJudge()
  }, 120_000)
  afterAll(() => anvil?.stop())

  test.each([
    ['trietest', false],
    ['trieanyorder', false],
    ['trietest_secureTrie', true],
    ['trieanyorder_secureTrie', true],
    ['hex_encoded_securetrie_test', true],
  ] as const)(
    'every value of %s is proven under its root, and no changed proof is',
    async (name, secure) => {
      const tries = Object.entries(Tries.parse(read(`TrieTests/${name}.json`)))
      const wrong = await Promise.all(tries.map(async ([title, one]) => triedTrie(`${name} ${title}`, one, secure)))
      expect(wrong.flat()).toEqual([])
    },
    120_000,
  )

  test('every account of a secure trie shows its storage root', async () => {
    const tries = Object.entries(Tries.parse(read('TrieTests/hex_encoded_securetrie_test.json')))
    const wrong = await Promise.all(tries.map(async ([title, one]) => triedAccounts(title, one)))
    expect(wrong.flat()).toEqual([])
  }, 120_000)

  test('every well formed item is read, and every malformed one refused', async () => {
    const valid = Object.entries(Items.parse(read('RLPTests/rlptest.json')))
    const invalid = Object.entries(Items.parse(read('RLPTests/invalidRLPTest.json')))
    const verdict = ([name, { out }]: (typeof valid)[number]): Promise<[string, boolean]> =>
      ask(encodeFunctionData({ abi, functionName: 'strings', args: [bytesOfItem(out)] })).then((count) => [
        name,
        count !== undefined,
      ])
    const refused = (await Promise.all(valid.map(verdict))).filter(([, accepted]) => !accepted)
    const accepted = (await Promise.all(invalid.map(verdict))).filter(([, taken]) => taken)
    expect({ refused, accepted }).toEqual({ refused: [], accepted: [] })
  }, 120_000)

  test('valid proofs of another verifier are valid here, and its invalid ones are not', async () => {
    const cases = optimism(readFileSync(join(folder ?? '', 'optimism/MerkleTrie.t.sol'), 'utf8'))
    expect(cases.length).toBe(21)
    for (const { name, root, key, value, proof } of cases) {
      const found = await valueUnder(root, key, proof)
      expect([name, found]).toEqual([name, value])
    }
  }, 120_000)
})

type Trie = z.infer<typeof Tries>[string]

/** What is wrong: another root, a value that is not proven, a changed proof that proves. */
async function triedTrie(title: string, one: Trie, secure: boolean): Promise<readonly string[]> {
  const { trie, values } = await grown(one, secure)
  const wrong: string[] = []
  if (bytesToHex(trie.root()) !== one.root) wrong.push(`${title}: root`)
  for (const [key, value] of values) {
    const proof = (await createMerkleProof(trie, hexToBytes(key))).map((node) => bytesToHex(node))
    const found = await valueUnder(hexOf(one.root), key, proof)
    if (found !== value) wrong.push(`${title}: ${key} is ${found}`)
    for (const changed of mutants(proof)) {
      const taken = await valueUnder(hexOf(one.root), key, changed)
      if (taken !== undefined) wrong.push(`${title}: ${key} is ${taken} by a changed proof`)
    }
  }
  return wrong
}

async function triedAccounts(title: string, one: Trie): Promise<readonly string[]> {
  const { trie, values } = await grown(one, true)
  const accounts = Object.keys(one.in).filter((key) => key.length === 42)
  const wrong: string[] = []
  for (const account of accounts) {
    const key = keccak256(hexOf(account))
    const fields = fromRlp(values.get(key) ?? '0x', 'hex')
    const proof = (await createMerkleProof(trie, hexToBytes(key))).map((node) => bytesToHex(node))
    const found = await storageRootOf(hexOf(one.root), hexOf(account), proof)
    if (found !== fields[2]) wrong.push(`${title}: ${account} has ${found}`)
  }
  return wrong
}

/** The trie after all its puts and deletions, and what it holds. */
async function grown(one: Trie, secure: boolean): Promise<{ trie: MerklePatriciaTrie; values: Map<Hex, Hex> }> {
  const trie = await createMPT()
  const values = new Map<Hex, Hex>()
  const steps = Array.isArray(one.in) ? one.in : Object.entries(one.in)
  for (const [name, value] of steps) {
    const plain = bytesOf(name ?? '')
    const key = secure ? hexToBytes(keccak256(plain)) : plain
    if (value === null) {
      await trie.del(key)
      values.delete(bytesToHex(key))
    } else {
      await trie.put(key, bytesOf(value))
      values.set(bytesToHex(key), bytesToHex(bytesOf(value)))
    }
  }
  return { trie, values }
}

/** One byte of every node changed, wherever; a node more; a node less, unless it is so short that its parent contains it. */
function mutants(proof: readonly Hex[]): readonly (readonly Hex[])[] {
  const changed = proof.map((node, i) => {
    const bytes = hexToBytes(node)
    const place = (i * 131 + 7) % bytes.length
    bytes[place] = (bytes[place] ?? 0) ^ 0x55
    return proof.map((other, j) => (j === i ? bytesToHex(bytes) : other))
  })
  const last = proof.at(-1) ?? '0x'
  const shorter = last.length < 2 + 2 * 32 ? [] : [proof.slice(0, -1)]
  return [...changed, [...proof, last], ...shorter]
}

interface Foreign {
  readonly name: string
  readonly root: Hex
  readonly key: Hex
  /** Undefined: refused. */
  readonly value: Hex | undefined
  readonly proof: readonly Hex[]
}

/** The fixed cases of the Solidity test, read off its text. */
function optimism(text: string): readonly Foreign[] {
  const bodies = [...text.matchAll(/function (test_get_\w+)\(\)[^{]*\{(.*?)\n {4}\}/gs)]
  return bodies.map(([, name = '', body = '']) => {
    const hex = (pattern: RegExp): Hex | undefined => {
      const found = pattern.exec(body)?.[1]
      return found === undefined ? undefined : `0x${found}`
    }
    const proof = [...body.matchAll(/proof\[\d+\] =\s*hex"([0-9a-f]*)"/g)].map(([, node = '']): Hex => `0x${node}`)
    const value = name.endsWith('_succeeds') ? hex(/val =\s*hex"([0-9a-f]*)"/) : undefined
    return {
      name,
      root: hex(/root = 0x([0-9a-f]{64})/) ?? '0x',
      key: hex(/key =\s*hex"([0-9a-f]*)"/) ?? '0x',
      value,
      proof,
    }
  })
}

async function valueUnder(root: Hex, key: Hex, proof: readonly Hex[]): Promise<Hex | undefined> {
  const data = await ask(encodeFunctionData({ abi, functionName: 'value', args: [root, key, proof] }))
  return data && decodeFunctionResult({ abi, functionName: 'value', data })
}

async function storageRootOf(root: Hex, account: Hex, proof: readonly Hex[]): Promise<Hex | undefined> {
  const data = await ask(encodeFunctionData({ abi, functionName: 'storageRoot', args: [root, account, proof] }))
  return data && decodeFunctionResult({ abi, functionName: 'storageRoot', data })
}

/** The answer of a call; undefined when it reverts. */
function ask(data: Hex): Promise<Hex | undefined> {
  return client()
    .call({ to: judge, data, gas: 30_000_000n })
    .then(
      (found) => found.data,
      (refusal: unknown) => {
        if (!String(refusal).includes('reverted')) throw refusal
        return undefined
      },
    )
}

async function placeJudge(): Promise<Address> {
  const data = compileQuick({ name: 'Judge', source: 'contracts/test/support/Judge.sol' }, {})
  const [from] = z.array(z.string()).parse(await anvil.ask('eth_accounts'))
  const hash = hexOf(String(await anvil.ask('eth_sendTransaction', { from, data, gas: '0x1c9c380' })))
  const { contractAddress } = await client().waitForTransactionReceipt({ hash, pollingInterval: 20 })
  if (!contractAddress) throw new Error('the judge was not deployed')
  return contractAddress
}

const client = () => createPublicClient({ transport: http(anvil.url, { batch: { batchSize: 100 }, retryCount: 0 }) })
/** Some are written without their prefix. */
const bytesOfItem = (text: string): Hex => hexOf(text.startsWith('0x') ? text : `0x${text}`)
const read = (path: string): unknown => JSON.parse(readFileSync(join(folder ?? '', path), 'utf8'))
const bytesOf = (text: string): Uint8Array => (text.startsWith('0x') ? hexToBytes(hexOf(text)) : stringToBytes(text))

function hexOf(text: string): Hex {
  if (!/^0x[0-9a-fA-F]*$/.test(text)) throw new Error(`not hexadecimal: ${text}`)
  return `0x${text.slice(2)}`
}
