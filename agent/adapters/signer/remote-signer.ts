// A key that somebody else holds: Web3Signer or Clef, over JSON-RPC. What comes back is believed only byte for byte.
import {
  type Address,
  type Hex,
  isHex,
  parseSignature,
  parseTransaction,
  recoverAddress,
  serializeSignature,
} from 'viem'
import { configError, EXIT, LienmeshError, unavailable } from '../../domain/errors.ts'
import type { Dialect } from '../../domain/key-source.ts'
import type { Signer, UnsignedTransaction } from '../../ports/signer.ts'
import { signedBytes, signingDigest } from './transaction.ts'
import { digestOf, type TypedData, typedData } from './typed-data.ts'

/** Where the key is and which language its keeper speaks. */
export type RemoteOptions = {
  readonly url: string
  readonly address: Address
  readonly dialect: Dialect
  /** Longest wait for one answer, in milliseconds; 5 seconds by default. */
  readonly timeout?: number
}

/** Opens a remote signer. Throws E_SIGNER_KEY when it says that it has no such key. */
export async function openRemoteSigner(options: RemoteOptions): Promise<Signer> {
  const { address, dialect } = options
  const { methods, params } = SPEECH[dialect]
  if (dialect === 'web3signer') await requireKey(options)
  return {
    address,
    unable: () => undefined,
    async signTransaction(transaction) {
      const answer = await ask(options, methods.transaction, [fieldsOf(address, transaction)])
      const raw = typeof answer === 'object' && answer !== null && 'raw' in answer ? answer.raw : answer
      if (!isHex(raw)) throw lied(options, 'it answered with no bytes')
      const wrong = await changed(raw, transaction, address)
      if (wrong !== undefined) throw lied(options, wrong)
      return raw
    },
    async signStatement(statement) {
      const answer = await ask(options, methods.statement, [address, params(jsonOf(typedData(statement)))])
      const signature = await signatureIn(answer, digestOf(statement), address)
      if (signature === undefined) throw lied(options, `its signature of a statement is not that of ${address}`)
      return signature
    },
    close: async () => undefined,
  }
}

/**
 * docs.web3signer.consensys.io (eth1 JSON-RPC) and geth.ethereum.org/docs/clef/apis (external API).
 * Web3Signer reads typed data from a text, Clef from an object. Clef asks its owner about `account_list`.
 */
const SPEECH = {
  web3signer: {
    methods: { transaction: 'eth_signTransaction', statement: 'eth_signTypedData' },
    params: (data: object): unknown => JSON.stringify(data),
  },
  clef: {
    methods: { transaction: 'account_signTransaction', statement: 'account_signTypedData' },
    params: (data: object): unknown => data,
  },
} as const

async function requireKey(options: RemoteOptions): Promise<void> {
  const held = await ask(options, 'eth_accounts', [])
  const list: readonly unknown[] = Array.isArray(held) ? held : []
  if (list.some((one) => String(one).toLowerCase() === options.address.toLowerCase())) return
  throw configError(
    'E_SIGNER_KEY',
    `The signer at ${options.url} has ${list.length} keys, none of ${options.address}.`,
    'Load the key there, or correct keys.address.',
  )
}

/** The first thing in signed bytes that is not what was asked for; undefined when every byte is. */
async function changed(raw: Hex, asked: UnsignedTransaction, address: Address): Promise<string | undefined> {
  const found = parsed(raw)
  if (found === undefined) return 'its bytes are no transaction of the type asked for'
  const fields: readonly (readonly [string, unknown, unknown])[] = [
    ['chain', found.chainId, asked.chain],
    ['nonce', found.nonce ?? 0, asked.nonce],
    ['to', found.to?.toLowerCase(), asked.to.toLowerCase()],
    ['value', found.value ?? 0n, asked.value],
    ['data', found.data ?? '0x', asked.data.toLowerCase()],
    ['gas', found.gas ?? 0n, asked.gas],
    ['maxFee', found.maxFeePerGas ?? 0n, asked.maxFee],
    ['accessList', found.accessList?.length ?? 0, 0],
    ['tip', found.maxPriorityFeePerGas ?? 0n, asked.tip],
  ]
  for (const [name, got, expected] of fields)
    if (got !== expected) return `it changed ${name} from ${String(expected)} to ${String(got)}`
  const { r, s, yParity } = found
  const loose =
    r === undefined || s === undefined || yParity === undefined ? '0x' : serializeSignature({ r, s, yParity })
  const signature = await signatureIn(loose, signingDigest(asked), address)
  if (signature === undefined) return `its signature is not that of ${address}`
  return signedBytes(asked, signature) === raw.toLowerCase() ? undefined : 'it added something to the transaction'
}

