// A bid: prices, start, bid (or bid and sale) and close as one executor call, and how it ended.
import type { Address } from 'viem'
import { readContract } from 'viem/actions'
import { LienmeshError } from '../../domain/errors.ts'
import type { Intent, Outcome } from '../../domain/liquidation.ts'
import type { Offer } from '../../domain/message.ts'
import { wad } from '../../domain/units.ts'
import { max, mulDivDown } from '../../maths/fixed-point.ts'
import { share } from '../../maths/margin.ts'
import type { Signed } from '../../ports/chain.ts'
import { marginEngineAbi } from './abi/margin-engine.ts'
import { bidding, closeEverything, pushPrices, startAuction } from './bid-acts.ts'
import type { EventPlaces } from './events.ts'
import { type Act, act, executeCall, LEG } from './executor-call.ts'
import { fillOf } from './fill.ts'
import { type ChainLink, sender } from './link.ts'
import { minedAmong } from './receipt.ts'
import { rehearse, type Tried } from './refusal.ts'

/** Who bids, and how. */
export type Bidder = EventPlaces & {
  readonly link: ChainLink
  /** Our executor here: it pays, and it inherits the positions. */
  readonly executor: Address
  /** Our executor on the vault chains: it claims. */
  readonly beneficiary: Address
  readonly gas: bigint
}

/** Sends a bid and waits for its fate. Needs an offer on a liquidity-service route. */
export async function placeBid(
  bidder: Bidder,
  intent: Intent,
  offer: Offer | undefined,
  signal: AbortSignal,
): Promise<Outcome> {
  if (intent.quote.route.settlement === 'liquidity-service' && !offer)
    return { kind: 'declined', reason: 'OFFER_MISSING' }
  if (bidder.link.clock.now() >= intent.validUntil) return { kind: 'expired', reason: 'TOO_LATE' }
  const transactor = sender(bidder.link)
  const deadline = BigInt(Math.floor(intent.validUntil / 1_000))
  const guard = { intent: intent.id, leg: LEG.bid, deadline, floor: bidFloor(intent, offer) }
  const data = executeCall(bidActs(bidder, intent, offer), guard)
  const tried = { from: transactor.address, to: bidder.executor, data, gas: bidder.gas }
  const order = { ...tried, ...stakeOf(intent), leg: 'bid', intent: intent.id, deadline, now: true }
  const fate = await transactor.send(order, signal).catch(declined)
  if (typeof fate === 'string') return { kind: 'declined', reason: fate }
  const { kind, mined } = fate
  if (kind === 'cancelled') return { kind: 'expired', reason: 'NOT_INCLUDED' }
  if (mined.status === 'included') return { kind: 'won', fill: fillOf(bidder, intent, mined) }
  // The bid is lost whether or not a node can say why.
  const reason = await lossOf(bidder, intent, tried, mined.anchor.number).catch(declined)
  return { kind: 'lost', reason, gasCost: mined.gasCost, anchor: mined.anchor }
}

/** How a bid of an earlier run ended, by what was signed at its nonce; undefined while none of it is in a block. */
export async function bidEnded(
  bidder: Bidder,
  intent: Intent,
  signed: readonly Signed[],
): Promise<Outcome | undefined> {
  const found = await minedAmong(
    bidder.link.rpc,
    signed.map(({ hash }) => hash),
  )
  const last = signed.find(({ hash }) => found.has(hash))
  const mined = last && found.get(last.hash)
  if (last === undefined || mined === undefined) return undefined
  if (last.leg !== 'bid') return { kind: 'expired', reason: 'NOT_INCLUDED' }
  if (mined.status === 'included') return { kind: 'won', fill: fillOf(bidder, intent, mined) }
  return { kind: 'lost', reason: 'REVERTED', gasCost: mined.gasCost, anchor: mined.anchor }
}

/** A bid may spend on gas what it would earn, and no more. */
const stakeOf = ({ quote }: Intent) => ({
  value: wad(max<bigint>(quote.outlay, 0n)),
  budget: { most: wad(max<bigint>(quote.bonus - quote.providerFee, 0n)), likely: LIKELY_GAS },
})

/** Gas that a bid on up to eight positions uses with prices (contracts/gas.json). */
const LIKELY_GAS = 650_000n

/** Too dear, no node, no disk: a reason like any other, and the capital is free for the next quote. */
function declined(error: unknown): string {
  if (error instanceof LienmeshError && error.remedy === 'retry') return error.code
  throw error
}

/** The least change of our engine cash: all that may leave on top of the outlay is the room up to maxPay and the cost. */
export function bidFloor({ quote, maxPay }: Intent, offer: Offer | undefined): bigint {
  const room = max(maxPay - quote.pay, mulDivDown(quote.collateralValue, DRIFT, 10_000n))
  const sale = offer ? mulDivDown(quote.collateralValue, BigInt(offer.rate), 10_000n) : 0n
  return sale - quote.outlay - room - quote.cost
}

/** How far, in bps of the collateral, prices may move between the quote and the block before the bid is void. */
const DRIFT = 100n

function bidActs(
  { deployment, executor, beneficiary }: Bidder,
  intent: Intent,
  offer: Offer | undefined,
): readonly Act[] {
  const { candidate, fraction } = intent.quote
  const { id, version } = candidate.account
  const terms = {
    account: id,
    fraction,
    maxPay: max<bigint>(intent.maxPay, 0n),
    expectedVersion: version,
    beneficiary: offer?.beneficiary ?? beneficiary,
  }
  return [
    pushPrices(deployment, candidate.batches),
    startAuction(deployment, id),
    bidding(deployment, terms, offer),
    ...closing({ deployment, executor }, intent),
  ]
}

/** What is inherited is closed against the pool; while positions of ours are to stay, one by one. */
function closing(
  { deployment, executor }: Pick<Bidder, 'deployment' | 'executor'>,
  { quote, keeps }: Intent,
): readonly Act[] {
  if (keeps !== true) return [closeEverything(deployment, executor)]
  return quote.candidate.account.positions.flatMap(({ instrument, size }) => {
    const inherited = share(size, quote.fraction)
    if (inherited === 0n) return []
    const args = [executor, instrument, -inherited, inherited > 0n ? 0n : MOST] as const
    return [act(deployment.engine, { abi: marginEngineAbi, functionName: 'trade', args })]
  })
}

/** The highest price there is: the guard of the call says what may be lost. */
const MOST = 2n ** 64n - 1n

/** The replay sees the end of the block: a version that moved in it is somebody else's win, whatever reverted first. */
async function lossOf({ link, deployment }: Bidder, intent: Intent, tried: Tried, block: bigint): Promise<string> {
  const { id, version } = intent.quote.candidate.account
  const engine = { address: deployment.engine, abi: marginEngineAbi, functionName: 'versionOf', args: [id] } as const
  const [refusal, found] = await Promise.all([
    rehearse(link.rpc, tried, block),
    link.rpc.ask((node) => readContract(node, { ...engine, blockNumber: block })),
  ])
  return found === version ? (refusal?.reason ?? 'REVERTED') : 'LOST_RACE'
}
