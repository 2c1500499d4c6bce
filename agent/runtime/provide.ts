// The liquidity provider's desk: announces indicative rates and signs firm offers while reserves last.
import type { Offer, OfferAnswer, OfferRequest, ProviderStatus } from '../domain/message.ts'
import { bps, type CollateralId, type Wad, wad } from '../domain/units.ts'
import { min } from '../maths/fixed-point.ts'
import type { Claimed, ClaimPrice } from '../strategy.ts'
import type { Context, EngineSeat } from './context.ts'

/** What a provider needs of the agent. */
type Room = Pick<Context, 'clock' | 'emit' | 'signer' | 'network' | 'vaults'>

export type ProviderTerms = {
  /** What a claim is worth to us, as whoever prices claims here says. */
  readonly price: (claimed: Claimed) => ClaimPrice
  /** Where a collateral is, what moves its price and what a hedge costs; undefined when nobody lists it. */
  readonly placeOf: (collateral: CollateralId) => Omit<Claimed['legs'][number], 'value'> | undefined
  /** Claims that we paid for and that are not home. */
  readonly inFlight: () => bigint
  readonly maxClaim: Wad
  readonly minReserve: Wad
  /** Seconds an offer is good for. */
  readonly validFor: number
  /** What the gap of `value` of this collateral must be paid, given all we hold, in bps; undefined without a price. */
  readonly gapPremium: (collateral: CollateralId, value: Wad) => number | undefined
  /** Why nothing new is taken of this collateral; undefined while it is. */
  readonly shut: (collateral: CollateralId) => string | undefined
  /** Cash promised elsewhere: lines accepted and not opened yet. */
  readonly promised: () => bigint
}

export type Provider = {
  answer(request: OfferRequest): Promise<OfferAnswer>
  status(): Promise<ProviderStatus>
  /** Cash that nothing was promised from. */
  free(): Promise<bigint>
  /** The offer was used: its promise is now a payment the chain shows. */
  kept(bidder: string, account: string): void
}

const NO_PRICE = 'no fresh price to value the claim'

/** Cash promised above the value asked for, in percent: prices may rise between the offer and the bid. */
const HEADROOM = 103n
/** The size that indicative rates are quoted for, at most: a tenth of what there is. */
const SAMPLE = wad(10_000n * 10n ** 18n)

type Promised = { readonly cash: bigint; readonly until: number }

/** A provider at one engine. Reserves are its own engine cash: finite, and said when exhausted. */
export function createProvider(context: Room, seat: EngineSeat, terms: ProviderTerms): Provider {
  const promised = new Map<string, Promised>()
  let nonce = BigInt(context.clock.now()) << 20n

  const free = async (): Promise<bigint> => {
    const seconds = context.clock.now() / 1_000
    for (const [key, { until }] of promised) if (until < seconds) promised.delete(key)
    const out = [...promised.values()].reduce((sum, { cash }) => sum + cash, 0n)
    const rest = (await seat.chain.cash(seat.executor)) - out - terms.promised() - terms.minReserve
    return rest > 0n ? rest : 0n
  }

  const priceOf = async (collaterals: readonly CollateralId[], value: Wad): Promise<ClaimPrice> => {
    const [cash, left] = [await seat.chain.cash(seat.executor), await free()]
    return priced(terms, { collaterals, value, free: wad(left), whole: wad(cash + terms.inFlight()) })
  }

  const decline = (request: OfferRequest, reason: string): OfferAnswer => {
    context.emit('offer:declined', { bidder: request.bidder, account: request.account, value: request.value, reason })
    return { kind: 'declined', reason }
  }

  return {
    free,
    async answer(request) {
      const unable = context.signer.unable()
      if (unable !== undefined) return decline(request, unable)
      if (request.engine !== seat.chain.id) return decline(request, `no reserves on chain ${request.engine}`)
      const found = await priceOf(request.collaterals, request.value)
      if (found.kind === 'decline') return decline(request, found.reason)
      const { rate, reason } = found
      const cash = wad((request.value * BigInt(rate) * HEADROOM) / 1_000_000n)
      const reserves = await free()
      if (cash > reserves)
        return decline(request, `reserves exhausted: ${dollars(reserves)} free, ${dollars(cash)} asked`)
      if (cash > terms.maxClaim) return decline(request, `above the limit of ${dollars(terms.maxClaim)} a claim`)
      const until = Math.ceil(context.clock.now() / 1_000) + terms.validFor
      promised.set(promiseKey(request.bidder, request.account), { cash, until })
      const offer = await sign(context, seat, { request, rate, cash, until, nonce: nonce++ })
      context.emit('offer:made', { bidder: offer.bidder, account: offer.account, rate, maxCash: offer.maxCash, reason })
      return { kind: 'offer', offer }
    },
    async status() {
      const vaults = context.network.vaults.filter((vault) => vault.engine === seat.chain.id)
      const listed = vaults.flatMap(({ assets }) => assets.map(({ collateral }) => collateral))
      const whole = (await seat.chain.cash(seat.executor)) + terms.inFlight()
      const sample = min(SAMPLE, wad(whole / 10n))
      const found = await Promise.all(listed.map((collateral) => priceOf([collateral], sample)))
      const rates = found.flatMap((one, i) => {
        const collateral = listed[i]
        return one.kind === 'buy' && collateral !== undefined ? [{ collateral, rate: one.rate }] : []
      })
      return { account: seat.executor, engine: seat.chain.id, reserves: wad(await free()), rates }
    },
    kept(bidder, account) {
      promised.delete(promiseKey(bidder, account))
    },
  }
}

