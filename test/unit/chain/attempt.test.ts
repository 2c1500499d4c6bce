// A journaled transaction read again: what this program sends, and nothing else.

import { keccak256, serializeTransaction } from 'viem'
import { expect, test } from 'vitest'
import { remembered } from '../../../agent/adapters/chain/attempt.ts'
import { signerOf } from '../../../agent/adapters/signer/local-signer.ts'
import { chainId } from '../../../agent/domain/units.ts'
import { journaledTx } from '../../support/journaled-tx.ts'

const signer = signerOf(`0x${'11'.repeat(32)}`)
const fees = { maxFeePerGas: 9n, maxPriorityFeePerGas: 3n }
const signature = { r: `0x${'11'.repeat(32)}`, s: `0x${'22'.repeat(32)}`, yParity: 0 } as const

test('an attempt is what was signed', async () => {
  const raw = await signer.signTransaction({
    ...{ chain: chainId(1), nonce: 4, to: signer.address, value: 0n, data: '0xab', gas: 50_000n, maxFee: 9n, tip: 3n },
  })
  expect(remembered(journaledTx({ raw, hash: keccak256(raw) }))).toMatchObject({
    content: { to: signer.address.toLowerCase(), data: '0xab', gas: 50_000n },
    fees: { maxFee: 9n, tip: 3n },
  })
})

test.each([
  [
    'that creates a contract',
    serializeTransaction({ type: 'eip1559', chainId: 1, gas: 50_000n, data: '0x00', ...fees }, signature),
  ],
  [
    'without a limit of gas',
    serializeTransaction({ type: 'eip1559', chainId: 1, to: signer.address, ...fees }, signature),
  ],
  [
    'with a price of the old kind',
    serializeTransaction(
      { type: 'legacy', chainId: 1, to: signer.address, gas: 50_000n, gasPrice: 9n },
      { ...signature, v: 37n },
    ),
  ],
])('a transaction %s is not ours', (_, raw) => {
  expect(() => remembered(journaledTx({ raw, hash: keccak256(raw) }))).toThrow(/does not send/)
})

test('bytes that were damaged on the disk are not sent', async () => {
  const raw = serializeTransaction(
    { type: 'eip1559', chainId: 1, to: signer.address, gas: 50_000n, ...fees },
    signature,
  )
  const damaged = `${raw.slice(0, -1)}${raw.endsWith('0') ? '1' : '0'}` as const
  expect(() => remembered(journaledTx({ raw: `0x${damaged.slice(2)}`, hash: keccak256(raw) }))).toThrow(/damaged file/)
})
