// One JSON object per line, each way. A signer believes nothing about the shape of what it reads.
import type { Address, Hex } from 'viem'
import { isAddress, isHex } from 'viem/utils'
import { EXIT, LienmeshError } from '../../domain/errors.ts'
import type { Statement } from '../../domain/statement.ts'
import { bps, chainId, instant, price, wad } from '../../domain/units.ts'
import type { UnsignedTransaction } from '../../ports/signer.ts'

/** What is asked of a signer. */
export type Request =
  | { readonly ask: 'transaction'; readonly transaction: UnsignedTransaction }
  | { readonly ask: 'statement'; readonly statement: Statement }

/** What a signer says: who it is, once at the start; then an answer to every numbered request. */
export type Answer =
  | { readonly address: Address }
  | { readonly id: number; readonly signed: Hex }
  | { readonly id?: number; readonly refused: Refused }

/** An error as it travels. */
export type Refused = Pick<LienmeshError, 'code' | 'message' | 'remedy' | 'exit' | 'fix' | 'context'>

/** Text of a value; integers beyond doubles travel as `12n`, which no hex text and no name of ours looks like. */
export const toLine = (value: unknown): string =>
  `${JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? `${part}n` : part))}\n`

/** The value of a line; undefined when it is none. */
export function fromLine(line: string): unknown {
  try {
    return JSON.parse(line, (_, part) =>
      typeof part === 'string' && /^-?\d{1,80}n$/.test(part) ? BigInt(part.slice(0, -1)) : part,
    )
  } catch {
    // Whoever speaks no JSON has asked for nothing that can be signed.
    return undefined
  }
}

/** A request with its number, every field checked; undefined for anything else. */
export function requestIn(line: string): { readonly id: number; readonly request: Request } | undefined {
  const held = fields(fromLine(line))
  const id = held['id']
  if (typeof id !== 'number') return undefined
  try {
    if (held['ask'] === 'transaction')
      return { id, request: { ask: 'transaction', transaction: transactionOf(fields(held['transaction'])) } }
    if (held['ask'] === 'statement')
      return { id, request: { ask: 'statement', statement: statementOf(fields(held['statement'])) } }
    return undefined
  } catch {
    // A field of another shape: there is no such request.
    return undefined
  }
}

/** What a signer said; undefined when it speaks another language. */
export function answerIn(line: string): Answer | undefined {
  const held = fields(fromLine(line))
  const { id, address, signed } = held
  const refused = refusedIn(fields(held['refused']))
  if (refused !== undefined) return { ...(typeof id === 'number' && { id }), refused }
  if (typeof id === 'number' && isHex(signed)) return { id, signed }
  return typeof address === 'string' && isAddress(address) ? { address } : undefined
}

function refusedIn({ code, message, fix, ...held }: Fields): Refused | undefined {
  const remedy = (['fix-config', 'retry', 'halt'] as const).find((one) => one === held['remedy'])
  const exit = Object.values(EXIT).find((one) => one === held['exit'])
  if (typeof code !== 'string' || typeof message !== 'string' || typeof fix !== 'string') return undefined
  if (remedy === undefined || exit === undefined) return undefined
  const { verdict, maxFee, tip } = fields(held['context'])
  const context =
    typeof verdict === 'string' && typeof maxFee === 'bigint' && typeof tip === 'bigint' ? { verdict, maxFee, tip } : {}
  return { code, message, remedy, exit, fix, context }
}

/** An error as it travels; a defect says no more than that there was one. */
export const refusedBy = (error: unknown): Refused => {
  if (!(error instanceof LienmeshError))
    return {
      code: 'E_SIGNER_REFUSED',
      message: `The signer cannot sign this: ${error instanceof Error ? error.name : 'a defect'}.`,
      ...{ remedy: 'halt', exit: EXIT.safetyStop, fix: 'Report it; nothing was signed.', context: {} },
    }
  const { code, message, remedy, exit, fix, context } = error
  return { code, message, remedy, exit, fix, context }
}

/** The error again, on the other side. */
export const errorOf = ({ code, message, ...how }: Refused): LienmeshError => new LienmeshError(code, message, how)

type Fields = Readonly<Record<string, unknown>>

const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? { ...value } : {})

function transactionOf(held: Fields): UnsignedTransaction {
  return {
    chain: chainId(whole(held['chain'])),
    nonce: whole(held['nonce']),
    to: address(held['to']),
    value: natural(held['value']),
    data: hex(held['data']),
    gas: natural(held['gas']),
    maxFee: natural(held['maxFee']),
    tip: natural(held['tip']),
  }
}

function statementOf(held: Fields): Statement {
  switch (held['kind']) {
    case 'attestation': {
      const [chain, number] = [chainId(whole(held['chain'])), natural(held['number'])]
      return { kind: 'attestation', chain, number, hash: hex(held['hash'], 32) }
    }
    case 'offer': {
      const [engine, creditLines] = [chainId(whole(held['engine'])), address(held['creditLines'])]
      return { kind: 'offer', engine, creditLines, offer: offerOf(fields(held['offer'])) }
    }
    case 'price':
      return { kind: 'price', priceBook: address(held['priceBook']), batch: batchOf(fields(held['batch'])) }
    case 'status':
      return { kind: 'status', network: hex(held['network'], 4), fields: hex(held['fields']) }
    default:
      throw new TypeError('no such statement')
  }
}

const offerOf = (held: Fields) => ({
  provider: address(held['provider']),
  beneficiary: address(held['beneficiary']),
  bidder: address(held['bidder']),
  account: address(held['account']),
  rate: bps(whole(held['rate'])),
  maxCash: wad(natural(held['maxCash'])),
  validUntil: natural(held['validUntil']),
  nonce: natural(held['nonce']),
})

const batchOf = (held: Fields) => ({
  engine: chainId(whole(held['engine'])),
  sequence: instant(whole(held['sequence'])),
  validUntil: instant(whole(held['validUntil'])),
  entries: list(held['entries'])
    .map(fields)
    .map((entry) => ({
      feed: whole(entry['feed']),
      price: price(natural(entry['price'])),
      confidence: bps(whole(entry['confidence'])),
      shocks: natural(entry['shocks']),
    })),
})

function whole(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw new TypeError('expected a whole number')
}

function natural(value: unknown): bigint {
  if (typeof value === 'bigint' && value >= 0n && value < 1n << 256n) return value
  throw new TypeError('expected a natural number')
}

function address(value: unknown): Address {
  if (typeof value === 'string' && isAddress(value, { strict: false })) return value
  throw new TypeError('expected an address')
}

function hex(value: unknown, length?: number): Hex {
  if (isHex(value) && value.length % 2 === 0 && (length === undefined || value.length === 2 + 2 * length)) return value
  throw new TypeError('expected hex')
}

function list(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw new TypeError('expected a list')
}
