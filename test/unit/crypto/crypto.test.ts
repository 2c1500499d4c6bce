import fc from 'fast-check'
import { type Hex, keccak256 as keccakOfViem, serializeTransaction, toHex } from 'viem'
import { privateKeyToAccount, sign as signWithViem } from 'viem/accounts'
import { describe, expect, test } from 'vitest'
import { createKeyring } from '../../../agent/adapters/gossip/signatures.ts'
import { signerOf } from '../../../agent/adapters/signer/local-signer.ts'
import { nativeCurve, wasmCurve } from '../../../agent/crypto/curve.ts'
import { unsignedBytes } from '../../../agent/crypto/eip1559.ts'
import { keccak256 } from '../../../agent/crypto/hash.ts'
import { chainId } from '../../../agent/domain/units.ts'
import { min } from '../../../agent/maths/fixed-point.ts'

const bytes = (least: number, most: number) =>
  fc.uint8Array({ minLength: least, maxLength: most }).map((found): Hex => toHex(found))
/** Mostly small: where RLP changes its mind. */
const integer = (bits: number) => fc.oneof(fc.bigInt(0n, 300n), fc.bigInt(0n, 2n ** BigInt(bits) - 1n))
const transaction = fc.record({
  chain: fc.integer({ min: 1, max: 2 ** 31 }).map(chainId),
  nonce: fc.oneof(fc.nat(200), fc.nat(2 ** 31)),
  to: bytes(20, 20),
  value: integer(128),
  data: fc.oneof(bytes(0, 70), bytes(240, 260), bytes(0, 4_000)),
  gas: integer(32),
  maxFee: integer(64),
  tip: integer(64),
})
const key = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((found): Hex => toHex(found.fill(1, 0, 1)))
const fieldsOf = ({ chain, maxFee, tip, ...rest }: typeof transaction extends fc.Arbitrary<infer T> ? T : never) =>
  ({ type: 'eip1559', chainId: chain, maxFeePerGas: maxFee, maxPriorityFeePerGas: tip, ...rest }) as const
/** viem refuses tips above the maximum, which is the transactor's affair. */
const sound = transaction.map((one) => ({ ...one, tip: min(one.tip, one.maxFee) }))
const wasm = await wasmCurve()

describe('what is signed', () => {
  test('has the bytes that viem writes, before and after the signature', async () => {
    await fc.assert(
      fc.asyncProperty(sound, key, async (one, secret) => {
        expect(unsignedBytes(one)).toBe(serializeTransaction(fieldsOf(one)))
        expect(await signerOf(secret).signTransaction(one)).toBe(
          await privateKeyToAccount(secret).signTransaction(fieldsOf(one)),
        )
      }),
      { numRuns: 300 },
    )
  })

  test('has the hash that viem computes, whatever its length', () => {
    fc.assert(fc.property(bytes(0, 600), (data) => void expect(keccak256(data)).toBe(keccakOfViem(data))))
    expect(() => keccak256('0xabc')).toThrow('whole bytes')
    expect(() => keccak256('0xzz')).toThrow('whole bytes')
  })
})

describe('without the addon', () => {
  test('the same key signs the same bytes and is recovered from them', async () => {
    const native = nativeCurve()
    if (native === undefined) throw new Error('expected the addon of this platform')
    await fc.assert(
      fc.asyncProperty(key, fc.uint8Array({ minLength: 32, maxLength: 32 }), async (secret, digest) => {
        const raw = Buffer.from(secret.slice(2), 'hex')
        const signed = wasm.sign(digest, raw)
        expect(native.sign(digest, raw)).toEqual(signed)
        expect(wasm.recover(signed, digest)).toEqual(new Uint8Array(native.publicKey(raw)))
        expect(wasm.publicKey(raw)).toEqual(new Uint8Array(native.publicKey(raw)))
        const viems = await signWithViem({ hash: toHex(digest), privateKey: secret, to: 'hex' })
        expect(viems.slice(2, 130)).toBe(Buffer.from(signed.rs).toString('hex'))
      }),
      { numRuns: 40 },
    )
  })

  test('messages are checked all the same', async () => {
    const account = privateKeyToAccount(keccak256('0x02'))
    const digest = keccak256('0x01')
    const signature = await account.sign({ hash: digest })
    const keys = createKeyring(2, wasm)
    expect(keys.check(account.address, digest, signature)).toBeUndefined()
    expect(keys.check(account.address, keccak256('0x03'), signature)).toBe('bad-signature')
    expect(keys.check(account.address, digest, `0x${'00'.repeat(64)}1b`)).toBe('bad-signature')
    expect(wasm.recover({ rs: new Uint8Array(64).fill(255), recovery: 9 }, new Uint8Array(32))).toBeUndefined()
  })
})
