// What a deployment holds against the gap of its routes: published risk parameters, and a tranche per route.
import type { Abi, Address, Hex } from 'viem'
import { ENGINE_ARTEFACTS } from '../suite/contracts.ts'
import { selectorOf } from '../suite/selector.ts'
import type { Burst } from './burst.ts'
import type { EngineSite, VaultPlace } from './deployment.ts'

type RiskSite = Pick<EngineSite, 'riskParameters' | 'insuranceFund'>

/** Queues the published risk parameters of an engine and the fund that asks its premiums. */
export function deployRisk(authority: Address, engine: Address, burst: Burst): RiskSite {
  const { RiskParameters, InsuranceFund } = ENGINE_ARTEFACTS
  const riskParameters = burst.deploy(RiskParameters, [authority, engine, RISK_DELAY, RISK_BOUNDS])
  const insuranceFund = burst.deploy(InsuranceFund, [authority, engine, riskParameters, LEVY])
  return { riskParameters, insuranceFund }
}

/** Queues the tranche that bears the first loss of a mirror. */
export function deployTranche(site: EngineSite, vault: string, mirror: Address, burst: Burst): Address {
  const { InsuranceTranche } = ENGINE_ARTEFACTS
  const title = [`Lienmesh first loss of ${vault}`, `LFL-${vault}`]
  return burst.deploy(InsuranceTranche, [site.engine, mirror, ...title, COOLDOWN, EXIT_WINDOW])
}

/** Queues who may publish, the governor, and what it moves: gap haircuts reach the engine through the parameters alone. */
export function governRisk(site: EngineSite, burst: Burst): void {
  const { AccessManager, MarginEngine, RiskParameters } = ENGINE_ARTEFACTS
  const authority = (name: string, ...args: readonly unknown[]): void =>
    burst.call({ to: site.authority, abi: AccessManager.abi, name, args })
  const selectors = (abi: Abi, name: string): readonly Hex[] => [selectorOf(abi, name)]
  authority('setTargetFunctionRole', site.engine, selectors(MarginEngine.abi, 'setGap'), RISK)
  authority('grantRole', RISK, site.riskParameters, 0)
  authority('setTargetFunctionRole', site.riskParameters, selectors(RiskParameters.abi, 'propose'), PUBLISHER)
  authority('grantRole', PUBLISHER, site.governor, 0)
  const fund = { name: 'setInsuranceFund', args: [site.insuranceFund] }
  burst.call({ to: site.engine, abi: MarginEngine.abi, ...fund })
}

/** Queues the naming of a route's tranche. */
export function nameTranche(site: EngineSite, { mirror, tranche }: VaultPlace, burst: Burst): void {
  const { abi } = ENGINE_ARTEFACTS.InsuranceFund
  burst.call({ to: site.insuranceFund, abi, name: 'setTranche', args: [mirror, tranche] })
}

/** Seconds from a proposal of risk parameters to their effect. */
export const RISK_DELAY = 5
/** What they may be at most, and how far they move in a day; in bps, premiums a year. A day is long in compressed time. */
const RISK_BOUNDS = {
  highest: { gap: 5_000, premium: 50_000, fee: 2_500 },
  daily: { gap: 5_000, premium: 50_000, fee: 2_500 },
}
/** What accounts on a route in debt pay for it, in bps of their collateral a year. */
const LEVY = 500
/** Seconds until a backer may leave, and during which it may. */
const COOLDOWN = 3_600
const EXIT_WINDOW = 1_800
/** The role that publishes risk parameters, and the one by which they reach the engine. */
const PUBLISHER = 2n
const RISK = 3n
