// What an operator asks "what if" about, in words: what to deposit, withdraw or trade, and how much.
import type { EngineTerms } from '../domain/market.ts'
import type { Act } from '../maths/what-if.ts'

/** `what` is an instrument's name, or an asset as SYMBOL:vault; either by its number too. `amount` is decimal. */
export type Wish = { readonly kind: Act['kind']; readonly what: string; readonly amount: string }

const KINDS: readonly Act['kind'][] = ['deposit', 'withdraw', 'trade']

/** A wish among unjudged fields; undefined when there is none. */
export function wishIn(held: Readonly<Record<string, unknown>>): Wish | undefined {
  const { what, amount } = held
  const kind = KINDS.find((one) => one === held['kind'])
  if (kind === undefined || typeof what !== 'string' || typeof amount !== 'string') return undefined
  return AMOUNT.test(amount) && what.length <= 60 ? { kind, what, amount } : undefined
}

const AMOUNT = /^-?\d{1,30}(\.\d{1,18})?$/

/** The act on one engine; undefined where the engine lists nothing of that name, or the amount has too many digits. */
export function actOf({ kind, what, amount }: Wish, terms: EngineTerms): Act | undefined {
  if (kind === 'trade') {
    const instrument = terms.instruments.find(({ id, name }) => String(id) === what || name === what)
    const size = inUnits(amount, 18)
    return instrument && size !== undefined && size !== 0n ? { kind, instrument: instrument.id, size } : undefined
  }
  const listed = terms.collaterals.find(({ id, symbol, vault }) => String(id) === what || `${symbol}:${vault}` === what)
  const units = listed && inUnits(amount, listed.decimals)
  return listed === undefined || units === undefined || units <= 0n
    ? undefined
    : { kind, collateral: listed.id, amount: units }
}

/** Exact, or nothing. */
function inUnits(amount: string, decimals: number): bigint | undefined {
  const [whole = '', part = ''] = amount.replace('-', '').split('.')
  if (part.replace(/0+$/, '').length > decimals) return undefined
  const size = BigInt(whole + part.padEnd(decimals, '0').slice(0, decimals))
  return amount.startsWith('-') ? -size : size
}
