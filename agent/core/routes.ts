// The ways home that are open to a slice, and what it holds on each vault.
import type { Leg, Route } from '../domain/liquidation.ts'
import { type Bps, wad } from '../domain/units.ts'
import { collateralValueDown, shareDown } from '../maths/margin.ts'
import type { Sheet } from './sheet.ts'

/** State proof and every provider heard lately; without collateral there is nothing to bring home. */
export function routes({ core, market, held, candidate }: Sheet, most: Bps): readonly Route[] {
  const { engine } = market
  if (legsOf({ held }, most).length === 0)
    return [{ id: `${engine}:none`, engine, settlement: 'none', provider: undefined }]
  const own: Route = { id: `${engine}:state-proof`, engine, settlement: 'state-proof', provider: undefined }
  const providers = [...core.book.providers.values()].filter(
    ({ status, at }) =>
      status.engine === engine &&
      market.at - at <= PROVIDER_AGE &&
      status.account.toLowerCase() !== candidate.account.id.toLowerCase(),
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
