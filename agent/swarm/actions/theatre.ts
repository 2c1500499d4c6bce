// What actions work with: the market as deployed, its traders, the network, and where things stand.
import type { Address, Hex } from 'viem'
import type { Scenario } from '../../../config/scenario.ts'
import { invariantBroken } from '../../domain/errors.ts'
import type { VaultDeployment } from '../../domain/network.ts'
import type { AssetSite, Deployment, EngineSite, VaultSite } from '../deployment.ts'
import type { Trader } from '../traders.ts'

/** What an action may use. */
export type Acting = {
  readonly scenario: Scenario
  readonly deployment: Deployment
  readonly traders: readonly Trader[]
  /** Where the publishers listen: the way into the network. */
  readonly bootstrap: readonly string[]
  /** Wall milliseconds since the opening. */
  readonly at: () => number
  readonly report: (who: string, text: string) => void
  readonly signal: AbortSignal
}

/** A route with the chains it joins. */
export type Place = { readonly vault: VaultDeployment; readonly site: VaultSite; readonly engine: EngineSite }

/** What is lied about: a deposit of `units` of a token for an account that has none. */
export type Lie = { readonly place: Place; readonly account: Hex; readonly token: Hex; readonly units: bigint }

/** The route of that name. */
export function placeOf({ network, engines, vaultChains }: Deployment, route: string): Place {
  const vault = network.vaults.find(({ id }) => id === route)
  const site = vaultChains.find(({ chain }) => chain.id === vault?.chain)
  const engine = engines.find(({ chain }) => chain.id === vault?.engine)
  if (!vault || !site || !engine) throw invariantBroken(`no route is called ${route}`, { route })
  return { vault, site, engine }
}

/** An asset of a vault chain, and its id where the route leads. */
export function assetOf({ vault, site }: Place, symbol: string): AssetSite & { readonly collateral: number } {
  const asset = site.assets.find((one) => one.symbol === symbol)
  const listed = vault.assets.find((one) => one.symbol === symbol)
  if (!asset || !listed) throw invariantBroken(`no ${symbol} in ${vault.id}`, { vault: vault.id })
  return { ...asset, collateral: listed.collateral }
}

/** Dollars of a feed at the opening. */
export const startOf = ({ feeds }: Scenario, feed: string): number =>
  Number(feeds.find(({ name }) => name === feed)?.start ?? 0n) / 1e8

/** The account that the scenario calls so. */
export function traderNamed({ traders }: Acting, name: string): Trader & { readonly account: Address } {
  const found = traders.find((one) => one.name === name)
  if (found === undefined) throw invariantBroken(`no account is called ${name}`, { name })
  return found
}
