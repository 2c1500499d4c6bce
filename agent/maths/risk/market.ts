// What common scenarios are drawn from: assets that fall together, routes that are slow together, chains that stall.
import type { Latency } from './latency.ts'
import type { PriceModel } from './model.ts'
import { Refusal, within } from './refusal.ts'

/** Activity of the business clock: lognormal. */
export type Clock = { readonly median: number; readonly s: number }

/** An asset and its load on the common factor: correlations are products of loads. */
export type Asset = {
  readonly model: PriceModel
  readonly load: number
  /** The business clock at each of the horizons; without any it runs evenly. */
  readonly clock?: readonly (Clock | undefined)[] | undefined
}

/** A chain: how likely it stalls, and how long everything on it takes then. */
export type Chain = { readonly stallOdds: number; readonly stall: Latency }

/** A route: its latency while its chain (by place) does not stall. */
export type Route = { readonly latency: Latency; readonly chain: number }

/** Everything that scenarios have in common. */
export type Market = {
  readonly assets: readonly Asset[]
  readonly routes: readonly Route[]
  readonly chains: readonly Chain[]
  /** Degrees of freedom of the copula between assets. */
  readonly nu: number
  /** Share of a latency's variance that all settlements of a route have in common. */
  readonly routeShare: number
}

/** A row that did happen or might: log returns per asset, complete after `over` seconds, and chains that stall. */
export type FixedRow = {
  readonly weight: number
  readonly over: number
  readonly returns: readonly number[]
  readonly stalled: readonly number[]
}

/** Seconds at which paths are looked at: from a fast route to a stall. */
export const HORIZONS: readonly number[] = [4, 12, 30, 60, 120, 240, 480, 900, 1350, 2000, 3600, 7200, 21_600]

/** Refuses a market that no scenario could be drawn from. */
export function checkMarket({ assets, routes, chains, nu, routeShare }: Market): void {
  if (assets.length === 0 || routes.length === 0) throw new Refusal('no-mass', 'expected an asset and a route')
  for (const { load } of assets) within('load', load, { above: -1, below: 1 })
  for (const { stallOdds } of chains) within('stallOdds', stallOdds, { least: 0, below: 1 })
  for (const { chain } of routes) {
    if (chains[chain] === undefined)
      throw new Refusal('out-of-range', `a route names chain ${chain}, which is not there`)
  }
  within('nu', nu, { above: 2, most: 1000 })
  within('routeShare', routeShare, { least: 0, most: 1 })
}
