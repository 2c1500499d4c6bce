// What to pay for inclusion, what a replacement must pay more, and what an order is worth at most.
import { LienmeshError } from '../../domain/errors.ts'
import type { Wad } from '../../domain/units.ts'
import type { Fees } from './attempt.ts'
import type { Rpc } from './rpc.ts'

/** How a key bids for block space. */
export type FeePolicy = {
  /** Wei per gas for the block's builder. */
  readonly tip: bigint
  /** Most wei per gas ever offered, replacements included. */
  readonly ceiling: bigint
  /** `zero` on chains whose base fee is zero for good: maxFee = tip. `market` asks: maxFee = tip + 2 x base fee. */
  readonly baseFee: 'zero' | 'market'
  /** Dollars per coin of the chain; without a price, budgets in dollars do not bind. */
  readonly coin?: () => Wad | undefined
}

/** What an order may cost: gas that it will likely use, and dollars to spend on it (no limit of its own without). */
export type Worth = { readonly likely: bigint; readonly budget: Wad | undefined }

/** Fees at which a transaction is included soon: room for two doublings of the base fee in a row. */
export function marketFees(base: bigint, policy: FeePolicy, tip = policy.tip): Fees {
  const maxFee = least(tip + 2n * base, policy.ceiling)
  return { maxFee, tip: least(tip, maxFee) }
}

/** Wei that a unit of gas is counted at: our own fees at a base fee, and never nothing. */
export const priceAt = (base: bigint, policy: FeePolicy): bigint => most(1n, marketFees(base, policy).maxFee)

/**
 * The base fee of the newest block; zero where the policy says that it is zero for good. Read by agreement: a provider that
 * lies about it alone could have fees raised, and orders cancelled that cannot pay what it says.
 */
export async function baseFeeNow(rpc: Rpc, policy: FeePolicy): Promise<bigint> {
  if (policy.baseFee === 'zero') return 0n
  const block = await rpc.ask((node) => node.request({ method: 'eth_getBlockByNumber', params: ['latest', false] }))
  return BigInt(block?.baseFeePerGas ?? 0)
}

/** Most wei per gas that an order may offer: the policy's, and what its budget leaves after the fee for its data. */
export function ceilingOf({ likely, budget }: Worth, policy: FeePolicy, dataFee: bigint): bigint {
  const coin = policy.coin?.()
  if (budget === undefined || coin === undefined || coin <= 0n || likely <= 0n) return policy.ceiling
  const wei = (budget * 10n ** 18n) / coin - dataFee
  return least(policy.ceiling, wei > 0n ? wei / likely : 0n)
}

/** Fees no higher than a ceiling. */
export const capped = (fees: Fees, ceiling: bigint): Fees => {
  const maxFee = least(fees.maxFee, ceiling)
  return { maxFee, tip: least(fees.tip, maxFee) }
}

/**
 * Fees of a replacement: an eighth more on both (nodes ask for a tenth), or the market's where that is more. Undefined
 * when the ceiling leaves no room for it.
 */
export function raised(last: Fees, ceiling: bigint, market: Fees = last): Fees | undefined {
  const least8 = { maxFee: eighthMoreUp(last.maxFee), tip: eighthMoreUp(last.tip) }
  const maxFee = least(most(least8.maxFee, market.maxFee), ceiling)
  const tip = least(most(least8.tip, market.tip), maxFee)
  return maxFee < least8.maxFee || tip < least8.tip ? undefined : { maxFee, tip }
}

/**
 * The fees with which the signer signed a nonce before, when that is why it refused it: an earlier run was killed between
 * the signature and the journal.
 */
export function spentFees(error: unknown): Fees | undefined {
  if (!(error instanceof LienmeshError) || error.code !== 'E_SIGNER_NONCE') return undefined
  const { maxFee, tip } = error.context
  return typeof maxFee === 'bigint' && typeof tip === 'bigint' ? { maxFee, tip } : undefined
}

const eighthMoreUp = (fee: bigint): bigint => (fee * 9n + 7n) / 8n + (fee === 0n ? 1n : 0n)
const least = (a: bigint, b: bigint): bigint => (a < b ? a : b)
const most = (a: bigint, b: bigint): bigint => (a > b ? a : b)
