// What an agent finds when it comes back: bids of an earlier life, blocks that nodes have forgotten, a claim already paid.
import { keccak256, stringToHex } from 'viem'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { CHAIN, eventually, order, type Sending, signer, startSending } from '../support/sending.ts'

const never = new AbortController().signal
const intent = keccak256(stringToHex('an account below maintenance'))
const bid = () => order({ leg: 'bid', intent })

let on: Sending
beforeEach(async () => {
  on = await startSending()
})
afterEach(() => on.close())

/** The journal's rows of our key, as nonce and state. */
const rows = () => on.journal.history(CHAIN, signer.address, 0).map(({ nonce, state }) => ({ nonce, state }))

describe('after a kill', () => {
  test('a bid that an earlier life signed is not signed again beside it, and its fate is waited for', async () => {
    const earlier = await on.open()
    earlier.send(bid(), never).catch(() => undefined)
    await eventually(on.pooled, (count) => count === 1)
    await on.stop()
    const later = await on.open()
    await expect(later.send(bid(), never)).rejects.toMatchObject({ code: 'E_UNDER_WAY', remedy: 'retry' })
    await on.finish()
    expect(rows()).toEqual([{ nonce: 0, state: 'included' }])
  })

  test('a transaction is believed though nodes have forgotten the state of its block', async () => {
    const earlier = await on.open()
    earlier.send(bid(), never).catch(() => undefined)
    await on.mineAll(1)
    await on.stop()
    const { hash } = (await on.anvil.ask('eth_getBlockByNumber', '0x1', false)) as { hash: string }
    // The devnet keeps 256 states.
    await on.anvil.ask('anvil_mine', '0x12c')
    const there = on.anvil.ask('eth_getTransactionCount', signer.address, { blockHash: hash })
    await expect(there).rejects.toThrow()
    await on.open()
    await on.finish()
    expect(rows()).toEqual([{ nonce: 0, state: 'included' }])
  })

  test('a bid whose claim is paid is signed again when a block loses it, and the nonces behind it have their end', async () => {
    const transactor = await on.open({ patience: 0 })
    const first = transactor.send(bid(), never)
    await on.mineAll(1)
    await first
    on.journal.paid(intent)
    const second = transactor.send(order({ leg: 'claim' }), never)
    await on.anvil.ask('anvil_reorg', 1, [])
    await on.finish()
    await second
    expect(
      rows()
        .filter(({ state }) => state === 'included')
        .map(({ nonce }) => nonce)
        .sort(),
    ).toEqual([0, 1])
    expect(on.journal.lives()).toEqual([])
  })
})
