// What an agent says of itself when it stops: races, P&L with its parts, predicted against realised gap.
import type { Attribution, Fill, Quote } from '../domain/liquidation.ts'
import type { Wad } from '../domain/units.ts'

const PARTS = [
  'bonus',
  'positions',
  'funding',
  'gas',
  'lostRaceGas',
  'providerFee',
  'protocolFee',
  'slippage',
  'gap',
  'total',
] as const

export type Tally = {
  won(quote: Quote, fill: Fill): void
  lost(gasCost: bigint): void
  declined(): void
  closed(attribution: Attribution): void
  readonly wins: number
  /** Amounts in dollars (wad), gas in wei. `overhead` is gas that no settlement carries, in dollars. */
  summary(overhead: Wad): Readonly<Record<string, unknown>>
}

export function createTally(): Tally {
  const counts = { wins: 0, lost: 0, declined: 0, closed: 0, stateProof: 0, liquidityService: 0, cash: 0 }
  const sums = new Map<string, bigint>(PARTS.map((part) => [part, 0n]))
  let gapPredicted = 0n
  let shortfallPredicted = 0n
  let gasSpent = 0n
  let lostRaceGas = 0n
  return {
    won(quote, fill) {
      counts.wins++
      gasSpent += fill.gasCost
      if (quote.route.settlement === 'state-proof') counts.stateProof++
      else if (quote.route.settlement === 'liquidity-service') counts.liquidityService++
      else counts.cash++
      if (quote.route.settlement !== 'state-proof') return
      gapPredicted += quote.gap.expected
      shortfallPredicted += quote.gap.shortfall
    },
    lost(gasCost) {
      counts.lost++
      lostRaceGas += gasCost
    },
    declined() {
      counts.declined++
    },
    closed(attribution) {
      counts.closed++
      for (const part of PARTS) sums.set(part, (sums.get(part) ?? 0n) + attribution[part])
    },
    get wins() {
      return counts.wins
    },
    summary(overhead) {
      const attribution = {
        ...Object.fromEntries(sums),
        gas: (sums.get('gas') ?? 0n) - overhead,
        total: (sums.get('total') ?? 0n) - overhead,
      }
      return {
        ...counts,
        pnl: attribution.total,
        attribution,
        gapPredicted,
        shortfallPredicted,
        gapRealised: -(sums.get('gap') ?? 0n),
        gasSpent,
        lostRaceGas,
      }
    },
  }
}
