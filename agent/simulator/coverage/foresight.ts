// What a slice would gain if it were taken now, known from what its collateral will be sold for.
import type { MarginAccount } from '../../domain/market.ts'
import { type Bps, wad } from '../../domain/units.ts'
import { max, mulDivUp } from '../../maths/fixed-point.ts'
import {
  BPS,
  collateralValueDown,
  discount,
  holdings,
  outlay,
  payUp,
  positionValue,
  share,
  shareDown,
  tradeFeeUp,
} from '../../maths/margin.ts'
import { affordable } from '../../maths/sizing.ts'
import { byVault } from '../sales.ts'
import { largestSlice } from '../slice.ts'
import type { Under, World } from '../state.ts'
import { GAS } from '../transactions.ts'

/** A slice at the discount of the block that is being made. */
export type Sized = { readonly fraction: Bps; readonly discount: Bps }

/** The largest slice, and as much of it as some cash can pay for; undefined where that is next to nothing. */
export function slicesOf(world: World, { account, margin }: Under, cash: bigint): readonly (Sized | undefined)[] {
  if (margin.mark <= 0n) return [undefined, undefined]
  const at = discountOf(world, account)
  const most = largestSlice(margin, at, world.engine)
  const paid = outlay(payUp(most, margin.mark, at), margin.netValue, most)
  const needed = max<bigint>(1n, paid + mulDivUp(margin.initial, BigInt(most), BPS))
  const fraction = affordable(most, needed, cash)
  const whole = { fraction: most, discount: at }
  return [whole, fraction * LEAST_SHARE < most ? undefined : { fraction, discount: at }]
}

/** Below this share of the largest slice a bid is not worth its transaction, for an agent as for an oracle. */
const LEAST_SHARE = 20

/** Proceeds of the sale to come, less outlay, trade fees and gas. */
export function gainOf(
  world: World,
  { account, margin }: Under,
  { fraction, discount, tip }: Sized & { readonly tip: bigint },
): bigint {
  const { engine, newestPrices, spec, time, pools } = world
  const held = holdings(account, engine.terms, newestPrices)
  if (held === undefined) return 0n
  const paid = outlay(payUp(fraction, margin.mark, discount), margin.netValue, fraction)
  const legs = held.collateral.map(({ collateral, amount, price }) => {
    const part = shareDown(amount, fraction)
    const value = wad(collateralValueDown(part, collateral.decimals, price))
    return { collateral: collateral.id, vault: collateral.vault, amount: part, value }
  })
  let [proceeds, claims] = [0n, 0n]
  for (const [vault, parts] of byVault(legs)) {
    const at = spec.vaults
      .find(({ id }) => id === vault)
      ?.way(time.now, { account: account.id, version: account.version })
    if (at === undefined) continue
    proceeds += pools.quote(parts, at - spec.opensAt).proceeds
    claims += GAS.claim
  }
  const fees = held.positions.reduce((sum, { size, instrument }) => {
    const mark = newestPrices.get(instrument.markFeed)?.price ?? 0n
    return sum + tradeFeeUp(positionValue(share(size, fraction), mark), engine.terms.tradeFee)
  }, 0n)
  const native = newestPrices.get(0)?.price ?? 0n
  const gas = mulDivUp((GAS.bid + claims) * tip, native, 10n ** 8n)
  return proceeds - paid - fees - gas
}

function discountOf({ engine }: World, { auctionStartedAt }: MarginAccount): Bps {
  return discount(engine.terms.auction, auctionStartedAt === undefined ? 0n : engine.seconds - auctionStartedAt)
}
