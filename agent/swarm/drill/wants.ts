// What a drill bids: the largest slice of an account at the prices of the moment, as any agent would quote it.
import { keccak256, stringToHex } from 'viem'
import type { Intent, Quote, Route } from '../../domain/liquidation.ts'
import type { EngineTerms, Margin, MarginAccount, PriceBatch } from '../../domain/market.ts'
import { after, bps, type Instant, instant, millis, type Wad, wad } from '../../domain/units.ts'
import { max, mulDivUp } from '../../maths/fixed-point.ts'
import {
  BPS,
  collateralValueDown,
  discount,
  type Holdings,
  insolventRewardDown,
  maxFractionUp,
  outlay,
  payUp,
  share,
  shareDown,
  tradeFeeUp,
} from '../../maths/margin.ts'
import { withTolerance } from '../../maths/sizing.ts'

/** An account below maintenance, valued. `seconds`: the engine's time. */
export type Fallen = {
  readonly account: MarginAccount
  readonly margin: Margin
  readonly held: Holdings
  readonly terms: EngineTerms
  readonly batches: readonly PriceBatch[]
  readonly seconds: bigint
}

/** A bid on all that may be taken of it. The names of what is tried tell one intent from another. */
export function wantOf(
  fallen: Fallen,
  route: Route,
  { name, at }: { readonly name: string; readonly at: Instant },
): Intent {
  const { account, margin, held, terms } = fallen
  const elapsed = account.auctionStartedAt === undefined ? 0n : max(0n, fallen.seconds - account.auctionStartedAt)
  const off = discount(terms.auction, elapsed)
  const fraction = maxFractionUp(margin, off, terms.auction)
  const insolvent = margin.mark <= 0n
  const reward = insolventRewardDown(margin, elapsed, BigInt(terms.auction.insolventSeconds))
  const pay = insolvent ? wad(-reward) : payUp(fraction, margin.mark, off)
  const legs = legsOf(held, fraction)
  const collateralValue = wad(legs.reduce((sum, { value }) => sum + value, 0n))
  const paid = outlay(pay, margin.netValue, fraction)
  const fees = held.positions.reduce((sum, { value }) => sum + tradeFeeUp(share(value, fraction), terms.tradeFee), 0n)
  const quote: Quote = {
    ...{ candidate: { id: name, account, margin, batches: fallen.batches, source: 'own', since: at }, route },
    ...{ fraction, discount: off, pay, outlay: paid, legs, collateralValue, bonus: wad(collateralValue - paid) },
    ...{ cost: wad(fees + SLACK), raceCost: wad(0n), providerFee: wad(0n), net: wad(0n) },
    gap: { expected: wad(0n), shortfall: wad(0n), premium: wad(0n) },
  }
  const validUntil = instant(after(at, LIFE))
  const maxPay = withTolerance(pay, bps(TOLERANCE))
  return { id: keccak256(stringToHex(name)), strategy: 'drill', quote, maxPay, validUntil, reason: 'a drill' }
}

const legsOf = ({ collateral }: Holdings, fraction: Quote['fraction']): Quote['legs'] =>
  collateral.flatMap(({ collateral: { id, vault, decimals }, amount, price }) => {
    const part = shareDown(amount, fraction)
    return part === 0n
      ? []
      : [{ collateral: id, vault, amount: part, value: wad(collateralValueDown(part, decimals, price)) }]
  })

/** Engine cash that the bidder must have for it: its outlay, and initial margin for what it inherits. */
export function cashFor({ quote, maxPay }: Intent): Wad {
  const { margin } = quote.candidate
  const most = outlay(maxPay, margin.netValue, quote.fraction)
  return wad(max(0n, most + mulDivUp(margin.initial, BigInt(quote.fraction), BPS) + quote.cost))
}

/** Rounding of the fees of closing, in dollars (wad). */
const SLACK = 10n ** 16n
/** How much more than quoted a bid may pay, in bps. */
const TOLERANCE = 300
const LIFE = millis(30_000)

/** Cash at which an account is just below maintenance: a hundredth of it, or a cent where it holds no positions. */
export function sinkingCash({ cash }: MarginAccount, { equity, maintenance }: Margin): bigint {
  const below = max(maintenance / 100n, SLACK)
  return cash - (equity - maintenance + below)
}
