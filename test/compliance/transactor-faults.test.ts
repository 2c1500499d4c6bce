// Transactions that are dropped, reorganised, lied about or foreign. F.. are numbers of the fault matrix.
import { type Hash, type Hex, keccak256 } from 'viem'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { cancellation, journaled, sign } from '../../agent/adapters/chain/attempt.ts'
import { chainId } from '../../agent/domain/units.ts'
import type { JournaledTx } from '../../agent/ports/journal.ts'
import {
  CHAIN,
  eventually,
  FINALITY,
  GWEI,
  order,
  type Sending,
  signer,
  startSending,
  usd,
} from '../support/sending.ts'

const never = new AbortController().signal
/** A second chain. */
const VAULT = chainId(41_337)

let on: Sending
beforeEach(async () => {
  on = await startSending()
})
afterEach(() => on.close())

describe('F34: a dropped transaction', () => {
  test('is in the pool again one block later', async () => {
    const transactor = await on.open()
    const fate = transactor.send(order(), never)
    await eventually(on.pooled, (count) => count === 1)
    await on.anvil.ask('anvil_dropTransaction', on.journal.open(CHAIN)[0]?.hash)
    await on.mine()
    await on.arrived()
    await on.mine()
    expect((await fate).mined.anchor.number).toBeLessThanOrEqual(2n)
  })
})

describe('F36: a gap of three nonces', () => {
  test('is closed within two blocks', async () => {
    const [proxy] = on.providers.proxies
    const transactor = await on.open({}, { urls: [proxy.url] })
    const send = (leg: string) => transactor.send(order({ leg }), never)
    const first = send('a')
    await eventually(on.pooled, (count) => count === 1)
    const found = proxy.add({ kind: 'swallow', hashOf: (raw) => keccak256(`0x${raw.slice(2)}`) })
    const lost = ['b', 'c', 'd'].map(send)
    await eventually(
      () => proxy.faults.get('swallow') ?? 0,
      (count) => count >= 3,
    )
    found()
    const last = send('e')
    await eventually(on.pooled, (count) => count >= 2)
    await on.mine()
    await on.arrived()
    await on.mine()
    const numbers = (await Promise.all([first, ...lost, last])).map(({ mined }) => mined.anchor.number)
    expect(numbers.filter((number) => number > 2n)).toEqual([])
  })
})

