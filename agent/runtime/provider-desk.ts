// A provider's whole business: offers and credit lines at the front, purchases at the back, one claim book between.
import type { AgentConfig } from '../../config/schema.ts'
import { marketAt } from '../core/book.ts'
import { inFlight } from '../core/ledger.ts'
import { unwanted } from '../core/policy.ts'
import { shut } from '../core/routes.ts'
import type { Core } from '../core/state.ts'
import { configError } from '../domain/errors.ts'
import type { Attribution, Claim, Sale } from '../domain/liquidation.ts'
import type { EngineTerms, Head } from '../domain/market.ts'
import type { ProviderStatus } from '../domain/message.ts'
import type { CollateralId, Wad } from '../domain/units.ts'
import type { EngineEvents } from '../ports/chain.ts'
import type { Claimed, ClaimPrice } from '../strategy.ts'
import type { Context } from './context.ts'
import { createLender } from './lend.ts'
import { createProvider, type ProviderTerms } from './provide.ts'
import { type Closed, createPurchases, feeEarned } from './purchases.ts'
import { gapPremium } from './value.ts'

export type ProviderDesk = {
  status(): Promise<ProviderStatus>
  bought(events: EngineEvents, head: Head): readonly Claim[]
  /** What a claim that was bought cost. */
  paid(claim: Claim): Wad | undefined
  sold(claims: readonly Claim[], sale: Sale): readonly Closed[]
}

/** Serves offers and lines at the network's first engine from now on. `earned` is told of fees without a claim. */
export function openProviderDesk(
  context: Context,
  core: Core,
  config: AgentConfig,
  earned: (attribution: Attribution) => void,
): ProviderDesk {
  const [seat] = context.engines.values()
  if (seat === undefined)
    throw configError('E_NO_ENGINE', 'the network has no engine to provide on', 'Correct the network file.')
  const purchases = createPurchases(context, seat)
  const { margin, maxClaim, minReserve, validFor, lineDepth } = config.provider
  const at = { engine: seat.chain.id, clock: context.clock }
  const premium = (collateral: CollateralId, value: Wad): number | undefined =>
    gapPremium(core, at, { collateral, value })
  const shutFor = (collateral: CollateralId): string | undefined => {
    const vault = core.book.terms.get(seat.chain.id)?.collaterals.find(({ id }) => id === collateral)?.vault
    if (vault === undefined) return undefined
    // Who buys a claim brings it home by proof.
    const way = { engine: seat.chain.id, settlement: 'state-proof' } as const
    return unwanted(core.setup.policy, way, [{ vault, collateral }]) ?? shut(core, vault)
  }
  const { price } = core.setup.seats.find((one) => one.price !== undefined) ?? {}
  if (price === undefined)
    throw configError(
      'E_NO_PRICER',
      'no strategy of this provider prices claims',
      'Add { use: claim-buyer } to strategies, or one of your own that has a price.',
    )
  const provider = createProvider(context, seat, {
    ...{ maxClaim, minReserve, validFor: Math.ceil(validFor / 1_000), gapPremium: premium },
    price: safely(price),
    placeOf: (collateral) => placeOf(core.book.terms.get(seat.chain.id), collateral),
    inFlight: () => inFlight(core.ledger),
    shut: shutFor,
    promised: () => lender.promised,
  })
  const lender = createLender(context, seat, {
    ...{ margin, maxLine: maxClaim, depth: BigInt(lineDepth), free: () => provider.free(), gapPremium: premium },
    shut: shutFor,
    batches: () => marketAt(core.book, seat.chain.id, context.clock.now())?.batches ?? [],
    earned: ({ fee }, line) => {
      earned(feeEarned(fee))
      context.emit('line:closed', { line, how: 'repaid', pnl: fee })
    },
  })
  context.gossip.serve((request) => provider.answer(request))
  return {
    status: () => provider.status(),
    bought(events, head) {
      for (const { bidder, account } of events.purchases) provider.kept(bidder, account)
      const seized = lender.heard(events, head)
      return purchases.bought({ ...events, purchases: [...events.purchases, ...seized] }, head)
    },
    paid: (claim) => purchases.paid(claim),
    sold(claims, sale) {
      const closed = purchases.sold(claims, sale)
      for (const { account, attribution } of closed)
        if (account !== undefined && lender.knows(account))
          context.emit('line:closed', { line: account, how: 'enforced', pnl: attribution.total })
      return closed
    },
  }
}

function placeOf(terms: EngineTerms | undefined, collateral: CollateralId): ReturnType<ProviderTerms['placeOf']> {
  const listed = terms?.collaterals.find(({ id }) => id === collateral)
  if (terms === undefined || listed === undefined) return undefined
  const { feed, vault } = listed
  const followed = terms.instruments.some(({ kind, underlyingFeed }) => kind === 'perpetual' && underlyingFeed === feed)
  return { feed, vault, hedge: followed ? terms.tradeFee : undefined }
}

/** A price that throws, or is none, is no price. */
const safely =
  (price: (claimed: Claimed) => ClaimPrice) =>
  (claimed: Claimed): ClaimPrice => {
    try {
      const found = price(claimed)
      if (found.kind !== 'buy') return found
      const honest = Number.isInteger(found.rate) && found.rate > 0 && found.rate <= 10_000
      return honest ? found : { kind: 'decline', reason: `it asks for ${found.rate} bps of its value` }
    } catch (error) {
      return { kind: 'decline', reason: `its price failed: ${error instanceof Error ? error.message : String(error)}` }
    }
  }
