// What the core is told before its first input, read from the config and the network description.
import type { Address } from 'viem'
import type { AgentConfig } from '../../config/schema.ts'
import type { Seat, Setup, TailShares, VaultSetup } from '../core/setup.ts'
import type { Network, VaultDeployment } from '../domain/network.ts'
import { type Bps, bps, wad } from '../domain/units.ts'
import { fromDoubleUp } from '../maths/fixed-point.ts'
import { PRICE_TERMS } from '../maths/learning/price-terms.ts'
import type { Market } from '../maths/sizing.ts'
import { policyOf } from './policy.ts'

/** Expected cost of one bid and of one claim, in dollars: a first guess that decides nothing by itself. */
const GAS_OF_BID = 0.5
const GAS_OF_CLAIM = 0.5
/** The fee of a constant-product pool of the first kind (Uniswap v2): 0.3 %. */
const POOL_FEE = bps(30)
/** A bid may pay this much more than quoted, for prices that move before it lands. */
const PAY_TOLERANCE = bps(300)

/** Our addresses, and whether our executors are bonded on every engine chain. */
export type Standing = { readonly self: readonly Address[]; readonly bonded: boolean }

/** The part of a config that decisions rest on. */
export type DecisionConfig = Pick<
  AgentConfig,
  'role' | 'mode' | 'seed' | 'pace' | 'strategies' | 'risk' | 'capital' | 'protections'
> &
  Partial<Pick<AgentConfig, 'fleet' | 'policy'>>

/** The setup of an agent whose strategies are seated. */
export function setupOf(config: DecisionConfig, network: Network, who: Standing, seats: readonly Seat[]): Setup {
  const { risk, capital, protections } = config
  // Only live money pays for gas.
  const runway = config.mode === 'live' ? capital.gasRunway : 0
  return {
    self: who.self,
    mode: config.mode,
    bonded: who.bonded,
    fleet: fleetOf(config, who),
    guarded: true,
    seed: config.seed,
    pace: config.pace,
    timeScale: network.timeScale,
    publishers: network.publishers,
    attestors: network.attestors,
    seats,
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
    policy: policyOf(config.policy, network),
    gas: { bid: wad(fromDoubleUp(GAS_OF_BID)), claim: wad(fromDoubleUp(GAS_OF_CLAIM)), nativeFeed: 0, runway },
  }
}

/** Our first address is the operator's, the others are executors. */
function fleetOf({ fleet = [] }: Pick<DecisionConfig, 'fleet'>, { self }: Standing): Setup['fleet'] {
  const [me, executor] = self
  if (fleet.length === 0 || me === undefined || executor === undefined) return undefined
  return { members: [...fleet.filter((one) => one.toLowerCase() !== me.toLowerCase()), me], me, executor }
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