describe('F30 to F33: a reorganisation', () => {
  test.each([1, 2])('F30: of depth %i takes a transaction back and the same bytes come again', async (depth) => {
    const transactor = await on.open()
    await on.mine(3)
    const sent = transactor.send(order(), never)
    await on.mineAll(1)
    const { mined } = await sent
    if (depth > 1) await on.mine(depth - 1)
    await on.anvil.ask('anvil_reorg', depth, [])
    await on.mineAll(1)
    expect(await on.receipt(mined.hash)).toMatchObject({ status: '0x1' })
    await on.finish()
    expect(on.journal.history(CHAIN, signer.address, 0).map(({ state }) => state)).toEqual(['included'])
  })

  test.each(['F31: of the vault chain alone', 'F32: of both chains at once'])(
    '%s takes nothing from the other, and the same bytes come again',
    async (which) => {
      const away = await startSending(VAULT)
      const [engine, vault] = [
        { chain: on, key: await on.open(), id: CHAIN },
        { chain: away, key: await away.open({ journal: on.journal }, { chain: VAULT }), id: VAULT },
      ]
      for (const { chain } of [engine, vault]) await chain.mine(3)
      const sent = [engine, vault].map(async ({ chain, key }) => {
        const fate = key.send(order(), never)
        await chain.mineAll(1)
        return fate
      })
      const hashes = (await Promise.all(sent)).map(({ mined }) => mined.hash)
      const struck = which.startsWith('F31') ? [vault] : [engine, vault]
      for (const { chain } of struck) await chain.anvil.ask('anvil_reorg', 1, [])
      for (const { chain } of struck) await chain.mineAll(1)
      for (const { chain, id } of [engine, vault])
        await eventually(
          () => chain.mineThen(() => on.journal.open(id).length),
          (count) => count === 0,
        )
      for (const [i, { chain, id }] of [engine, vault].entries()) {
        expect(await chain.receipt(hashes[i] ?? '0x')).toMatchObject({ status: '0x1' })
        expect(on.journal.history(id, signer.address, 0).map(({ hash, state }) => ({ hash, state }))).toEqual([
          { hash: hashes[i], state: 'included' },
        ])
      }
      await away.close()
    },
  )

  test('F33: deeper than finality is healed with the same bytes, and alarmed within a block', async () => {
    const transactor = await on.open()
    await on.mine(3)
    const sent = transactor.send(order(), never)
    await on.mineAll(1)
    const { mined } = await sent
    await on.finish()
    await on.anvil.ask('anvil_reorg', 6, [])
    await on.mine()
    await on.arrived()
    expect(on.alarms).toEqual([
      'E_UNFINAL chain 31337 lost final transactions at nonce 0; the same bytes are sent again',
    ])
    await on.mine()
    expect(await on.receipt(mined.hash)).toMatchObject({ status: '0x1' })
    await on.finish()
    expect(on.journal.history(CHAIN, signer.address, 0)).toHaveLength(1)
  })

  test('F33: sends what the chain had, not the cancel that lost, and asks for the deepest proof again', async () => {
    const finality = [
      { below: usd(1_000), blocks: 1, proof: false },
      { below: undefined, blocks: FINALITY, proof: true },
    ]
    const urls = on.providers.proxies.map(({ url }) => url)
    const transactor = await on.open({ finality, patience: 1 }, { urls, quorum: 2 })
    await on.mine(3)
    const sent = transactor.send(order({ value: usd(50_000) }), never)
    await on.mineAll(1)
    await on.finish()
    const { mined } = await sent
    const [had] = on.journal.history(CHAIN, signer.address, 0)
    const cancel = await cancelOf(0)
    on.journal.commit(cancel)
    on.journal.settle(cancel.hash, 'dropped')
    const asked = () => on.providers.proxies[0].calls.get('eth_getProof') ?? 0
    const before = asked()
    const height = Number(await on.anvil.ask('eth_blockNumber'))
    await on.anvil.ask('anvil_reorg', height - Number(mined.anchor.number) + 1, [])
    await on.mine()
    await eventually(on.pooled, (count) => count === 1)
    expect(await on.anvil.ask('eth_getTransactionByHash', had?.hash)).not.toBeNull()
    await on.finish()
    expect(await on.receipt(mined.hash)).toMatchObject({ status: '0x1' })
    expect(asked()).toBeGreaterThan(before)
    expect(on.journal.history(CHAIN, signer.address, 0).map(({ leg, state }) => `${leg} ${state}`)).toEqual([
      'a included',
      'cancel dropped',
    ])
  })

  test('F33: that happened while nobody ran is told of at the start, and healed with the same bytes', async () => {
    const first = await on.open()
    await on.mine(3)
    const sent = first.send(order(), never)
    await on.mineAll(1)
    const { mined } = await sent
    await on.finish()
    await on.stop()
    await on.anvil.ask('anvil_reorg', 6, [])
    await on.open()
    await on.arrived()
    expect(on.alarms).toEqual([expect.stringMatching(/^E_UNFINAL /)])
    await on.finish()
    expect(await on.receipt(mined.hash)).toMatchObject({ status: '0x1' })
    expect(on.journal.history(CHAIN, signer.address, 0).map(({ hash, state }) => ({ hash, state }))).toEqual([
      { hash: mined.hash, state: 'included' },
    ])
  })
})

describe('F37: mining that stops', () => {
  test('and then makes fifty blocks at once includes everything once', async () => {
    const transactor = await on.open()
    const fates = ['a', 'b', 'c'].map((leg) => transactor.send(order({ leg }), never))
    await eventually(on.pooled, (count) => count === 3)
    await on.anvil.ask('anvil_mine', '0x32')
    await Promise.all(fates)
    await eventually(
      () => on.journal.open(CHAIN).length,
      (count) => count === 0,
    )
    expect(await on.anvil.ask('eth_getTransactionCount', signer.address, 'latest')).toBe('0x3')
    expect(on.journal.history(CHAIN, signer.address, 0)).toHaveLength(3)
  })
})

describe('F38: an answer to a transaction', () => {
  test.each([
    'already known',
    'nonce too low',
    'replacement transaction underpriced',
    'insufficient funds for gas * price + value',
    'tx fee exceeds the configured cap',
    'the dog ate it',
  ])('"%s" is evidence of nothing: the bytes stay open and travel on', async (message) => {
    for (const proxy of on.providers.proxies)
      proxy.add({ kind: 'error', code: -32_000, message, methods: ['eth_sendRawTransaction'] })
    const transactor = await on.open({}, { urls: on.providers.proxies.map(({ url }) => url), quorum: 2 })
    const sent = transactor.send(order(), never)
    await eventually(
      () => on.journal.open(CHAIN).length,
      (count) => count === 1,
    )
    await on.mine()
    expect(on.journal.open(CHAIN).every(({ state, nonce }) => state === 'signed' && nonce === 0)).toBe(true)
    for (const proxy of on.providers.proxies) proxy.clear()
    await eventually(
      async () => (await on.mineThen(on.pooled)) === 0 && on.journal.open(CHAIN).length,
      (open) => open === 0,
    )
    expect((await sent).kind).toBe('mined')
  })

  test.each([
    ['the dog ate it', false],
    ['transaction underpriced', true],
  ])('"%s" is answered with higher fees at the next look: %s', async (message, replaced) => {
    const [proxy] = on.providers.proxies
    proxy.add({ kind: 'error', code: -32_000, message, methods: ['eth_sendRawTransaction'] })
    const transactor = await on.open({}, { urls: [proxy.url] })
    void transactor.send(order(), never).catch(() => undefined)
    const sent = () => proxy.calls.get('eth_sendRawTransaction') ?? 0
    // The first look may come before or after the order.
    await eventually(sent, (count) => count >= 1)
    const before = sent()
    await on.mine()
    await eventually(sent, (count) => count > before)
    await eventually(
      () => on.journal.history(CHAIN, signer.address, 0).length > 1,
      (more) => more === replaced,
    )
  })

  test('that never comes is evidence of nothing either: one nonce, one payment', async () => {
    for (const proxy of on.providers.proxies) proxy.add({ kind: 'drop_reply', methods: ['eth_sendRawTransaction'] })
    const transactor = await on.open({}, { urls: on.providers.proxies.map(({ url }) => url), quorum: 2 })
    const sent = transactor.send(order(), never)
    await on.mineAll(1)
    await sent
    expect(await on.anvil.ask('eth_getTransactionCount', signer.address, 'latest')).toBe('0x1')
  })
})

describe('a receipt', () => {
  test("F10: is not believed against the account's own nonce", async () => {
    const [proxy] = on.providers.proxies
    const transactor = await on.open({}, { urls: [proxy.url] })
    proxy.add({ kind: 'swallow', hashOf: (raw) => keccak256(`0x${raw.slice(2)}`) })
    let told = false
    const sent = transactor.send(order(), never).then((fate) => {
      told = true
      return fate
    })
    const [row] = await eventually(
      () => on.journal.open(CHAIN),
      (rows) => rows.length === 1,
    )
    await on.mine()
    const block = (await on.anvil.ask('eth_getBlockByNumber', '0x1', false)) as { hash: Hash }
    const lie = proxy.add({
      kind: 'lie',
      path: '',
      value: fabricated(row?.hash ?? '0x', block.hash),
      methods: [RECEIPT],
    })
    const asked = () => proxy.calls.get('eth_getTransactionCount') ?? 0
    const before = asked()
    await eventually(
      () => on.mineThen(asked),
      (count) => count > before + 3,
    )
    expect(told).toBe(false)
    proxy.clear()
    lie()
    await eventually(
      () => on.mineThen(() => on.journal.open(CHAIN).length),
      (count) => count === 0,
    )
    expect((await sent).mined.status).toBe('included')
  })

  test('F10b: of a large amount needs a proof that every provider gives', async () => {
    const finality = [
      { below: usd(1_000), blocks: FINALITY, proof: false },
      { below: undefined, blocks: FINALITY, proof: true },
    ]
    const transactor = await on.open(
      { finality, patience: 1 },
      { urls: on.providers.proxies.map(({ url }) => url), quorum: 2 },
    )
    const heal = on.providers.proxies[1].add({ kind: 'lie', path: 'nonce', value: '0x9', methods: ['eth_getProof'] })
    const told: string[] = []
    const small = transactor.send(order({ leg: 'small', value: usd(10) }), never).then(() => told.push('small'))
    await eventually(on.pooled, (count) => count === 1)
    await on.mine()
    await small
    const large = transactor.send(order({ leg: 'large', value: usd(50_000) }), never).then(() => told.push('large'))
    await eventually(on.pooled, (count) => count === 1)
    await on.mine(2)
    const asked = () => on.providers.proxies[1].calls.get('eth_getProof') ?? 0
    await eventually(
      () => on.mineThen(asked),
      (count) => count > 1,
    )
    expect(told).toEqual(['small'])
    expect(on.journal.history(CHAIN, signer.address, 1)).toHaveLength(1)
    heal()
    await eventually(
      () => on.mineThen(() => told.length),
      (count) => count === 2,
    )
    await large
  })
})

test('one proof speaks for every nonce of a block', async () => {
  const finality = [{ below: undefined, blocks: 0, proof: true }]
  const urls = on.providers.proxies.map(({ url }) => url)
  const transactor = await on.open({ finality }, { urls, quorum: 2 })
  const legs = ['a', 'b', 'c', 'd', 'e', 'f']
  const sent = legs.map((leg) => transactor.send(order({ leg, value: usd(50_000) }), never))
  await on.mineAll(legs.length)
  await Promise.all(sent)
  for (const { calls } of on.providers.proxies) expect(calls.get('eth_getProof')).toBe(1)
})

describe('a restart', () => {
  test('forgets how much was at stake, and waits as for the largest amount', async () => {
    const finality = [
      { below: usd(1_000), blocks: 1, proof: false },
      { below: usd(50_000), blocks: 2, proof: false },
      { below: undefined, blocks: 6, proof: false },
    ]
    const first = await on.open({ finality })
    void first.send(order({ value: usd(10) }), never).catch(() => undefined)
    await eventually(on.pooled, (count) => count === 1)
    await on.stop()
    const [proxy] = on.providers.proxies
    await on.open({ finality }, { urls: [proxy.url] })
    await on.mine(6)
    await eventually(
      () => proxy.calls.get(RECEIPT) ?? 0,
      (looks) => looks >= 6,
    )
    expect(on.journal.open(CHAIN)).toHaveLength(1)
    await on.mine()
    await eventually(
      () => on.journal.open(CHAIN).length,
      (open) => open === 0,
    )
  })
})

const RECEIPT = 'eth_getTransactionReceipt'

/** A cancel of a nonce that was signed, and came too late. */
async function cancelOf(nonce: number): Promise<JournaledTx> {
  const fees = { maxFee: 9n * GWEI, tip: 2n * GWEI }
  const attempt = await sign(signer, { chain: CHAIN, nonce }, cancellation(signer.address, undefined), fees)
  return journaled(attempt, CHAIN, signer.address, nonce)
}

const fabricated = (hash: Hex, block: Hash) => ({
  transactionHash: hash,
  transactionIndex: '0x0',
  blockHash: block,
  blockNumber: '0x1',
  from: signer.address,
  to: signer.address,
  status: '0x1',
  gasUsed: '0x5208',
  cumulativeGasUsed: '0x5208',
  effectiveGasPrice: '0x1',
  logs: [],
})
