// The ways home that are open to a slice, and what it holds on each vault.
import type { Leg, Route } from '../domain/liquidation.ts'
import type { RouteSide } from '../domain/network.ts'
import { type Bps, type VaultId, wad } from '../domain/units.ts'
import { collateralValueDown, shareDown } from '../maths/margin.ts'
import type { Market, Provider } from './book.ts'
import type { Sheet } from './sheet.ts'
import type { Core } from './state.ts'

/** State proof and every provider heard lately; without collateral there is nothing to bring home. */
export function routes({ core, market, held, candidate }: Sheet, most: Bps): readonly Route[] {
  const { engine } = market
  if (legsOf({ held }, most).length === 0)
    return [{ id: `${engine}:none`, engine, settlement: 'none', provider: undefined }]
  const own: Route = { id: `${engine}:state-proof`, engine, settlement: 'state-proof', provider: undefined }
  const providers = providersAt(core, market).filter(
    ({ status }) => status.account.toLowerCase() !== candidate.account.id.toLowerCase(),
  )
  const services = providers.map(
    ({ agent }): Route => ({
      id: `${engine}:service:${agent.toLowerCase()}`,
      engine,
      settlement: 'liquidity-service',
      provider: agent,
    }),
  )
  return [own, ...services]
}

/** One side of a route. */
export const breakerKey = (vault: VaultId, side: RouteSide): string => `${vault}:${side}`

/** Why nothing new goes over a route: somebody proved that its books are wrong, or nobody has looked yet. */
export function shut({ breakers, setup }: Pick<Core, 'breakers' | 'setup'>, vault: VaultId): string | undefined {
  const words = { mirror: `the mirror of ${vault}`, vault }
  for (const side of ['mirror', 'vault'] as const) {
    const tripped = breakers.get(breakerKey(vault, side))
    if (tripped === true) return `the breaker of ${words[side]} is tripped`
    if (tripped === undefined && setup.guarded)
      return `whether the breaker of ${words[side]} is tripped is not known yet`
  }
  return undefined
}

/** Providers on an engine that were heard lately. */
export function providersAt({ book }: Core, { engine, at }: Market): readonly Provider[] {
  if (book.providers.size === 0) return NOBODY
  return [...book.providers.values()].filter((one) => one.status.engine === engine && at - one.at <= PROVIDER_AGE)
}

const NOBODY: readonly Provider[] = []

/** Indicative rates older than this (wall milliseconds) are not quoted from. */
const PROVIDER_AGE = 20_000

/** The collateral of a slice, one leg per vault and asset. */
export function legsOf({ held }: Pick<Sheet, 'held'>, fraction: Bps): readonly Leg[] {
  return held.collateral.flatMap(({ collateral, amount, price }) => {
    const part = shareDown(amount, fraction)
    if (part === 0n) return []
    return [
      {
        collateral: collateral.id,
        vault: collateral.vault,
        amount: part,
        value: wad(collateralValueDown(part, collateral.decimals, price)),
      },
    ]
  })
}
