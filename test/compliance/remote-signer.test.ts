// A remote signer that answers like Web3Signer and like Clef, and lies in every field there is.
import { createServer } from 'node:http'
import { type Hex, hexToBigInt, hexToNumber, keccak256, slice, toHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { describe, expect, onTestFinished, test } from 'vitest'
import { signerOf } from '../../agent/adapters/signer/local-signer.ts'
import { openRemoteSigner } from '../../agent/adapters/signer/remote-signer.ts'
import type { Dialect } from '../../agent/domain/key-source.ts'
import { bid, CHAIN, KEY, OWNER } from '../support/signing.ts'

const account = privateKeyToAccount(KEY)
const stranger = privateKeyToAccount(`0x${'11'.repeat(32)}`)
const attestation = { kind: 'attestation', chain: CHAIN, number: 7n, hash: `0x${'22'.repeat(32)}` } as const

describe.each(['web3signer', 'clef'] as const)('an honest %s', (dialect) => {
  test('signs what the key itself would sign, byte for byte', async () => {
    const signer = await open(dialect)
    const reference = signerOf(KEY)
    expect(await signer.signTransaction(bid())).toBe(await reference.signTransaction(bid()))
    expect(await signer.signStatement(attestation)).toBe(await reference.signStatement(attestation))
    const status = { kind: 'status', network: '0xaabbccdd', fields: '0x010203' } as const
    expect(await signer.signStatement(status)).toBe(await reference.signStatement(status))
    const offer = {
      provider: OWNER,
      beneficiary: OWNER,
      bidder: OWNER,
      account: OWNER,
      rate: 9_700,
      maxCash: 2n ** 100n,
    }
    const offered = { ...offer, validUntil: 9n, nonce: 2n ** 70n } as const
    const stated = { kind: 'offer', engine: CHAIN, creditLines: OWNER, offer: offered } as unknown as typeof attestation
    expect(await signer.signStatement(stated)).toBe(await reference.signStatement(stated))
  })
})

describe('a lie', () => {
  const lies: readonly (readonly [name: string, lie: Lie, found: string])[] = [
    ['another chain', { chainId: 1 }, 'it changed chain from 31337 to 1'],
    ['another nonce', { nonce: 8 }, 'it changed nonce from 0 to 8'],
    ['another destination', { to: stranger.address }, `to ${stranger.address.toLowerCase()}`],
    ['a value', { value: 5n }, 'it changed value from 0 to 5'],
    ['other data', { data: '0xdeadbeef' }, 'it changed data'],
    ['other gas', { gas: 1n }, 'it changed gas from 2000000 to 1'],
    ['a higher fee', { maxFeePerGas: 101n }, 'it changed maxFee from 100 to 101'],
    ['another tip', { maxPriorityFeePerGas: 11n }, 'it changed tip from 10 to 11'],
    ['an access list', { accessList: [{ address: OWNER, storageKeys: [] }] }, 'it changed accessList from 0 to 1'],
  ]
  test.each(lies)('%s is caught, and nothing is signed', async (_name, lie, found) => {
    for (const dialect of ['web3signer', 'clef'] as const) {
      const signer = await open(dialect, { lie })
      const error = { code: 'E_SIGNER_LIED', exit: 7, remedy: 'halt', message: expect.stringContaining(found) }
      await expect(signer.signTransaction(bid())).rejects.toMatchObject(error)
    }
  })

  const answers: readonly (readonly [name: string, answer: (raw: Hex) => unknown, found: string])[] = [
    ['another type', (raw) => `0x01${raw.slice(4)}`, 'no transaction of the type asked for'],
    ['nothing', () => null, 'no bytes'],
    ['an object', () => ({ tx: {} }), 'no bytes'],
    ['half of it', (raw) => raw.slice(0, 40), 'no transaction of the type asked for'],
    ['a byte more', (raw) => `${raw}00`, 'no transaction of the type asked for'],
    ['a text', () => 'signed', 'no bytes'],
  ]
  test.each(answers)('%s instead of the bytes is caught', async (_name, answer, found) => {
    const signer = await open('web3signer', { answer })
    const error = { code: 'E_SIGNER_LIED', message: expect.stringContaining(found) }
    await expect(signer.signTransaction(bid())).rejects.toMatchObject(error)
  })

  test("a stranger's signature is caught, of a transaction and of a statement", async () => {
    const signer = await open('web3signer', { who: stranger })
    const error = { code: 'E_SIGNER_LIED', message: expect.stringContaining(`not that of ${OWNER}`) }
    await expect(signer.signTransaction(bid())).rejects.toMatchObject(error)
    await expect(signer.signStatement(attestation)).rejects.toMatchObject(error)
  })

  test('a high s, which no node takes, is caught', async () => {
    const signer = await open('web3signer', { answer: highS })
    await expect(signer.signTransaction(bid())).rejects.toMatchObject({ code: 'E_SIGNER_LIED' })
  })

  test('a signature of another statement is caught', async () => {
    const signer = await open('clef', { retell: (data) => ({ ...data, message: { ...data.message, number: '8' } }) })
    await expect(signer.signStatement(attestation)).rejects.toMatchObject({ code: 'E_SIGNER_LIED' })
  })
})

describe('no answer', () => {
  test('is no signature: a refusal, silence, an error page, nobody', async () => {
    const down = { code: 'E_SIGNER_DOWN', remedy: 'retry' }
    const denied = await open('clef', { answer: () => new Error('Request denied') })
    await expect(denied.signTransaction(bid())).rejects.toMatchObject({
      ...down,
      message: expect.stringContaining('Request denied'),
    })
    const silent = await open('clef', { answer: () => new Promise(() => undefined) }, 100)
    await expect(silent.signTransaction(bid())).rejects.toMatchObject({
      ...down,
      message: expect.stringContaining('no answer within 100 ms'),
    })
    const page = await open('clef', { page: '<html>' })
    await expect(page.signStatement(attestation)).rejects.toMatchObject(down)
    const nobody = openRemoteSigner({ url: 'http://127.0.0.1:1', address: OWNER, dialect: 'web3signer' })
    await expect(nobody).rejects.toMatchObject(down)
  })

  test('a signer without our key refuses to start', async () => {
    const found = open('web3signer', { accounts: [stranger.address] })
    await expect(found).rejects.toMatchObject({ code: 'E_SIGNER_KEY', exit: 4 })
  })
})

type Lie = Readonly<Record<string, unknown>>
type Data = { readonly message: Readonly<Record<string, unknown>> }
type Way = {
  /** Fields of the transaction that it signs instead. */
  readonly lie?: Lie
  readonly who?: typeof account
  /** What it answers instead of the bytes; an error becomes an error. */
  readonly answer?: (raw: Hex) => unknown
  readonly retell?: (data: Data) => Data
  readonly accounts?: readonly string[]
  readonly page?: string
}

async function open(dialect: Dialect, way: Way = {}, timeout = 2_000) {
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part)
    const { id, method, params } = JSON.parse(Buffer.concat(parts).toString())
    const result = await answer(method, params, way)
    const said = result instanceof Error ? { error: { code: -32_000, message: result.message } } : { result }
    response.end(way.page ?? JSON.stringify({ jsonrpc: '2.0', id, ...said }))
  })
  await new Promise<void>((started) => server.listen(0, '127.0.0.1', started))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return openRemoteSigner({ url: `http://127.0.0.1:${address.port}`, address: OWNER, dialect, timeout })
}

