// A competitor without a model of the gap: sees an account fall, needs its reaction time, and bids what gains.
import type { Candidate } from '../domain/liquidation.ts'
import { type Bps, bps, type Wad, wad } from '../domain/units.ts'
import { max, mulDivDown, mulDivUp } from '../maths/fixed-point.ts'
import { BPS, collateralValueDown, discount, type Holdings, outlay, payUp, shareDown } from '../maths/margin.ts'
import { affordable, slippageUp, withTolerance } from '../maths/sizing.ts'
import { standingOf } from '../maths/standing.ts'
import { bringHome } from './settlement.ts'
import { type Bid, executeBid, largestSlice } from './slice.ts'
import type { RivalSpec } from './spec.ts'
import type { Rival, Under, World } from './state.ts'
import { stream } from './streams.ts'
import { GAS } from './transactions.ts'

/** A rival that has seen nothing. */
export const openRival = (spec: RivalSpec): Rival => ({
  spec,
  ready: new Map(),
  busy: new Set(),
  left: new WeakMap(),
  wins: 0,
})

/** Once a block: new falls start its reaction, old ones are looked at again. */
export function lookAround(world: World, rival: Rival, under: readonly Under[]): void {
  const { time, spec } = world
  const { median, spread } = rival.spec.reaction
  for (const one of under) {
    const key = keyOf(one)
    const ready = rival.ready.get(key)
    if (ready === undefined) {
      const from = stream(spec.seed, 'reaction', rival.spec.name, key)
      const at = time.now + median * Math.exp(spread * from.normal())
      rival.ready.set(key, at)
      time.at(at, () => tryFor(world, rival, one))
    } else if (ready <= time.now) tryFor(world, rival, one)
  }
}

/** Written once for an account that is read: whoever is under water is looked at in every block. */
function keyOf({ account }: Pick<Under, 'account'>): string {
  const known = keys.get(account)
  if (known !== undefined) return known
  const key = `${account.id}:${account.version}`
  keys.set(account, key)
  return key
}

const keys = new WeakMap<Under['account'], string>()

function tryFor(world: World, rival: Rival, seen: Under): void {
  const { engine, waiting, time } = world
  const account = engine.accounts.get(seen.account.id)
  const key = keyOf(seen)
  if (account?.version !== seen.account.version || rival.busy.has(key)) return
  const bid = bidOn(world, rival, { account, margin: seen.margin })
  if (bid === undefined) return
  rival.busy.add(key)
  const { tip } = rival.spec
  const deadline = time.now + LIFE
  const end = (then: () => void) => (): void => {
    rival.busy.delete(key)
    then()
  }
  const execute = end(() => take(world, rival, bid))
  waiting.add({ tip, gas: GAS.bid, deadline, expire: end(() => {}), execute })
}

/** How long one of its bids is good for, in milliseconds. */
const LIFE = 6_000

function take(world: World, rival: Rival, bid: Bid): void {
  const done = executeBid(world.engine, bid)
  if ('reverted' in done) return
  rival.wins++
  world.bids.push({ bidder: bid.bidder, account: bid.account })
  world.recorder.taken(rival.spec.name, done, rival.spec.tip)
  bringHome(world, { holder: rival.spec, taken: done })
}

/** What it left alone stays left as long as nothing of it changed. */
function bidOn(world: World, rival: Rival, under: Under): Bid | undefined {
  const { engine, newestPrices } = world
  const { account, margin } = under
  const at = nextDiscount(world, account)
  const cash = engine.cash.get(rival.spec.executor) ?? 0n
  const { held } = standingOf(account, engine.terms, newestPrices)
  const last = rival.left.get(account)
  if (last?.margin === margin && last.held === held && last.at === at && last.cash === cash) return undefined
  const bid = wanted(world, rival, { ...under, held, at, cash })
  if (bid === undefined) rival.left.set(account, { margin, held, at, cash })
  return bid
}

type Chance = Under & { readonly held: Holdings | undefined; readonly at: Bps; readonly cash: bigint }

/** The largest slice it can pay for, if the bonus of the next block is worth its while. */
function wanted(world: World, { spec }: Rival, { account, margin, held, at, cash }: Chance): Bid | undefined {
  const { engine, newest } = world
  const { terms } = engine
  if (margin.mark <= 0n) return undefined
  const most = largestSlice(margin, at, engine)
  const needed = outlayOf(margin, most, at) + mulDivUp(margin.initial, BigInt(most), BPS)
  const fraction = affordable(most, max(1n, mulDivUp(needed, BPS + TOLERANCE, BPS)), cash)
  if (fraction * 20 < most || held === undefined) return undefined
  const paid = outlayOf(margin, fraction, at)
  const value = held.collateral.reduce((sum, { amount, price, collateral }) => {
    const part = wad(collateralValueDown(shareDown(amount, fraction), collateral.decimals, price))
    const pool = world.spec.vaults.find(({ id }) => id === collateral.vault)?.pools.get(collateral.id)
    return sum + part - (pool === undefined ? 0n : slippageUp(part, pool))
  }, 0n)
  const fees = held.positions.reduce(
    (sum, { value }) => sum + mulDivUp(max(value, -value), feeOf(terms.tradeFee, fraction), BPS * BPS),
    0n,
  )
  const least = mulDivDown(max<bigint>(0n, paid), BigInt(Math.round(spec.greed * 10_000)), BPS)
  if (value - paid - fees < least) return undefined
  const pay = payUp(fraction, margin.mark, at)
  const maxPay = withTolerance(pay, bps(Number(TOLERANCE)))
  const floor = -paid - (maxPay - pay) - fees - mulDivDown(value, 100n, BPS)
  return {
    bidder: spec.executor,
    account: account.id,
    version: account.version,
    batches: newest,
    fraction,
    maxPay,
    floor,
  }
}

/** How much more than seen it may pay, in bps. */
const TOLERANCE = 300n
const feeOf = (tradeFee: Bps, fraction: Bps): bigint => BigInt(tradeFee) * BigInt(fraction)
const outlayOf = (margin: Under['margin'], fraction: Bps, at: Bps): Wad =>
  outlay(payUp(fraction, margin.mark, at), margin.netValue, fraction)

function nextDiscount({ engine, spec }: World, { auctionStartedAt }: Candidate['account']): Bps {
  const elapsed = auctionStartedAt === undefined ? 0n : engine.seconds - auctionStartedAt
  return discount(
    engine.terms.auction,
    elapsed + (auctionStartedAt === undefined ? 0n : BigInt(spec.engine.blockTime) / 1_000n),
  )
}
