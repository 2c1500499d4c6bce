// A transaction on its way while providers lie: what one of three says alone is never booked, and what two of three say
// together is not booked above the amount that asks for a proof. F.. are numbers of the fault matrix.
import { type Hash, keccak256 } from 'viem'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { millis } from '../../agent/domain/units.ts'
import type { Toxic } from '../../agent/swarm/faults/toxic.ts'
import {
  CHAIN,
  eventually,
  FINALITY,
  feeOf,
  GWEI,
  order,
  type Sending,
  signer,
  startSending,
  usd,
} from '../support/sending.ts'

const never = new AbortController().signal
const SEND = 'eth_sendRawTransaction'
const RECEIPT = 'eth_getTransactionReceipt'

let on: Sending
beforeEach(async () => {
  on = await startSending()
})
afterEach(() => on.close())

/** All three providers, two of which must agree, and time enough to be slow on a busy machine: here they lie, not hang. */
const three = () => ({ urls: on.providers.proxies.map(({ url }) => url), quorum: 2, timeout: millis(10_000) })

describe('F10: while one of three providers lies', () => {
  test.each(lies())('in $method $path, what is booked is what happened', async ({ method, path, value }) => {
    const [liar] = on.providers.proxies
    liar.add({ kind: 'lie', path, value, methods: [method] })
    const transactor = await on.open({ fees: AT_MARKET }, three())
    const asked = () => liar.faults.get('lie') ?? 0
    let sent = 0
    // Until the liar was asked: whoever is slow for a moment is not.
    while (sent === 0 || asked() === 0) {
      const fate = transactor.send(order({ leg: `${sent++}` }), never)
      await eventually(on.pooled, (count) => count === 1)
      await on.mine(2)
      const { kind, mined } = await fate
      const truth = (await on.receipt(mined.hash)) as Truth
      expect({ kind, status: mined.status, block: mined.anchor.hash, gas: mined.gasCost }).toEqual({
        ...{ kind: 'mined', status: 'included', block: truth.blockHash },
        gas: BigInt(truth.gasUsed) * BigInt(truth.effectiveGasPrice),
      })
    }
    await on.finish()
    const rows = on.journal.history(CHAIN, signer.address, 0)
    expect(rows.map(({ nonce, state }) => ({ nonce, state }))).toEqual(
      Array.from({ length: sent }, (_, nonce) => ({ nonce, state: 'included' })),
    )
    // The chain's base fee is zero: whoever offers more than the tip believed the liar.
    expect(rows.filter(({ raw }) => feeOf(raw) >= 2n * GWEI)).toEqual([])
  })
})

describe('F10b: while two of three providers tell the same lie', () => {
  test('a payment that nobody made is not booked above the amount that asks for a proof', async () => {
    const [first, second, third] = on.providers.proxies
    const finality = [
      { below: usd(1_000), blocks: FINALITY, proof: false },
      { below: undefined, blocks: FINALITY, proof: true },
    ]
    third.add({ kind: 'error', code: -32_000, message: 'busy', methods: [SEND] })
    for (const liar of [first, second]) liar.add({ kind: 'swallow', hashOf: (raw) => keccak256(`0x${raw.slice(2)}`) })
    const transactor = await on.open({ finality }, three())
    let told = false
    void transactor.send(order({ value: usd(50_000) }), never).then(() => {
      told = true
    })
    const [row] = await eventually(
      () => on.journal.open(CHAIN),
      (rows) => rows.length === 1,
    )
    await on.mine()
    const block = (await on.anvil.ask('eth_getBlockByNumber', '0x1', false)) as { hash: Hash }
    for (const liar of [first, second]) for (const lie of conspiracy(row?.hash ?? '0x', block.hash)) liar.add(lie)
    await eventually(
      () => on.mineThen(() => first.calls.get('eth_getProof') ?? 0),
      (count) => count > FINALITY + 3,
    )
    expect(told).toBe(false)
    expect(on.journal.open(CHAIN)).toHaveLength(1)
    for (const proxy of on.providers.proxies) proxy.clear()
    // The liars made the honest one look like a liar, which is left alone for half a minute: a new start forgets it.
    await on.stop()
    await on.open({ finality }, three())
    await on.finish()
    expect(on.journal.history(CHAIN, signer.address, 0).map(({ state }) => state)).toEqual(['included'])
    expect(await on.anvil.ask('eth_getTransactionCount', signer.address, 'latest')).toBe('0x1')
  })
})

