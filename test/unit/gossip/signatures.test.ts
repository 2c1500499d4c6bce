import { type Hex, keccak256 } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { expect, test } from 'vitest'
import { createKeyring, nativeSignatures } from '../../../agent/adapters/gossip/signatures.ts'
import { alice, highS, mallory } from './builders.ts'

const digest = keccak256('0x01')

test('a signature of the claimed signer is accepted, again and again', () => {
  const keys = createKeyring()
  expect([1, 2, 3].map(() => keys.check(alice.address, digest, alice.sign(digest)))).toEqual([
    undefined,
    undefined,
    undefined,
  ])
})

test('a signature made by viem is accepted', async () => {
  const account = privateKeyToAccount(keccak256('0x02'))
  expect(createKeyring().check(account.address, digest, await account.sign({ hash: digest }))).toBeUndefined()
})

test.for<[string, (good: Hex) => Hex, string]>([
  ['another signer', () => mallory.sign(digest), 'bad-signature'],
  ['another digest', () => alice.sign(keccak256('0x03')), 'bad-signature'],
  ['s in the upper half', highS, 'high-s'],
  ['the other v', (good) => `0x${good.slice(2, 130)}${good.endsWith('1b') ? '1c' : '1b'}`, 'bad-signature'],
  ['v of zero or one', (good) => `0x${good.slice(2, 130)}${good.endsWith('1b') ? '00' : '01'}`, 'malformed-signature'],
  ['64 bytes', (good) => `0x${good.slice(2, 130)}`, 'malformed-signature'],
  ['zeros', () => `0x${'00'.repeat(64)}1b`, 'bad-signature'],
])('%s is refused, by a new keyring and by one that knows the signer', ([, change, reason]) => {
  const fresh = createKeyring()
  const used = createKeyring()
  used.check(alice.address, digest, alice.sign(digest))
  const signature = change(alice.sign(digest))
  expect(fresh.check(alice.address, digest, signature)).toBe(reason)
  expect(used.check(alice.address, digest, signature)).toBe(reason)
})

test('a full keyring forgets and learns again', () => {
  const keys = createKeyring(1)
  for (const who of [alice, mallory, alice]) expect(keys.check(who.address, digest, who.sign(digest))).toBeUndefined()
})

test('signatures are checked by native code here', () => {
  expect(nativeSignatures()).toBe(true)
})
