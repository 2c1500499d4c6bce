// A key that somebody else has, and journals that are not this chain's. F.. are numbers of the fault matrix.
import { keccak256 } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openMemoryJournal } from '../../agent/adapters/store/memory-journal.ts'
import { CHAIN, eventually, GWEI, KEY, order, type Sending, signer, startSending, usd } from '../support/sending.ts'

const never = new AbortController().signal

let on: Sending
beforeEach(async () => {
  on = await startSending()
})
afterEach(() => on.close())

describe('a key', () => {
  test('F50: whose nonce somebody else used halts: nothing is sent with it any more', async () => {
    const [proxy] = on.providers.proxies
    proxy.add({ kind: 'swallow', hashOf: (raw) => keccak256(`0x${raw.slice(2)}`) })
    const transactor = await on.open({}, { urls: [proxy.url] })
    const sent = transactor
      .send(order({ leg: 'bid', intent: '0x77', value: usd(5) }), never)
      .catch((error: { code: string }) => error.code)
    await eventually(
      () => on.journal.open(CHAIN).length,
      (count) => count === 1,
    )
    const thief = privateKeyToAccount(KEY)
    const fees = { maxFeePerGas: 9n * GWEI, maxPriorityFeePerGas: GWEI, gas: 21_000n }
    await on.anvil.ask(
      'eth_sendRawTransaction',
      await thief.signTransaction({ type: 'eip1559', chainId: CHAIN, nonce: 0, to: thief.address, ...fees }),
    )
    await eventually(
      () => on.mineThen(() => on.alarms.length),
      (count) => count > 0,
    )
    expect(await sent).toBe('E_NONCE_FOREIGN')
    expect(on.alarms).toEqual([
      `E_NONCE_FOREIGN Nonce 0 of ${signer.address} on chain 31337 was used by another sender.`,
    ])
    expect(on.journal.lives()).toEqual([{ intent: '0x77', chain: CHAIN, reserved: usd(5), state: 'abandoned' }])
    await expect(transactor.send(order({ leg: 'b' }), never)).rejects.toMatchObject({
      code: 'E_NONCE_FOREIGN',
      exit: 7,
    })
    await on.stop()
    await expect(on.open()).rejects.toMatchObject({ code: 'E_NONCE_FOREIGN', exit: 7 })
  })

  test('F50: that somebody else uses while nothing of ours is under way halts too, at once and after a restart', async () => {
    const transactor = await on.open()
    const sent = transactor.send(order(), never)
    await on.mineAll(1)
    await sent
    await on.finish()
    const thief = privateKeyToAccount(KEY)
    const fees = { maxFeePerGas: 9n * GWEI, maxPriorityFeePerGas: GWEI, gas: 21_000n }
    const stolen = { type: 'eip1559', chainId: CHAIN, nonce: 1, to: thief.address, ...fees } as const
    await on.anvil.ask('eth_sendRawTransaction', await thief.signTransaction(stolen))
    await eventually(
      () => on.mineThen(() => on.alarms.length),
      (count) => count > 0,
    )
    expect(on.alarms).toEqual([
      `E_NONCE_FOREIGN Nonce 1 of ${signer.address} on chain 31337 was used by another sender.`,
    ])
    await expect(transactor.send(order({ leg: 'b' }), never)).rejects.toMatchObject({ code: 'E_NONCE_FOREIGN' })
    await on.stop()
    await expect(on.open()).rejects.toMatchObject({ code: 'E_NONCE_FOREIGN' })
  })

  test('does not send what it signed to a chain that was made anew under the old id', async () => {
    const transactor = await on.open()
    void transactor.send(order(), never).catch(() => undefined)
    await eventually(on.pooled, (count) => count === 1)
    await on.stop()
    const anew = await startSending(CHAIN, ['--timestamp', '1700000000'])
    await expect(anew.open({ journal: on.journal })).rejects.toMatchObject({ code: 'E_JOURNAL_OWNER', exit: 4 })
    expect(await anew.pooled()).toBe(0)
    await anew.close()
  })

  test('F55: with an hour-old copy of its journal does not start', async () => {
    const transactor = await on.open()
    const copy = openMemoryJournal()
    for (const leg of ['a', 'b', 'c']) {
      const sent = transactor.send(order({ leg }), never)
      await on.mineAll(1)
      await sent
      if (leg === 'a') for (const row of on.journal.history(CHAIN, signer.address, 0)) copy.commit(row)
    }
    await expect(on.open({ journal: copy })).rejects.toMatchObject({
      code: 'E_NONCE_FOREIGN',
      message: expect.stringContaining('next nonce of'),
      fix: expect.stringContaining('newest journal'),
    })
  })
})
