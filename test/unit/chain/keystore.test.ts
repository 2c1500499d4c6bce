import { privateKeyToAddress } from 'viem/accounts'
import { expect, test } from 'vitest'
import { COST, readKeystore, sealKey, unsealKey } from '../../../agent/adapters/signer/keystore.ts'

const KEY = '0x7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d'
const PASSWORD = 'testpassword'

/** From the Web3 Secret Storage definition, and from go-ethereum's keystore tests (very-light-scrypt, no password). */
const published = {
  pbkdf2: {
    cipher: 'aes-128-ctr',
    cipherparams: { iv: '6087dab2f9fdbbfaddc31a909735c1e6' },
    ciphertext: '5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46',
    kdf: 'pbkdf2',
    kdfparams: {
      c: 262_144,
      dklen: 32,
      prf: 'hmac-sha256',
      salt: 'ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd',
    },
    mac: '517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2',
  },
  scrypt: {
    cipher: 'aes-128-ctr',
    cipherparams: { iv: 'dc4926b48a105133d2f16b96833abf1e' },
    ciphertext: 'b87781948a1befd247bff51ef4063f716cf6c2d3481163e9a8f42e1f9bb74145',
    kdf: 'scrypt',
    kdfparams: {
      dklen: 32,
      n: 2,
      r: 8,
      p: 1,
      salt: '004244bbdc51cadda545b1cfa43cff9ed2ae88e08c61f1479dbb45410722f8f0',
    },
    mac: '39990c1684557447940d4c69e06b1b82b2aceacb43f284df65c956daf3046b85',
  },
}

const opened = async (text: string, password: string) => {
  const keystore = readKeystore(text)
  return keystore && unsealKey(keystore, password)
}

test('the published pbkdf2 example opens, under its password alone', async () => {
  const text = JSON.stringify({ version: 3, crypto: published.pbkdf2 })
  expect(await opened(text, PASSWORD)).toBe(KEY)
  expect(await opened(text, `${PASSWORD}.`)).toBeUndefined()
})

test('a published scrypt example opens and holds the key of its address', async () => {
  const key = await opened(JSON.stringify({ version: 3, crypto: published.scrypt }), '')
  expect(key && privateKeyToAddress(key).toLowerCase()).toBe('0x45dea0fb0bba44f4fcf290bba71fd57d7117cbb8')
})

test('what was sealed opens again, under its password alone, and names its address', async () => {
  const text = await sealKey(KEY, PASSWORD, COST.light)
  expect(await opened(text, PASSWORD)).toBe(KEY)
  expect(await opened(text, 'another')).toBeUndefined()
  expect(readKeystore(text)?.address).toBe('0x008aeeda4d805471df9b2a5b0f38a0c3bcba786b')
  expect(text).not.toContain(KEY.slice(2))
})

test('a changed ciphertext does not open', async () => {
  const text = await sealKey(KEY, PASSWORD, COST.light)
  const { ciphertext } = JSON.parse(text).crypto
  const other = `${ciphertext.startsWith('0') ? '1' : '0'}${ciphertext.slice(1)}`
  expect(await opened(text.replace(ciphertext, other), PASSWORD)).toBeUndefined()
})

test.each([
  ['another version', { version: 1 }],
  ['another cipher', { crypto: { ...published.scrypt, cipher: 'aes-256-gcm' } }],
  ['another derivation', { crypto: { ...published.scrypt, kdf: 'argon2id' } }],
  ['a cost that would keep us busy for an hour', { n: 2 ** 40 }],
  ['a cost that is no power of two', { n: 262_143 }],
  ['a cost that its block size forbids', { n: 262_144, r: 1 }],
  ['a short salt of odd digits', { salt: 'abc' }],
])('%s is no keystore of ours', (_, change) => {
  const kdfparams = { ...published.scrypt.kdfparams, ...change }
  const text = JSON.stringify({ version: 3, crypto: { ...published.scrypt, kdfparams }, ...change })
  expect(readKeystore(text)).toBeUndefined()
})

test.each(['', 'null', '[]', '{"version":3}', 'no json'])('%j is no keystore', (text) => {
  expect(readKeystore(text)).toBeUndefined()
})