describe('F17: while nine of ten requests are refused for their rate', () => {
  test('a settlement is included before its deadline', async () => {
    for (const proxy of on.providers.proxies) proxy.add({ kind: 'status', status: 429, toxicity: 0.9 })
    const opened = await eventually(
      () => on.open({}, three()).catch(() => undefined),
      (transactor) => transactor !== undefined,
    )
    const head = (await on.anvil.ask('eth_getBlockByNumber', 'latest', false)) as { timestamp: string }
    const deadline = BigInt(head.timestamp) + 60n
    const sent = eventually(
      () => opened?.send(order({ leg: 'claim', deadline }), never).catch(() => undefined),
      (fate) => fate !== undefined,
    )
    await on.mineAll(1)
    expect((await sent)?.kind).toBe('mined')
  })
})

/** As on every chain that is not known to have no base fee: it is asked for. */
const AT_MARKET = { tip: GWEI, ceiling: 100n * GWEI, baseFee: 'market' } as const

type Truth = { readonly blockHash: Hash; readonly gasUsed: string; readonly effectiveGasPrice: string }

/** A receipt of a transaction that never was, and whatever else has to agree with it. */
function conspiracy(hash: Hash, blockHash: Hash): readonly Toxic[] {
  const receipt = {
    ...{ transactionHash: hash, transactionIndex: '0x0', blockHash, blockNumber: '0x1' },
    ...{ from: signer.address, to: signer.address, status: '0x1', logs: [] },
    ...{ gasUsed: '0x5208', cumulativeGasUsed: '0x5208', effectiveGasPrice: '0x1' },
  }
  return [
    { kind: 'lie', path: '', value: receipt, methods: [RECEIPT] },
    { kind: 'lie', path: '', value: '0x1', methods: ['eth_getTransactionCount'] },
    { kind: 'lie', path: 'nonce', value: '0x1', methods: ['eth_getProof'] },
  ]
}

type Lie = { readonly method: string; readonly path: string; readonly value: unknown }

/** Every field that a transaction's way depends on, and a believable other value. */
function lies(): readonly Lie[] {
  const word = keccak256('0xbad0')
  const somebody = '0x00000000000000000000000000000000000000bb'
  const of = (method: string, fields: Readonly<Record<string, unknown>>): readonly Lie[] =>
    Object.entries(fields).map(([path, value]) => ({ method, path, value }))
  return [
    ...of('eth_chainId', { '': '0x1' }),
    ...of('eth_getCode', { '': '0x6000' }),
    ...of('eth_getTransactionCount', { '': '0x7' }),
    ...of(SEND, { '': word }),
    ...of('eth_getBlockByNumber', {
      hash: word,
      number: '0x99',
      parentHash: word,
      stateRoot: word,
      transactionsRoot: word,
      receiptsRoot: word,
      timestamp: '0x77777777',
      gasLimit: '0x1',
      gasUsed: '0x1',
      baseFeePerGas: '0x9502f9000', // 40 gwei: what an order could pay
      miner: somebody,
      '': null,
    }),
    ...of('eth_getBlockByHash', { parentHash: word, timestamp: '0x77777777', '': null }),
    ...of(RECEIPT, {
      status: '0x0',
      blockHash: word,
      blockNumber: '0x9',
      transactionHash: word,
      transactionIndex: '0x9',
      from: somebody,
      to: somebody,
      gasUsed: '0x1',
      cumulativeGasUsed: '0x1',
      effectiveGasPrice: '0xff',
      logs: [{ address: somebody, topics: [word], data: '0x' }],
      '': null,
    }),
  ]
}
