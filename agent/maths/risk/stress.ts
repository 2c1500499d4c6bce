// Days that did happen, as log returns by class of asset: rows that no fitted law would draw often enough.
import type { FixedRow } from './market.ts'

/** What kind of asset a collateral is, as far as crashes tell kinds apart. */
export type AssetClass = 'bitcoin' | 'ether' | 'alt' | 'stable'

/** Log returns of one crash over `over` seconds; `congested` when chains could not be written to meanwhile. */
export type Stress = {
  readonly name: string
  readonly over: number
  readonly returns: Readonly<Record<AssetClass, number>>
  readonly congested: boolean
}

/**
 * Worst stretches. 2020 and 2022: one-minute closes of Binance spot (BTC, ETH); alts at 1.3 times ether where no series
 * was at hand. 2021: hourly candles of the hour to 13:00 UTC, rounded. 2023: USDC's low of 0.877 on centralised venues
 * (Chainalysis, Kaiko). 2025: open to low of the quarter hour at 21:15 UTC on Binance (LINK for alts).
 */
export const STRESSES: readonly Stress[] = [
  {
    name: '12 March 2020',
    over: 900,
    returns: { bitcoin: -0.234, ether: -0.222, alt: -0.29, stable: 0 },
    congested: true,
  },
  {
    name: '19 May 2021',
    over: 3600,
    returns: { bitcoin: -0.2, ether: -0.28, alt: -0.36, stable: 0 },
    congested: true,
  },
  {
    name: 'FTX, 8 November 2022',
    over: 7200,
    returns: { bitcoin: -0.143, ether: -0.196, alt: -0.255, stable: 0 },
    congested: false,
  },
  {
    name: 'USDC, 11 March 2023',
    over: 21_600,
    returns: { bitcoin: -0.02, ether: -0.03, alt: -0.05, stable: -0.131 },
    congested: false,
  },
  {
    name: '10 October 2025',
    over: 900,
    returns: { bitcoin: -0.095, ether: -0.082, alt: -0.82, stable: 0 },
    congested: false,
  },
]

/** The class of a collateral by its symbol; what nobody knows counts as an alt. */
export function classOf(symbol: string): AssetClass {
  const bare = symbol.toUpperCase()
  if (/BTC$/.test(bare)) return 'bitcoin'
  if (/ETH$/.test(bare)) return 'ether'
  return /USD|DAI|EUR/.test(bare) ? 'stable' : 'alt'
}

/** The crashes as rows of scenarios; a congested one stalls every chain. */
export const stressRows = (classes: readonly AssetClass[], chains: number, weight: number): readonly FixedRow[] =>
  STRESSES.map(({ over, returns, congested }) => ({
    weight,
    over,
    returns: classes.map((one) => returns[one]),
    stalled: congested ? Array.from({ length: chains }, (_, chain) => chain) : [],
  }))
