// Accounts that a scenario names: one position each, as large as it says.
import type { Scenario } from '../../../config/scenario.ts'
import { chainId, type Wad, wad } from '../../domain/units.ts'
import { fromDoubleDown, toDouble } from '../../maths/fixed-point.ts'
import type { AccountPlan } from './account-plan.ts'
import type { Market } from './market.ts'
import { pricesAt, scenarioTerms } from './terms.ts'

/** The named accounts, numbered after `first`. */
export function planHolders(scenario: Scenario, market: Market, first: number): readonly AccountPlan[] {
  const start = pricesAt(market, 0)
  return scenario.holders.map(({ name, mode, route, asset, instrument, size, leverage }, i): AccountPlan => {
    const engine = scenario.vaults.find(({ id }) => id === route)?.engine ?? ''
    const terms = scenarioTerms(scenario, engine, chainId(1))
    const collateral = terms.collaterals.find((one) => one.vault === route && one.symbol === asset)
    const traded = terms.instruments.find((one) => one.name === instrument)
    if (collateral === undefined || traded === undefined) throw new RangeError(`nothing for ${name} to hold`)
    const price = (feed: number): number => Number(start.get(feed)?.price ?? 1n) / 1e8
    const dollars = toDouble(size)
    const amount = fromDoubleDown(dollars / price(collateral.feed)) / 10n ** BigInt(18 - collateral.decimals)
    const bought = fromDoubleDown((dollars * leverage) / price(traded.underlyingFeed))
    return {
      ...{ name, engine, mode, salt: BigInt(first + i) },
      cash: mode === 'cross' ? size : NOTHING,
      credit: mode === 'cross' ? [] : [{ collateral: collateral.id, amount }],
      positions: [{ instrument: traded.id, size: wad((bought / LOT) * LOT) }],
    }
  })
}

const NOTHING: Wad = wad(0n)
/** Sizes are multiples of this: a ten-thousandth of a unit. */
const LOT = 10n ** 14n
