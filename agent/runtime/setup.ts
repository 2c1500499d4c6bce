// What the core is told before its first input, read from the config and the network description.
import type { Address } from 'viem'
import type { AgentConfig } from '../../config/schema.ts'
import type { Seat, Setup, TailShares, VaultSetup } from '../core/setup.ts'
import { seat } from '../core/setup.ts'
import type { Network, VaultDeployment } from '../domain/network.ts'
import { type Bps, bps, wad } from '../domain/units.ts'
import { fromDoubleUp } from '../maths/fixed-point.ts'
import { PRICE_TERMS } from '../maths/learning/price-terms.ts'
import type { Market } from '../maths/sizing.ts'
import { loadStrategy } from './plugins.ts'

/** Expected cost of one bid and of one claim, in dollars: a first guess that decides nothing by itself. */
const GAS_OF_BID = 0.5
const GAS_OF_CLAIM = 0.5
/** The fee of a constant-product pool of the first kind (Uniswap v2): 0.3 %. */
const POOL_FEE = bps(30)
/** A bid may pay this much more than quoted, for prices that move before it lands. */
const PAY_TOLERANCE = bps(300)

/** Our addresses, and whether our executors are bonded on every engine chain. */
export type Standing = { readonly self: readonly Address[]; readonly bonded: boolean }

/** The setup of a bidder; a provider has the same, without strategies. */
export async function setupOf(config: AgentConfig, network: Network, who: Standing): Promise<Setup> {
  const { risk, capital, protections } = config
  // Only live money pays for gas.
  const runway = config.mode === 'live' ? capital.gasRunway : 0
  return {
    self: who.self,
    mode: config.mode,
    bonded: who.bonded,
    seed: config.seed,
    pace: config.pace,
    timeScale: network.timeScale,
    publishers: network.publishers,
    attestors: network.attestors,
    seats: config.role === 'provider' ? [] : await seatsOf(config),
    vaults: network.vaults.map((vault) => vaultOf(vault, risk.slippage)),
    capital: { reserve: capital.reserve, maxBid: capital.maxBid, maxBids: capital.maxBids },
    risk: {
      maxInFlight: risk.maxInFlight,
      minNet: risk.minNet,
      maxShortfall: risk.maxShortfall,
      shares: sharesOf(risk.shares),
      caps: risk.caps,
      bidPrice: fraction(risk.capitalCharge),
      prices: { ...PRICE_TERMS, volatility: fraction(risk.volatility) },
      scenarios: { ...risk.scenarios, historical: fraction(risk.scenarios.historical) },
      payTolerance: PAY_TOLERANCE,
    },
    protections: {
      drawdown: fraction(protections.drawdown),
      gapLosses: protections.gapLosses,
      failedGas: protections.failedGas,
      divergence: fraction(protections.divergence),
      market: { bound: fraction(protections.market), act: protections.marketAct },
    },
    gas: { bid: wad(fromDoubleUp(GAS_OF_BID)), claim: wad(fromDoubleUp(GAS_OF_CLAIM)), nativeFeed: 0, runway },
  }
}

/** Every strategy of the config, loaded in its order. */
async function seatsOf(config: AgentConfig): Promise<readonly Seat[]> {
  const seats: Seat[] = []
  for (const { use, params, share, shortfall } of config.strategies) {
    const loaded = await loadStrategy(use, params)
    const name = nameFor(loaded.strategy.name, seats)
    seats.push(seat(loaded.strategy, loaded.params, { name, budget: { capital: share, shortfall } }))
  }
  return seats
}

/** A strategy seated twice, say with other parameters, has an account of its own each time. */
function nameFor(name: string, seats: readonly Seat[]): string {
  const same = seats.filter((one) => one.name === name || one.name.startsWith(`${name}#`))
  return same.length === 0 ? name : `${name}#${same.length + 1}`
}

const fraction = (ratio: Bps): number => ratio / 10_000

const sharesOf = ({ settlement, asset, route, chain, extreme, stress }: Record<keyof TailShares, Bps>): TailShares => ({
  settlement: fraction(settlement),
  asset: fraction(asset),
  route: fraction(route),
  chain: fraction(chain),
  extreme: fraction(extreme),
  stress: fraction(stress),
})

function vaultOf(vault: VaultDeployment, slippage: Bps): VaultSetup {
  const market: Market = { fee: bps(POOL_FEE + slippage), depth: undefined }
  const markets = new Map(vault.assets.map(({ collateral }) => [collateral, market]))
  const { id, engine, chain, latency, failures } = vault
  return { id, engine, chain, latency, failures, markets }
}
