// The terms of an engine as the scenario states them: what the contracts will say once they are deployed.
import type { Scenario } from '../../../config/scenario.ts'
import type { Collateral, EngineTerms, Instrument, Prices } from '../../domain/market.ts'
import { bps, type ChainId, instant } from '../../domain/units.ts'
import { feedNamed, feedsOf } from './feeds.ts'
import type { Market } from './market.ts'
import { ZERO_ADDRESS } from './nowhere.ts'
import { perpetualShocks } from './shocks.ts'

/** Terms of the engine called `name`. Collaterals carry the zero address: tokens are not deployed yet. */
export function scenarioTerms(scenario: Scenario, name: string, chain: ChainId): EngineTerms {
  const { auction, engine, prices } = scenario
  return {
    chain,
    instruments: scenario.instruments.map((_, id) => instrumentOf(scenario, id)),
    collaterals: collateralsOf(scenario, name),
    initialFactor: engine.initialFactor,
    tradeFee: engine.tradeFee,
    auction: {
      startDiscount: auction.startDiscount,
      discountPerSecond: auction.discountPerSecond,
      maxDiscount: auction.maxDiscount,
      target: auction.target,
      bondedSeconds: Math.round(auction.bonded / 1000),
      insolventSeconds: Math.round(auction.insolvent / 1000),
      dust: auction.dust,
    },
    priceQuorum: prices.quorum,
    priceMaxAge: prices.maxAge,
  }
}

/** Prices of every feed at a wall time from the opening, without the publishers' noise. */
export const pricesAt = (market: Market, at: number): Prices =>
  new Map(market.entries(at, NO_NOISE).map((entry) => [entry.feed, { ...entry, sequence: instant(at) }]))

/** A publisher that no scenario has: its noise is as good as none for choosing accounts. */
const NO_NOISE = -1

function instrumentOf(scenario: Scenario, id: number): Instrument {
  const feeds = feedsOf(scenario)
  const declared = scenario.instruments[id]
  if (declared === undefined) throw new RangeError(`the scenario has no instrument ${id}`)
  const perpetual = declared.kind === 'perpetual'
  return {
    id,
    name: declared.name,
    kind: perpetual ? 'perpetual' : 'option',
    markFeed: feedNamed(feeds, perpetual ? declared.feed : declared.name),
    underlyingFeed: feedNamed(feeds, declared.feed),
    contingency: declared.contingency,
    shocks: perpetual ? perpetualShocks(declared.shock) : 0n,
  }
}

/** What may be locked in a vault, in the order of the scenario. */
export const assetsIn = ({ assets }: Scenario, vault: Scenario['vaults'][number]): Scenario['assets'] =>
  assets.filter(({ symbol }) => vault.assets?.includes(symbol) ?? true)

/** Ids follow the vaults of the engine, and within each the assets. */
function collateralsOf(scenario: Scenario, engine: string): readonly Collateral[] {
  const feeds = feedsOf(scenario)
  const vaults = scenario.vaults.filter((vault) => vault.engine === engine)
  return vaults
    .flatMap((vault) => assetsIn(scenario, vault).map((asset) => ({ vault, asset })))
    .map(({ vault, asset }, id) => ({
      id,
      vault: vault.id,
      symbol: asset.symbol,
      asset: ZERO_ADDRESS,
      feed: feedNamed(feeds, asset.feed),
      decimals: asset.decimals,
      haircut: asset.haircut,
      gap: bps(asset.gapByVault[vault.id] ?? asset.gap),
    }))
}
