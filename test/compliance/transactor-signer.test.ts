// A key whose signer keeps a book of its own: killed between a signature and the journal, the two disagree on a nonce.
import { join } from 'node:path'
import { numberToHex, parseTransaction } from 'viem'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { guarded } from '../../agent/adapters/signer/guarded.ts'
import { openNonceBook } from '../../agent/adapters/signer/nonce-book.ts'
import type { Signer } from '../../agent/ports/signer.ts'
import { temporaryFolder } from '../support/config-file.ts'
import { CHAIN, eventually, GWEI, order, type Sending, signer, startSending } from '../support/sending.ts'

const FRIEND = '0x00000000000000000000000000000000000000e1'
const never = new AbortController().signal
const fees = { tip: GWEI, ceiling: 500n * GWEI, baseFee: 'market' } as const

let on: Sending
beforeEach(async () => {
  on = await startSending()
})
afterEach(() => on.close())

describe('a signature that the journal never saw', () => {
  test('of a new nonce costs that nonce, and the order goes on at the next', async () => {
    const own = withBook()
    const [first] = [await nonce()]
    await own.signTransaction({ ...LOST, nonce: first })
    const transactor = await on.open({ signer: own })
    const sent = transactor.send(order({ to: FRIEND }), never)
    await on.mineAll(2)
    expect((await sent).mined.status).toBe('included')
    await on.finish()
    const written = on.journal.history(CHAIN, signer.address, first)
    expect(written.map(({ leg, nonce, state }) => ({ leg, nonce, state }))).toEqual([
      { leg: 'cancel', nonce: first, state: 'included' },
      { leg: 'a', nonce: first + 1, state: 'included' },
    ])
    const [cancel] = written.map(({ raw }) => parseTransaction(raw))
    expect({ to: cancel?.to, value: cancel?.value, dearer: (cancel?.maxFeePerGas ?? 0n) > LOST.maxFee }).toEqual({
      to: signer.address.toLowerCase(),
      value: undefined,
      dearer: true,
    })
  })

  test('of a replacement is replaced in its turn', async () => {
    const own = withBook()
    const transactor = await on.open({ signer: own, fees })
    const sent = transactor.send(order({ to: FRIEND }), never)
    await eventually(on.pooled, (count) => count === 1)
    const [row] = on.journal.open(CHAIN)
    if (row === undefined) throw new Error('nothing was journaled')
    const { nonce: at, gas = 0n } = { ...parseTransaction(row.raw), nonce: row.nonce }
    const again = { ...LOST, nonce: at, data: '0x', gas, maxFee: 60n * GWEI, tip: 2n * GWEI } as const
    await own.signTransaction(again)
    await on.anvil.ask('anvil_setNextBlockBaseFeePerGas', numberToHex(20n * GWEI))
    await on.mine()
    await eventually(
      () => on.journal.open(CHAIN).length,
      (count) => count === 2,
    )
    await eventually(on.pooled, (count) => count === 1)
    await on.mine()
    expect((await sent).mined.status).toBe('included')
    const found = on.journal
      .history(CHAIN, signer.address, at)
      .map(({ raw }) => parseTransaction(raw).maxFeePerGas ?? 0n)
    expect(found.at(-1)).toBeGreaterThan(60n * GWEI)
    await on.finish()
  })
})

test('while the signer is down nothing is journaled, and the nonce is free when it is back', async () => {
  let down = true
  const refuse = async () => {
    throw Object.assign(new Error('down'), { code: 'E_SIGNER_DOWN' })
  }
  const own: Signer = { ...signer, signTransaction: (asked) => (down ? refuse() : signer.signTransaction(asked)) }
  const transactor = await on.open({ signer: own })
  const before = on.journal.history(CHAIN, signer.address, 0).length
  await expect(transactor.send(order({ to: FRIEND }), never)).rejects.toMatchObject({ code: 'E_SIGNER_DOWN' })
  expect(on.journal.history(CHAIN, signer.address, 0)).toHaveLength(before)
  down = false
  const sent = transactor.send(order({ to: FRIEND }), never)
  await on.mineAll(1)
  expect((await sent).mined.status).toBe('included')
  await on.finish()
})

/** What was signed, and died with the process. */
const LOST = { chain: CHAIN, to: FRIEND, value: 0n, data: '0x12', gas: 50_000n, maxFee: 30n * GWEI, tip: GWEI } as const

function withBook(): Signer {
  const book = openNonceBook(join(temporaryFolder(), 'signer.db'), signer.address)
  onTestFinished(book.close)
  const destinations = [{ to: FRIEND, selector: '0x' }] as const
  const policy = { chains: [{ chain: CHAIN, destinations, maxFee: 500n * GWEI, maxGas: 100_000n }], statements: [] }
  return guarded(signer, policy, book)
}

const nonce = async () => Number(await on.anvil.ask('eth_getTransactionCount', signer.address, 'latest'))
