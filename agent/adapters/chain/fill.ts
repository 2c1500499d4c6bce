// What a won bid did, as the logs of its transaction say.
import { type Address, parseEventLogs } from 'viem'
import { invariantBroken } from '../../domain/errors.ts'
import type { Fill, Intent, Leg } from '../../domain/liquidation.ts'
import { bps, wad } from '../../domain/units.ts'
import { prorate } from '../../maths/fixed-point.ts'
import { creditLinesAbi } from './abi/credit-lines.ts'
import { liquidationAuctionAbi } from './abi/liquidation-auction.ts'
import { liquidatorExecutorAbi } from './abi/liquidator-executor.ts'
import { marginEngineAbi } from './abi/margin-engine.ts'
import { vaultMirrorAbi } from './abi/vault-mirror.ts'
import { type EventPlaces, placeOf } from './events.ts'
import type { Mined } from './receipt.ts'

/** The fill of `executor`'s bid in this transaction. Throws E_INVARIANT when its events are not there. */
export function fillOf(bidder: EventPlaces & { readonly executor: Address }, intent: Intent, mined: Mined): Fill {
  const found = parseEventLogs({ abi: EVENTS, logs: [...mined.logs] })
  const bid = found.find((log) => log.eventName === 'BidTaken' && same(log.args.bidder, bidder.executor))
  const executed = found.find((log) => log.eventName === 'Executed' && log.args.intent === intent.id)
  if (bid?.eventName !== 'BidTaken' || executed?.eventName !== 'Executed') throw silent(mined)
  return {
    tx: mined.hash,
    anchor: mined.anchor,
    fraction: bps(bid.args.fraction),
    pay: wad(bid.args.pay),
    outlay: wad(bid.args.outlay),
    collateralValue: wad(bid.args.collateralValue),
    legs: legsIn(bidder, intent, found, bid.args),
    cashChange: wad(executed.args.change),
    saleProceeds: wad(sum(found, (log) => (log.eventName === 'ClaimBought' ? log.args.cash : 0n))),
    tradeFees: wad(
      sum(found, (log) => (log.eventName === 'Traded' && same(log.args.account, bidder.executor) ? log.args.fee : 0n)),
    ),
    funding: wad(
      -sum(found, (log) =>
        log.eventName === 'FundingPaid' && same(log.args.account, bidder.executor) ? log.args.amount : 0n,
      ),
    ),
    gasCost: mined.gasCost,
  }
}

const EVENTS = [
  ...liquidationAuctionAbi,
  ...marginEngineAbi,
  ...vaultMirrorAbi,
  ...creditLinesAbi,
  ...liquidatorExecutorAbi,
].filter((item) => item.type === 'event')

type Found = ReturnType<typeof parseEventLogs<typeof EVENTS>>[number]
type Taken = { readonly account: Address; readonly collateralValue: bigint }

/** The auction says what all collateral was worth; the quote's prices share it out between the assets. */
function legsIn(places: EventPlaces, intent: Intent, found: readonly Found[], taken: Taken): readonly Leg[] {
  const seized = found.flatMap((log) => {
    if (log.eventName !== 'Owed' || !same(log.args.from, taken.account)) return []
    const place = placeOf(places, log.address, log.args.asset)
    return place ? [{ ...place, amount: log.args.amount }] : []
  })
  const weights = seized.map(({ collateral, amount }) => quotedValue(intent, collateral, amount))
  const values = prorate(taken.collateralValue, weights)
  return seized.map((leg, i) => ({ ...leg, value: wad(values[i] ?? 0n) }))
}

function quotedValue({ quote }: Intent, collateral: number, amount: bigint): bigint {
  const leg = quote.legs.find((one) => one.collateral === collateral)
  return leg && leg.amount > 0n ? (leg.value * amount) / leg.amount : 0n
}

const sum = (found: readonly Found[], part: (log: Found) => bigint): bigint =>
  found.reduce((total, log) => total + part(log), 0n)

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

const silent = (mined: Mined) =>
  invariantBroken('A bid was included without its events: the addresses of this network are wrong.', { tx: mined.hash })
