// What a quote on the command line is about: an asset in a state of the market, and a route with its latency.

import { latencyPriors } from '../../config/latency-priors.ts'
import { suggest } from '../../config/nearest.ts'
import { WILDER } from '../console/risk/curve.ts'
import { marketOf } from '../console/risk/market.ts'
import { usageError } from '../domain/errors.ts'
import type { MarketState } from '../domain/gap-record.ts'
import { latencyPrior, priorBody } from '../maths/learning/latency-prior.ts'
import type { Latency } from '../maths/risk/latency.ts'
import type { PriceModel } from '../maths/risk/model.ts'

type Kou = Extract<PriceModel, { type: 'kou' }>

/** Annual volatility, from quarter hours of Binance spot, 30 December 2024 to 30 April 2026; a peg's from its model. */
const VOLATILITY: Readonly<Record<string, number>> = {
  BTC: 0.46,
  ETH: 0.71,
  BNB: 0.55,
  SOL: 0.83,
  XRP: 0.84,
  LINK: 0.97,
  AVAX: 0.89,
  DOT: 0.99,
}

/** The price model of an asset in a state. */
export const assetModel = (asset: string, state: MarketState): Kou =>
  marketOf(state, volatilityOf(asset) * WILDER[state])

/** Annual volatility of an asset over the whole sample; a W before BTC or ETH is for wrapped. */
export function volatilityOf(asset: string): number {
  const name = asset.toUpperCase().replace(/^W(?=BTC|ETH)/, '')
  const volatility = VOLATILITY[name]
  if (volatility !== undefined) return volatility
  const hint = suggest(name, Object.keys(VOLATILITY))
  const fix = 'Name one of these, or give risk quote --sigma, --lambda and the jumps.'
  throw usageError('E_USAGE', `--asset: found ${asset}${hint && ` – ${hint}`}`, fix)
}

/** A published lane, `bridge:from:to`, as a lognormal body. */
export function laneBody(route: string): Extract<Latency, { type: 'lognormal' }> {
  const { lanes } = latencyPriors()
  const names = lanes.map(({ bridge, from, to }) => `${bridge}:${from}:${to}`)
  const lane = lanes[names.indexOf(route.toLowerCase())]
  if (lane !== undefined) return priorBody(latencyPrior(lane.q1, lane.median, lane.q3))
  const hint = suggest(route.toLowerCase(), names)
  throw usageError(
    'E_USAGE',
    `--route: found ${route}${hint.startsWith('did') ? ` – ${hint}` : ', expected bridge:from:to'}`,
    'lienmesh risk routes lists the lanes; or give --median and --spread.',
  )
}
