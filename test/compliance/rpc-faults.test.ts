// Providers that lie, hang, babble and disappear, three before one node. The numbers F.. are those of the fault matrix.
import { encodeDeployData, type Hash, type Hex, keccak256, numberToHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { getBalance } from 'viem/actions'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { baseFeeNow } from '../../agent/adapters/chain/fees.ts'
import type { Node, Rpc } from '../../agent/adapters/chain/rpc.ts'
import { chainId, millis } from '../../agent/domain/units.ts'
import type { Toxic } from '../../agent/swarm/faults/toxic.ts'
import { type Anvil, startAnvil } from '../support/anvil.ts'
import { type Providers, threeProviders } from '../support/providers.ts'
import { eventually } from '../support/sending.ts'

const CHAIN = chainId(31_337)
const account = privateKeyToAccount('0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80')

let anvil: Anvil
let providers: Providers
let place: { readonly contract: Hex; readonly tx: Hash; readonly number: Hex; readonly block: Hash }

beforeAll(async () => {
  anvil = await startAnvil({ chainId: CHAIN })
  providers = await threeProviders(anvil)
  place = await populate()
})

afterAll(async () => {
  await providers.close()
  await anvil.stop()
})

beforeEach(() => {
  for (const proxy of providers.proxies) proxy.clear()
  providers.alarms.length = 0
})

describe('F10: one of three providers lies', () => {
  test.each(lies())('in $method $path: never believed', async ({ method, path, value, read }) => {
    const truth = await answerOf(await providers.open({ quorum: 1 }), read)
    const rpc = await providers.open()
    const [liar] = providers.proxies
    liar.add({ kind: 'lie', path, value, methods: [method] })
    expect(await answerOf(rpc, read)).toEqual(truth)
    expect(truth).not.toBeInstanceOf(Error)
    expect(liar.faults.get('lie')).toBeGreaterThan(0)
  })

  test('and is left alone from then on, with an alarm', async () => {
    const rpc = await providers.open()
    const [liar] = providers.proxies
    const healed = liar.add({ kind: 'lie', path: '', value: '0x1', methods: ['eth_getBalance'] })
    await rpc.ask((node) => getBalance(node, { address: account.address }))
    // Those of the test before may still come.
    const alarms = () => providers.alarms.filter((alarm) => alarm.includes('eth_getBalance'))
    await expect.poll(alarms, { timeout: 10_000 }).toEqual([expect.stringMatching(/^E_RPC_PROVIDER .* is lying: /)])
    healed()
    const before = liar.calls.get('eth_getBalance')
    await rpc.ask((node) => getBalance(node, { address: account.address }))
    expect(liar.calls.get('eth_getBalance')).toBe(before)
    expect(rpc.committable()).toBe(true)
  })
})

describe('F10b: two of three providers tell the same lie', () => {
  const proven = () => lies().filter(({ method, path }) => method === 'eth_getProof' && path !== 'accountProof.0')
  test.each(proven())(
    'in $method $path, and the third one is gone: two are not everybody',
    async ({ method, path, value, read }) => {
      const rpc = await providers.open({ timeout: millis(10_000) })
      const [first, second, honest] = providers.proxies
      for (const liar of [first, second]) liar.add({ kind: 'lie', path, value, methods: [method] })
      honest.add({ kind: 'down' })
      // The first looks notice that it is gone, the later ones leave it alone: those who are left agree all the time.
      for (let look = 0; look < 4; look++)
        await expect(rpc.unanimous(read)).rejects.toMatchObject({ code: 'E_RPC_QUORUM', remedy: 'retry' })
      // A quorum of two believes them: it is the proof tier that asks everybody.
      expect(await answerOf(rpc, read)).not.toBeInstanceOf(Error)
    },
  )
})

describe('a money read', () => {
  test('F16: takes less than 600 ms at the 99th percentile while the primary hangs', async () => {
    const rpc = await providers.open()
    providers.proxies[0].add({ kind: 'timeout' })
    const times: number[] = []
    for (let i = 0; i < 300; i++) {
      const began = performance.now()
      await rpc.ask((node) => getBalance(node, { address: account.address }))
      times.push(performance.now() - began)
    }
    expect(percentile(times, 0.99)).toBeLessThan(600)
  })

  test('F16: a hint is overtaken by the next provider while the primary hangs', async () => {
    const rpc = await providers.open({ quorum: 1 })
    providers.proxies[0].add({ kind: 'timeout' })
    const times: number[] = []
    for (let i = 0; i < 100; i++) {
      const began = performance.now()
      await rpc.hint((node) => node.request({ method: 'eth_blockNumber' }))
      times.push(performance.now() - began)
    }
    expect(percentile(times, 0.99)).toBeLessThan(600)
  })

  test('F17: goes through while nine of ten requests are refused for their rate', async () => {
    const rpc = await providers.open()
    for (const proxy of providers.proxies) proxy.add({ kind: 'status', status: 429, toxicity: 0.9 })
    const read = () => rpc.ask((node) => getBalance(node, { address: account.address }))
    const answers: bigint[] = []
    while (answers.length < 5)
      await read().then(
        (balance) => answers.push(balance),
        () => undefined,
      )
    expect(new Set(answers).size).toBe(1)
  })

  test('F10: is about one block, whatever heights the providers are at', async () => {
    const rpc = await providers.open()
    providers.proxies[0].add({ kind: 'stale', height: 1 })
    const head = await rpc.ask((node) => node.request({ method: 'eth_getBlockByNumber', params: ['latest', false] }))
    expect(head?.number).toBe(await anvil.ask('eth_blockNumber'))
  })
})

test('F10: the base fee is what a quorum says, however fast the liar is', async () => {
  const [liar, ...honest] = providers.proxies
  liar.add({ kind: 'lie', path: 'baseFeePerGas', value: '0x9502f9000', methods: ['eth_getBlockByNumber'] })
  for (const slow of honest) slow.add({ kind: 'latency', millis: 200 })
  const rpc = await providers.open({ timeout: millis(10_000) })
  const policy = { tip: 1n, ceiling: 10n ** 11n, baseFee: 'market' } as const
  // No answer is no answer: whoever needs one asks again.
  const fee = await eventually(
    () => baseFeeNow(rpc, policy).catch(() => undefined),
    (found) => found !== undefined,
  )
  expect(fee).toBe(0n)
})

describe('F18: an answer that is none', () => {
  const bad: readonly { readonly name: string; readonly toxic: Toxic }[] = [
    { name: 'null', toxic: { kind: 'lie', path: '', value: null } },
    { name: '0xzz', toxic: { kind: 'lie', path: '', value: '0xzz' } },
    { name: 'a negative number', toxic: { kind: 'lie', path: '', value: '-0x1' } },
    { name: 'an object', toxic: { kind: 'lie', path: '', value: { block: 7 } } },
    { name: '2^256 - 1', toxic: { kind: 'lie', path: '', value: numberToHex(2n ** 256n - 1n) } },
    { name: 'NaN', toxic: { kind: 'lie', path: '', value: Number.NaN } },
    { name: 'no JSON', toxic: { kind: 'garbage', body: '<html>busy</html>' } },
    { name: 'another answer', toxic: { kind: 'garbage', body: '{"jsonrpc":"2.0","id":"x","result":"0x1"}' } },
    { name: '11 MB', toxic: { kind: 'garbage', body: `"${'0'.repeat(11_000_000)}"` } },
    { name: 'an answer that trickles', toxic: { kind: 'bandwidth', bytes: 1 } },
    { name: 'HTTP 500', toxic: { kind: 'status', status: 500 } },
    { name: 'a reset', toxic: { kind: 'reset_peer' } },
    { name: 'a lost reply', toxic: { kind: 'drop_reply' } },
    { name: 'an internal error', toxic: { kind: 'error', code: -32_603, message: 'internal error' } },
  ]
  test.each(bad)('$name: the next provider is asked', async ({ toxic }) => {
    const truth = await anvil.ask('eth_blockNumber')
    const rpc = await providers.open({ quorum: 1 })
    for (const proxy of providers.proxies.slice(0, 2)) proxy.add(toxic)
    for (let i = 0; i < 3; i++)
      expect(await rpc.hint((node) => node.request({ method: 'eth_blockNumber' }))).toBe(truth)
  })
})

describe('the quorum', () => {
  test('lost stops commitments and never narrows; back, they go on', async () => {
    const rpc = await providers.open({ timeout: millis(50) })
    for (const proxy of providers.proxies.slice(0, 2)) proxy.add({ kind: 'reset_peer' })
    const read = () => rpc.ask((node) => getBalance(node, { address: account.address }))
    for (let i = 0; i < 3; i++) await expect(read()).rejects.toMatchObject({ code: 'E_RPC_QUORUM', remedy: 'retry' })
    expect(rpc.committable()).toBe(false)
    expect(providers.alarms.filter((alarm) => alarm.startsWith('E_RPC_QUORUM'))).toHaveLength(1)
    for (const proxy of providers.proxies) proxy.clear()
    await expect.poll(() => read().then(rpc.committable, () => false), { timeout: 10_000 }).toBe(true)
  })

  test('F51: a provider of another chain is left alone; too many of them and nothing starts', async () => {
    const [first, second] = providers.proxies
    first.add({ kind: 'lie', path: '', value: '0x1', methods: ['eth_chainId'] })
    const rpc = await providers.open()
    expect(providers.alarms).toEqual([
      expect.stringMatching(/^E_RPC_PROVIDER .* is foreign: serves chain 1, expected 31337/),
    ])
    expect(await rpc.ask((node) => getBalance(node, { address: account.address }))).toBeGreaterThan(0n)
    second.add({ kind: 'lie', path: '', value: '0x1', methods: ['eth_chainId'] })
    await expect(providers.open()).rejects.toMatchObject({ code: 'E_CHAIN_ID', exit: 4 })
  })
})

describe('F11: a transaction', () => {
  test.each([1, 2])('thrown away by %i of three providers is carried by the rest', async (holes) => {
    const rpc = await providers.open()
    const hashOf = (raw: string) => keccak256(`0x${raw.slice(2)}`)
    for (const proxy of providers.proxies.slice(0, holes)) proxy.add({ kind: 'swallow', hashOf })
    const raw = await signed()
    const refused = await rpc.send(raw)
    expect(refused.filter(({ message }) => !/already imported|nonce too low/.test(message))).toEqual([])
    await expect.poll(() => anvil.ask('eth_getTransactionReceipt', keccak256(raw))).toMatchObject({ status: '0x1' })
  })

  test('with a hash that is not of its bytes was not taken', async () => {
    const rpc = await providers.open()
    const [fake] = providers.proxies
    fake.add({ kind: 'swallow', hashOf: () => keccak256('0x01') })
    expect(await rpc.send(await signed())).toContainEqual({
      place: fake.url,
      message: 'eth_sendRawTransaction: answered something else than was asked',
    })
  })
})

type Read = (node: Node) => Promise<unknown>
type Lie = { readonly method: string; readonly path: string; readonly value: unknown; readonly read: Read }

/** Every field that anything of ours depends on, and a believable other value. */
function lies(): readonly Lie[] {
  const word = keccak256('0xbad0')
  const somebody = '0x00000000000000000000000000000000000000bb'
  const block: Read = (node) => node.request({ method: 'eth_getBlockByNumber', params: [place.number, false] })
  const receipt: Read = (node) => node.request({ method: 'eth_getTransactionReceipt', params: [place.tx] })
  const logs: Read = (node) =>
    node.request({ method: 'eth_getLogs', params: [{ fromBlock: place.number, toBlock: place.number }] })
  const at = () => ({ blockHash: place.block })
  const proof: Read = (node) =>
    node.request({ method: 'eth_getProof', params: [place.contract, [`0x${'0'.repeat(64)}`], place.number] })
  // viem's types know no EIP-1898 parameters here; the wire does.
  const raw =
    (method: string, params: () => readonly unknown[]): Read =>
    (node) =>
      node.request({ method, params: params() } as never)
  const of = (method: string, read: Read, fields: Readonly<Record<string, unknown>>): readonly Lie[] =>
    Object.entries(fields).map(([path, value]) => ({ method, path, value, read }))
  return [
    ...of('eth_getBlockByNumber', block, {
      hash: word,
      parentHash: word,
      stateRoot: word,
      transactionsRoot: word,
      receiptsRoot: word,
      timestamp: '0x77777777',
      gasLimit: '0x1',
      gasUsed: '0x1',
      baseFeePerGas: '0xffffff',
      miner: somebody,
    }),
    ...of('eth_getTransactionReceipt', receipt, {
      status: '0x0',
      blockHash: word,
      blockNumber: '0x1',
      gasUsed: '0x1',
      effectiveGasPrice: '0x1',
      to: somebody,
      from: somebody,
      transactionIndex: '0x9',
      'logs.0.address': somebody,
      'logs.0.data': '0x01',
      'logs.0.topics.0': word,
    }),
    ...of('eth_getLogs', logs, {
      '0.address': somebody,
      '0.data': '0x02',
      '0.topics.0': word,
      '0.transactionHash': word,
    }),
    ...of('eth_getProof', proof, {
      balance: '0x1',
      nonce: '0x7',
      codeHash: word,
      storageHash: word,
      'accountProof.0': '0xc0',
      'storageProof.0.value': '0x1',
    }),
    ...of(
      'eth_getTransactionCount',
      raw('eth_getTransactionCount', () => [account.address, at()]),
      { '': '0x7' },
    ),
    ...of(
      'eth_getBalance',
      raw('eth_getBalance', () => [account.address, at()]),
      { '': '0x1' },
    ),
    ...of(
      'eth_call',
      raw('eth_call', () => [{ to: place.contract, data: '0x' }, at()]),
      { '': '0x01' },
    ),
    ...of(
      'eth_getCode',
      raw('eth_getCode', () => [place.contract, at()]),
      { '': '0x6000' },
    ),
    ...of(
      'eth_getStorageAt',
      raw('eth_getStorageAt', () => [place.contract, '0x0', at()]),
      { '': word },
    ),
  ]
}

const answerOf = (rpc: Rpc, read: Read): Promise<unknown> => rpc.gather(read).catch((error: unknown) => error)

/** A contract that answers every call with a word and a log, and one transaction to it. */
async function populate() {
  const runtime = '0x7f11111111111111111111111111111111111111111111111111111111111111115f5fa1602a5f5260205ff3'
  const data = encodeDeployData({ abi: [], bytecode: initOf(runtime) })
  const from = account.address
  const made = await send({ from, data })
  const contract = made.contractAddress
  const called = await send({ from, to: contract, data: '0x' })
  await anvil.ask('anvil_mine', '0x3')
  return { contract, tx: called.transactionHash, number: called.blockNumber, block: called.blockHash }
}

/** Init code that returns a runtime of up to 255 bytes. */
const initOf = (runtime: string): Hex => {
  const size = (runtime.length / 2 - 1).toString(16).padStart(2, '0')
  return `0x60${size}600a5f3960${size}5ff3${runtime.slice(2)}`
}

type Sent = {
  readonly contractAddress: Hex
  readonly transactionHash: Hash
  readonly blockNumber: Hex
  readonly blockHash: Hash
}

async function send(transaction: object): Promise<Sent> {
  const hash = await anvil.ask('eth_sendTransaction', transaction)
  const receipt = (): Promise<Sent | null> => anvil.ask('eth_getTransactionReceipt', hash) as Promise<Sent | null>
  return vi.waitUntil(receipt, { timeout: 5_000, interval: 10 })
}

async function signed(): Promise<Hex> {
  const nonce = Number(await anvil.ask('eth_getTransactionCount', account.address, 'latest'))
  const fees = { maxFeePerGas: 10n ** 10n, maxPriorityFeePerGas: 10n ** 9n }
  return account.signTransaction({ type: 'eip1559', chainId: CHAIN, nonce, to: account.address, gas: 21_000n, ...fees })
}

const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN
