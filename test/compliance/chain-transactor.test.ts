import { type Address, type Hex, parseTransaction } from 'viem'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ChainLink, openLink, sender } from '../../agent/adapters/chain/link.ts'
import type { Order } from '../../agent/adapters/chain/transactor.ts'
import { systemClock } from '../../agent/adapters/clock/system-clock.ts'
import { signerOf } from '../../agent/adapters/signer/local-signer.ts'
import { type MemoryJournal, openMemoryJournal } from '../../agent/adapters/store/memory-journal.ts'
import { chainId, millis } from '../../agent/domain/units.ts'
import { type Anvil, startAnvil } from '../support/anvil.ts'

const CHAIN = chainId(31_337)
/** First account of every devnet. */
const signer = signerOf('0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80')
const FINALITY = 2
const never = new AbortController().signal

let anvil: Anvil
let journal: MemoryJournal
let links: ChainLink[]

beforeEach(async () => {
  anvil = await startAnvil({ chainId: CHAIN, args: ['--no-mining'] })
  journal = openMemoryJournal()
  links = []
})

afterEach(async () => {
  await Promise.all(links.map((link) => link.close()))
  await anvil.stop()
})

test('orders travel together, with consecutive nonces, journaled before they leave', async () => {
  const transactor = await open()
  const fates = ['a', 'b', 'c'].map((leg) => transactor.send(order({ leg }), never))
  const written = await eventually(
    () => journal.open(CHAIN),
    (rows) => rows.length === 3,
  )
  expect(written.map(({ nonce, leg, state }) => ({ nonce, leg, state }))).toEqual([
    { nonce: 0, leg: 'a', state: 'signed' },
    { nonce: 1, leg: 'b', state: 'signed' },
    { nonce: 2, leg: 'c', state: 'signed' },
  ])
  await mineAll(3)
  expect((await Promise.all(fates)).map(({ kind, mined }) => [kind, mined.status])).toEqual([
    ['mined', 'included'],
    ['mined', 'included'],
    ['mined', 'included'],
  ])
})

test('a final transaction is settled, not before', async () => {
  const transactor = await open()
  const sent = transactor.send(order(), never)
  await mineAll(1)
  await sent
  expect(journal.open(CHAIN)).toHaveLength(1)
  await mine(FINALITY)
  await eventually(
    () => journal.open(CHAIN).length,
    (open) => open === 0,
  )
})

test('a revert is mined and says what it cost', async () => {
  const transactor = await open()
  const reverter = await deploy('0x5f5ffd')
  const sent = transactor.send(order({ to: reverter, gas: 50_000n }), never)
  await mineAll(1)
  const { kind, mined } = await sent
  expect({ kind, status: mined.status, paid: mined.gasCost > 0n }).toEqual({
    kind: 'mined',
    status: 'reverted',
    paid: true,
  })
})

test('a dropped transaction is sent again and closes the gap before those behind it', async () => {
  const transactor = await open()
  const fates = ['a', 'b', 'c'].map((leg) => transactor.send(order({ leg }), never))
  const [first] = await eventually(
    () => journal.open(CHAIN),
    (rows) => rows.length === 3,
  )
  await eventually(pooled, (count) => count === 3)
  await anvil.ask('anvil_dropTransaction', first?.hash)
  await eventually(
    () => mineThen(() => journal.open(CHAIN).length),
    (open) => open === 0,
  )
  expect((await Promise.all(fates)).map(({ mined }) => mined.status)).toEqual(['included', 'included', 'included'])
})

test('a transaction that waits too long is replaced at its nonce with an eighth more on both fees', async () => {
  const transactor = await open(1)
  await anvil.ask('anvil_setBlockGasLimit', '0x5300')
  const sent = transactor.send(order({ gas: 100_000n }), never)
  await eventually(
    () => journal.open(CHAIN),
    (rows) => rows.length === 1,
  )
  const attempts = await eventually(
    () => mineThen(() => journal.open(CHAIN)),
    (rows) => rows.length >= 2,
  )
  await anvil.ask('anvil_setBlockGasLimit', '0xbebc200')
  await eventually(
    () => mineThen(() => journal.open(CHAIN).length),
    (open) => open === 0,
  )
  expect((await sent).mined.status).toBe('included')
  const fees = attempts.slice(0, 2).map(({ raw, nonce }) => ({ nonce, maxFee: parseTransaction(raw).maxFeePerGas }))
  expect(fees).toEqual([
    { nonce: 0, maxFee: 1_000_000_000n },
    { nonce: 0, maxFee: 1_125_000_000n },
  ])
})

test('an order past its deadline is cancelled at its own nonce', async () => {
  const transactor = await open()
  await anvil.ask('anvil_setBlockGasLimit', '0x7000')
  const now = Math.floor(systemClock.now() / 1_000)
  const sent = transactor.send(order({ gas: 100_000n, deadline: BigInt(now + 1) }), never)
  await eventually(
    () => journal.open(CHAIN),
    (rows) => rows.length === 1,
  )
  await anvil.ask('evm_setNextBlockTimestamp', now + 10)
  await mine()
  await eventually(
    () => journal.open(CHAIN),
    (rows) => rows.some(({ leg }) => leg === 'cancel'),
  )
  await eventually(
    () => mineThen(() => journal.open(CHAIN).length),
    (open) => open === 0,
  )
  expect((await sent).kind).toBe('cancelled')
})

test('what a reorganisation removes is sent again by itself', async () => {
  const transactor = await open()
  await mine(2)
  const sent = transactor.send(order(), never)
  await mineAll(1)
  const { mined } = await sent
  await anvil.ask('anvil_reorg', 2, [])
  await mineAll(1)
  expect(await anvil.ask('eth_getTransactionReceipt', mined.hash)).toMatchObject({ status: '0x1' })
})

test('a restart takes up what was journaled and not yet mined', async () => {
  const before = await open()
  const lost = before.send(order(), AbortSignal.abort()).catch((error: unknown) => error)
  expect(await lost).toBeInstanceOf(Error)
  const waiting = before.send(order({ leg: 'first' }), never)
  const [row] = await eventually(
    () => journal.open(CHAIN),
    (rows) => rows.length === 1,
  )
  await closeAll()
  await anvil.ask('anvil_dropTransaction', row?.hash)
  const after = await open()
  await eventually(pooled, (count) => count === 1)
  const next = after.send(order({ leg: 'second' }), never)
  await mineAll(2)
  expect((await next).mined.status).toBe('included')
  expect(await anvil.ask('eth_getTransactionReceipt', row?.hash)).toMatchObject({ status: '0x1' })
  void waiting
})

test('a nonce that somebody else used stops the key', async () => {
  journal.commit({
    chain: CHAIN,
    from: signer.address,
    nonce: 0,
    intent: undefined,
    leg: 'x',
    raw: '0x',
    hash: '0x01',
    state: 'signed',
  })
  journal.settle('0x01', 'included')
  await anvil.ask('anvil_setNonce', signer.address, '0x5')
  await expect(open()).rejects.toMatchObject({ code: 'E_NONCE_FOREIGN', exit: 7 })
})

test('a journal of another chain stops the key', async () => {
  journal.commit({
    chain: CHAIN,
    from: signer.address,
    nonce: 8,
    intent: undefined,
    leg: 'x',
    raw: '0x',
    hash: '0x01',
    state: 'signed',
  })
  journal.settle('0x01', 'included')
  await expect(open()).rejects.toMatchObject({ code: 'E_INVARIANT', exit: 7 })
})

test('an abort ends the wait, not the order', async () => {
  const transactor = await open()
  const aborting = new AbortController()
  const sent = transactor.send(order(), aborting.signal)
  await eventually(pooled, (count) => count === 1)
  aborting.abort(new Error('enough'))
  await expect(sent).rejects.toThrow('enough')
  await mine(1 + FINALITY)
  await eventually(
    () => journal.open(CHAIN).length,
    (open) => open === 0,
  )
})

const order = (changes: Partial<Order> = {}): Order => ({
  to: signer.address,
  data: '0x',
  gas: 21_000n,
  leg: 'a',
  ...changes,
})

async function open(patience = 20) {
  const fees = { tip: 1_000_000_000n, ceiling: 100_000_000_000n, baseFee: 'zero' } as const
  const sending = { signer, journal, fees, finality: [{ below: undefined, blocks: FINALITY, proof: false }], patience }
  const link = await openLink({ chain: CHAIN, urls: [anvil.url], clock: systemClock, poll: millis(5), sending })
  links.push(link)
  return sender(link)
}

const closeAll = async () => {
  await Promise.all(links.map((link) => link.close()))
}

async function mine(blocks = 1): Promise<void> {
  for (let i = 0; i < blocks; i++) await anvil.ask('evm_mine')
}

async function mineThen<T>(look: () => T): Promise<T> {
  await mine()
  return look()
}

/** Mines once `count` transactions have arrived at the node. */
async function mineAll(count: number): Promise<void> {
  await eventually(pooled, (found) => found === count)
  await mine()
}

async function pooled(): Promise<number> {
  const { pending, queued } = (await anvil.ask('txpool_status')) as { pending: Hex; queued: Hex }
  return Number(pending) + Number(queued)
}

async function deploy(code: Hex): Promise<Address> {
  const address: Address = '0x00000000000000000000000000000000000000bb'
  await anvil.ask('anvil_setCode', address, code)
  return address
}

/** Looks until it holds; the test's own timeout is the limit. */
async function eventually<T>(look: () => T | Promise<T>, holds: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await look()
    if (holds(value)) return value
    await systemClock.sleep(millis(5), never)
  }
}
