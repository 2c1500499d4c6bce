// The liquidity provider's desk: announces indicative rates and signs firm offers while reserves last.
import type { Offer, OfferAnswer, OfferRequest, ProviderStatus } from '../domain/message.ts'
import { bps, type CollateralId, type Wad, wad } from '../domain/units.ts'
import type { Context, EngineSeat } from './context.ts'

/** What a provider needs of the agent. */
type Room = Pick<Context, 'clock' | 'emit' | 'signer' | 'network' | 'vaults'>

export type ProviderTerms = {
  /** Kept of every claim above the priced gap, in bps. */
  readonly margin: number
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

/** Cash promised above the value asked for, in percent: prices may rise between the offer and the bid. */
const HEADROOM = 103n
/** The size that indicative rates are quoted for. */
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
      const shut = request.collaterals.map(terms.shut).find((why) => why !== undefined)
      if (shut !== undefined) return decline(request, shut)
      const rate = rateFor(terms, request.collaterals, request.value)
      if (rate === undefined) return decline(request, 'no fresh price to value the claim')
      const cash = wad((request.value * BigInt(rate) * HEADROOM) / 1_000_000n)
      const reserves = await free()
      if (cash > reserves)
        return decline(request, `reserves exhausted: ${dollars(reserves)} free, ${dollars(cash)} asked`)
      if (cash > terms.maxClaim) return decline(request, `above the limit of ${dollars(terms.maxClaim)} a claim`)
      const until = Math.ceil(context.clock.now() / 1_000) + terms.validFor
      promised.set(promiseKey(request.bidder, request.account), { cash, until })
      const offer = await sign(context, seat, { request, rate, cash, until, nonce: nonce++ })
      context.emit('offer:made', { bidder: offer.bidder, account: offer.account, rate, maxCash: offer.maxCash })
      return { kind: 'offer', offer }
    },
    async status() {
      const vaults = context.network.vaults.filter((vault) => vault.engine === seat.chain.id)
      const rates = vaults.flatMap((vault) =>
        vault.assets.flatMap(({ collateral }) => {
          const rate = terms.shut(collateral) === undefined ? rateFor(terms, [collateral], SAMPLE) : undefined
          return rate === undefined ? [] : [{ collateral, rate: bps(rate) }]
        }),
      )
      return { account: seat.executor, engine: seat.chain.id, reserves: wad(await free()), rates }
    },
    kept(bidder, account) {
      promised.delete(promiseKey(bidder, account))
    },
  }
}

/** Bps of a claim's value that we would pay; undefined without a price. */
function rateFor(terms: ProviderTerms, collaterals: readonly CollateralId[], value: Wad): number | undefined {
  let dearest = 0
  for (const collateral of collaterals) {
    const premium = terms.gapPremium(collateral, value)
    if (premium === undefined) return undefined
    dearest = Math.max(dearest, premium)
  }
  return Math.max(0, Math.floor(10_000 - terms.margin - dearest))
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