function parsed(raw: Hex) {
  try {
    const found = parseTransaction(raw)
    return found.type === 'eip1559' ? found : undefined
  } catch {
    // Bytes that are no transaction: the caller says so.
    return undefined
  }
}

/** Half the order of the curve: a larger s is refused by every node (EIP-2). */
const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n

/** Our signature of a digest, with v as 27 or 28; undefined for anything else. */
async function signatureIn(answer: unknown, digest: Hex, address: Address): Promise<Hex | undefined> {
  if (!isHex(answer) || answer.length !== 132) return undefined
  try {
    const { r, s, yParity } = parseSignature(answer)
    const signature = serializeSignature({ r, s, yParity })
    if (BigInt(s) > HALF_ORDER) return undefined
    const signer = await recoverAddress({ hash: digest, signature })
    return signer.toLowerCase() === address.toLowerCase() ? signature : undefined
  } catch {
    // No point of the curve: nobody's signature.
    return undefined
  }
}

const fieldsOf = (from: Address, { chain, nonce, to, value, data, gas, maxFee, tip }: UnsignedTransaction) => ({
  ...{ from, to, data },
  ...{ chainId: hex(chain), nonce: hex(nonce), value: hex(value), gas: hex(gas) },
  ...{ maxFeePerGas: hex(maxFee), maxPriorityFeePerGas: hex(tip) },
})

const hex = (value: number | bigint): Hex => `0x${value.toString(16)}`

/** Typed data as JSON holds it: integers as decimal text, and the type of the domain spelt out. */
function jsonOf({ types, domain, ...rest }: TypedData): object {
  const fields = [
    ...[
      { name: 'name', type: 'string' },
      { name: 'version', type: 'string' },
    ],
    ...(domain.chainId === undefined ? [] : [{ name: 'chainId', type: 'uint256' }]),
    ...(domain.verifyingContract === undefined ? [] : [{ name: 'verifyingContract', type: 'address' }]),
  ]
  const whole = { types: { EIP712Domain: fields, ...types }, domain, ...rest }
  return JSON.parse(JSON.stringify(whole, (_, part) => (typeof part === 'bigint' ? part.toString() : part)))
}

/** One question. A refusal, silence or nonsense is E_SIGNER_DOWN: nothing was signed that we know of. */
async function ask({ url, timeout = 5_000 }: RemoteOptions, method: string, params: readonly unknown[]) {
  const failed = (why: string, cause?: unknown) =>
    unavailable('E_SIGNER_DOWN', `The signer at ${url} did not sign: ${why}.`, 'Start it, or read its log.', cause)
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  const signal = AbortSignal.timeout(timeout)
  const headers = { 'content-type': 'application/json' }
  const text = await fetch(url, { method: 'POST', body, headers, signal, redirect: 'error' })
    .then((response) => response.text())
    .catch((error: unknown) => {
      throw failed(signal.aborted ? `no answer within ${timeout} ms` : 'it cannot be reached', error)
    })
  const held = jsonIn(text)
  if ('result' in held && held['error'] === undefined) return held['result']
  const error: unknown = held['error']
  const said = typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : 'no result'
  throw failed(said.slice(0, 200))
}

function jsonIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const held: unknown = JSON.parse(text)
    return typeof held === 'object' && held !== null ? { ...held } : {}
  } catch {
    // No JSON: no result.
    return {}
  }
}

const lied = ({ url, address }: RemoteOptions, what: string): LienmeshError =>
  new LienmeshError('E_SIGNER_LIED', `The signer at ${url} was asked to sign for ${address}, and ${what}.`, {
    remedy: 'halt',
    exit: EXIT.safetyStop,
    fix: 'Nothing was sent. Find out who controls that signer before the key is used again.',
  })
