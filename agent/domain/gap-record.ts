// What a quote said of its gap, and what the gap then was. Statistics only: per unit of debt, in doubles.
import type { ChainId, CollateralId, FeedId, Instant, VaultId } from './units.ts'

/** What the market of a feed is going through; laws of return differ by it. */
export type MarketState = 'calm' | 'triggered' | 'cascade'

/** VaR and ES of the loss per unit of debt at one level. */
export type ForecastLevel = { readonly alpha: number; readonly VaR: number; readonly ES: number }

/** What was said when the quote was made. Loss l = K - h exp(X_L). */
export type GapForecast = {
  /** Names the leg: candidate, route and collateral. */
  readonly id: string
  /** Wall time of the quote, and the same instant in modelled milliseconds. */
  readonly at: Instant
  readonly modelledAt: number
  readonly engine: ChainId
  readonly vault: VaultId
  readonly collateral: CollateralId
  readonly feed: FeedId
  readonly state: MarketState
  /** Version and effective sample of the parameters behind it. */
  readonly version: number
  readonly effectiveSample: number
  /** Dollars. */
  readonly debt: number
  readonly K: number
  readonly h: number
  readonly lossOdds: number
  readonly expectedLoss: number
  /** What the agent asked for carrying the gap, per unit of debt. */
  readonly premium: number
  /** Standard deviation of the log return over the gap. */
  readonly deviation: number
  readonly levels: readonly ForecastLevel[]
  /** The same levels as simpler models saw them, by name. */
  readonly baselines: Readonly<Record<string, readonly ForecastLevel[]>>
}

/** How it ended. A gap that nobody carried is followed along a latency drawn from the route's law. */
export type GapRealised = {
  readonly taken: boolean
  readonly realisedAt: Instant
  /** Modelled seconds from bid to sale, and whether they were drawn rather than lived through. */
  readonly seconds: number
  readonly drawn: boolean
  /** Log return of the collateral over the gap, and the loss per unit of debt that it made. */
  readonly x: number
  readonly loss: number
  /** P(X <= x) and P(L <= seconds) as the forecast had them: uniform if it was right. */
  readonly u: number
  readonly uLatency: number
}

/** One line of the evidence that the model is judged by. */
export type GapRecord = { readonly forecast: GapForecast; readonly realised: GapRealised }