/** As their documents say: Web3Signer answers with bytes, Clef with bytes in an object; typed data is text to one, an object to the other. */
async function answer(method: string, params: readonly unknown[], way: Way): Promise<unknown> {
  const { who = account, lie = {} } = way
  switch (method) {
    case 'eth_accounts':
      return way.accounts ?? [OWNER]
    case 'eth_signTransaction':
    case 'account_signTransaction': {
      const raw = await who.signTransaction({ ...asked(params[0] as Record<string, Hex>), ...lie } as never)
      if (way.answer !== undefined) return way.answer(raw)
      return method === 'eth_signTransaction' ? raw : { raw, tx: { hash: keccak256(raw) } }
    }
    case 'eth_signTypedData':
    case 'account_signTypedData': {
      const data = method === 'eth_signTypedData' ? JSON.parse(String(params[1])) : params[1]
      if (typeof data !== 'object') return new Error('expected an object')
      return who.signTypedData(way.retell === undefined ? data : way.retell(data))
    }
    default:
      return new Error(`the method ${method} does not exist`)
  }
}

const asked = (given: Record<string, Hex>) => ({
  type: 'eip1559',
  chainId: hexToNumber(given['chainId'] ?? '0x'),
  nonce: hexToNumber(given['nonce'] ?? '0x'),
  to: given['to'],
  data: given['data'],
  value: hexToBigInt(given['value'] ?? '0x'),
  gas: hexToBigInt(given['gas'] ?? '0x'),
  maxFeePerGas: hexToBigInt(given['maxFeePerGas'] ?? '0x'),
  maxPriorityFeePerGas: hexToBigInt(given['maxPriorityFeePerGas'] ?? '0x'),
})

/** Order of the curve (SEC 2, secp256k1). */
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n

/** The same signature with n - s: valid mathematics, refused by EIP-2. */
function highS(raw: Hex): Hex {
  const s = hexToBigInt(slice(raw, -32))
  const parity = slice(raw, -67, -66) === '0x80' ? '0x01' : '0x80'
  return `${raw.slice(0, -2 * 67)}${parity.slice(2)}${slice(raw, -66, -32).slice(2)}${toHex(ORDER - s, { size: 32 }).slice(2)}` as Hex
}
