import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Hex, keccak256, parseTransaction, recoverAddress, recoverTransactionAddress, toHex } from 'viem'
import { privateKeyToAccount, sign as signWithViem } from 'viem/accounts'
import { afterAll, expect, test } from 'vitest'
import { sign } from '../../../agent/adapters/chain/attempt.ts'
import {
  attestationDigest,
  offerDigest,
  priceBatchDigest,
  statusDigest,
  statusStatement,
} from '../../../agent/adapters/gossip/digests.ts'
import { openKeyFile as open } from '../../../agent/adapters/signer/key-file.ts'
import { signerOf } from '../../../agent/adapters/signer/local-signer.ts'
import { digestOf } from '../../../agent/adapters/signer/typed-data.ts'
import { bps, chainId, wad } from '../../../agent/domain/units.ts'
import { contract, ENGINE, network, priceBatch, status } from '../gossip/builders.ts'

const anOffer = {
  ...{ provider: contract('provider'), beneficiary: contract('home'), bidder: contract('bidder') },
  ...{ account: contract('account'), rate: bps(9_700), maxCash: wad(1n), validUntil: 2n, nonce: 3n },
}
const OFFER = offerDigest(anOffer, contract('credit lines'), ENGINE)
const PRICE = priceBatchDigest(priceBatch(), contract('price book'))

const KEY = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'
const OWNER = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266'
/** Half the order of the curve (EIP-2): a larger s is refused by every node. */
const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n

/** No key here needs a password. */
const openKeyFile = (path: string) => open(path, () => Promise.reject(new Error('asked for a password')))

const folder = mkdtempSync(join(tmpdir(), 'lienmesh-key-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('native signatures are those of the reference, byte for byte, with a low s', async () => {
  const signer = signerOf(KEY)
  for (let i = 0; i < 64; i++) {
    const statement = { kind: 'attestation', chain: chainId(1), number: BigInt(i), hash: keccak256(toHex(i)) } as const
    const signature = await signer.signStatement(statement)
    const hash = attestationDigest(statement)
    expect(signature).toBe(await signWithViem({ hash, privateKey: KEY, to: 'hex' }))
    expect(await recoverAddress({ hash, signature })).toBe(OWNER)
    expect(BigInt(`0x${signature.slice(66, 130)}`)).toBeLessThanOrEqual(HALF_ORDER)
  }
})

test('a signed transaction is that of the reference, byte for byte', async () => {
  const transaction = { nonce: 3, to: OWNER, value: 5n, data: '0x1234', gas: 50_000n } as const
  const ours = await signerOf(KEY).signTransaction({ chain: chainId(31_337), ...transaction, maxFee: 9n, tip: 3n })
  const fees = { maxFeePerGas: 9n, maxPriorityFeePerGas: 3n }
  const theirs = await privateKeyToAccount(KEY).signTransaction({ chainId: 31_337, ...transaction, ...fees })
  expect(ours).toBe(theirs)
})

test.each([
  ['a price', { kind: 'price', priceBook: contract('price book'), batch: priceBatch() }, PRICE],
  ['an offer', { kind: 'offer', engine: ENGINE, creditLines: contract('credit lines'), offer: anOffer }, OFFER],
  ['a status', statusStatement(status(), network()), statusDigest(status(), network())],
] as const)('%s is signed as peers and contracts check it', async (_name, statement, digest) => {
  expect(digestOf(statement)).toBe(digest)
})

test('a signed order is a transaction of its signer', async () => {
  const content = { to: OWNER, data: '0x1234', gas: 50_000n, intent: undefined, leg: 'bid' } as const
  const place = { chain: chainId(31_337), nonce: 7 }
  const { raw, hash } = await sign(signerOf(KEY), place, content, { maxFee: 9n, tip: 3n })
  expect(hash).toBe(keccak256(raw))
  expect(await recoverTransactionAddress({ serializedTransaction: raw as `0x02${string}` })).toBe(OWNER)
  expect(parseTransaction(raw)).toMatchObject({
    chainId: 31_337,
    nonce: 7,
    gas: 50_000n,
    maxFeePerGas: 9n,
    data: '0x1234',
  })
})

test('a key file that others can read is refused with the command that mends it', async () => {
  const path = file('open', KEY, 0o644)
  await expect(openKeyFile(path)).rejects.toMatchObject({ code: 'E_KEY_PERMS', exit: 4, fix: `chmod 600 ${path}` })
})

test('a key file holds one key, with or without its prefix', async () => {
  expect((await openKeyFile(file('plain', `${KEY.slice(2)}\n`, 0o600))).address).toBe(OWNER)
  expect((await openKeyFile(file('prefixed', KEY, 0o600))).address).toBe(OWNER)
})

test.each([
  ['', 'empty'],
  ['0x00', 'short'],
  [`0x${'0'.repeat(64)}`, 'zero'],
  [`0x${'f'.repeat(64)}`, 'above the order'],
])('a file with %s holds no key', async (text, name) => {
  await expect(openKeyFile(file(name, text, 0o600))).rejects.toMatchObject({ code: 'E_KEY_FORMAT', exit: 4 })
})

test('an error about a key never shows it', async () => {
  const error: unknown = await openKeyFile(file('leak', `${KEY}00`, 0o600)).catch((thrown: unknown) => thrown)
  expect(JSON.stringify(error) + String(error)).not.toContain(KEY.slice(2, 20))
})

function file(name: string, text: string | Hex, mode: number): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  chmodSync(path, mode)
  return path
}