type Asked = Pick<Claimed, 'value' | 'free' | 'whole'> & { readonly collaterals: readonly CollateralId[] }

/** At the dearest gap among its collaterals: how its value is spread over them is not said. */
function priced(
  { price, gapPremium, placeOf, shut }: ProviderTerms,
  { collaterals, value, ...reserves }: Asked,
): ClaimPrice {
  const closed = collaterals.map(shut).find((why) => why !== undefined)
  if (closed !== undefined) return { kind: 'decline', reason: closed }
  const premiums = collaterals.map((collateral) => gapPremium(collateral, value))
  const places = collaterals.map(placeOf)
  if (premiums.includes(undefined) || places.includes(undefined)) return { kind: 'decline', reason: NO_PRICE }
  const share = wad(value / BigInt(Math.max(1, collaterals.length)))
  return price({
    legs: places.flatMap((place) =>
      place === undefined ? [] : [{ feed: place.feed, vault: place.vault, hedge: place.hedge, value: share }],
    ),
    value,
    premium: bps(Math.max(0, ...premiums.map((premium) => premium ?? 0))),
    ...reserves,
  })
}

type Terms = {
  readonly request: OfferRequest
  readonly rate: number
  readonly cash: Wad
  readonly until: number
  readonly nonce: bigint
}

/** Names the provider's beneficiary on the chain of the vault that the collateral lies in. */
async function sign(context: Room, seat: EngineSeat, { request, rate, cash, until, nonce }: Terms): Promise<Offer> {
  const vault = [...context.vaults.values()].find(({ deployment }) =>
    deployment.assets.some((asset) => asset.collateral === request.collaterals[0]),
  )
  if (vault === undefined) throw new Error(`no vault holds collateral ${request.collaterals[0]}`)
  const offer = {
    provider: seat.executor,
    beneficiary: vault.executor,
    bidder: request.bidder,
    account: request.account,
    rate: bps(rate),
    maxCash: cash,
    validUntil: BigInt(until),
    nonce,
  }
  const { creditLines } = seat.deployment
  const statement = { kind: 'offer', engine: seat.chain.id, creditLines, offer } as const
  return { ...offer, signature: await context.signer.signStatement(statement) }
}

const promiseKey = (bidder: string, account: string): string => `${bidder}:${account}`.toLowerCase()
const dollars = (amount: bigint): string => `$${amount / 10n ** 18n}`
