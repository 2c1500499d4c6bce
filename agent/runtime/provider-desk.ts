// A provider's whole business: offers at the front, purchases at the back, one claim book between.
import type { AgentConfig } from '../../config/schema.ts'
import type { Core } from '../core/state.ts'
import { configError } from '../domain/errors.ts'
import type { Claim, Sale } from '../domain/liquidation.ts'
import type { Head } from '../domain/market.ts'
import type { ProviderStatus } from '../domain/message.ts'
import type { EngineEvents } from '../ports/chain.ts'
import type { Context } from './context.ts'
import { createProvider } from './provide.ts'
import { type Closed, createPurchases } from './purchases.ts'
import { gapPremium } from './value.ts'

export type ProviderDesk = {
  status(): Promise<ProviderStatus>
  bought(events: EngineEvents, head: Head): readonly Claim[]
  sold(claims: readonly Claim[], sale: Sale): readonly Closed[]
}

/** Serves offers at the network's first engine from now on. */
export function openProviderDesk(context: Context, core: Core, config: AgentConfig): ProviderDesk {
  const [seat] = context.engines.values()
  if (seat === undefined)
    throw configError('E_NO_ENGINE', 'the network has no engine to provide on', 'Correct the network file.')
  const purchases = createPurchases(context, seat)
  const { margin, maxClaim, minReserve, validFor } = config.provider
  const at = { engine: seat.chain.id, clock: context.clock }
  const provider = createProvider(context, seat, {
    margin,
    maxClaim,
    minReserve,
    validFor: Math.ceil(validFor / 1_000),
    gapPremium: (collateral, value) => gapPremium(core, at, { collateral, value }),
  })
  context.gossip.serve((request) => provider.answer(request))
  return {
    status: () => provider.status(),
    bought(events, head) {
      for (const { bidder, account } of events.purchases) provider.kept(bidder, account)
      return purchases.bought(events, head)
    },
    sold: (claims, sale) => purchases.sold(claims, sale),
  }
}
