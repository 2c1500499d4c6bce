// What is listed and allowed in a deployed suite, and who may change it afterwards.
import { type Abi, type Address, toFunctionSelector } from 'viem'
import type { SuiteFile } from '../../config/suite.ts'
import type { EngineDeployment, VaultDeployment } from '../domain/network.ts'
import { bps } from '../domain/units.ts'
import { perpetualShocks } from '../simulator/scenario/shocks.ts'
import { ENGINE_ARTEFACTS as E, VAULT_ARTEFACTS as V } from './contracts.ts'
import type { Ground } from './ground.ts'
import { selectorOf } from './selector.ts'
import { pausableIn } from './sources.ts'

type VaultSpec = SuiteFile['vaults'][number]
type Mirror = { readonly spec: VaultSpec; readonly placed: VaultDeployment }
type Market = {
  readonly spec: SuiteFile['engines'][number]
  readonly engine: EngineDeployment
  readonly mirrors: readonly Mirror[]
}

/** The role that may pause sources and withdraw proposals, and the one by which published parameters reach the engine. */
export const ROLES = { admin: 0n, guardian: 1n, publisher: 2n, risk: 3n } as const

/** Queues publishers, modules, instruments, collaterals, tranches and the way of published risk parameters. */
export function governEngine(file: SuiteFile, { steps, authority, registry }: Ground, market: Market): void {
  const { spec, engine, mirrors } = market
  const call = (to: Address, abi: Abi, name: string, ...args: readonly unknown[]): void =>
    steps.call(to, { abi, name }, args)
  const { auction, creditLines, riskParameters, insuranceFund } = engine
  call(registry, E.AgentRegistry.abi, 'setModule', auction, true)
  for (const publisher of file.publishers) call(engine.priceBook, E.PriceBook.abi, 'setPublisher', publisher, true)
  for (const module of [auction, creditLines]) call(engine.engine, E.MarginEngine.abi, 'setModule', module, true)
  const role = (target: Address, abi: Abi, name: string, id: bigint): void =>
    call(authority, E.AccessManager.abi, 'setTargetFunctionRole', target, [selectorOf(abi, name)], id)
  role(engine.engine, E.MarginEngine.abi, 'setGap', ROLES.risk)
  call(authority, E.AccessManager.abi, 'grantRole', ROLES.risk, riskParameters, 0)
  role(riskParameters, E.RiskParameters.abi, 'propose', ROLES.publisher)
  role(riskParameters, E.RiskParameters.abi, 'withdraw', ROLES.guardian)
  call(authority, E.AccessManager.abi, 'grantRole', ROLES.publisher, file.governance.admin, 0)
  call(engine.engine, E.MarginEngine.abi, 'setInsuranceFund', insuranceFund)
  for (const instrument of instrumentsOf(spec)) call(engine.engine, E.MarginEngine.abi, 'listInstrument', instrument)
  for (const mirror of mirrors) governMirror(steps, engine, mirror)
}

/** Queues collaterals, modules, limits, witnesses and the tranche of one mirror. */
function governMirror(steps: Ground['steps'], engine: EngineDeployment, { spec: vault, placed }: Mirror): void {
  const { abi } = E.VaultMirror
  const call = (name: string, ...args: readonly unknown[]): void => steps.call(placed.mirror, { abi, name }, args)
  for (const [i, asset] of vault.assets.entries()) {
    const { feed, decimals, haircut, gap, creditCap } = asset
    const token = placed.assets[i]?.token
    const collateral = { mirror: placed.mirror, asset: token, feed, decimals, haircut, gap }
    steps.call(engine.engine, { abi: E.MarginEngine.abi, name: 'listCollateral' }, [collateral])
    call('setCreditCap', token, creditCap ?? UNCAPPED)
  }
  for (const module of [engine.engine, engine.auction, engine.creditLines]) call('setModule', module, true)
  limitSide(steps, { at: placed.mirror, abi }, vault, placed)
  for (const { at } of placed.vaultWitnesses ?? []) call('setWitness', at, true)
  const title = [`Lienmesh first loss of ${vault.id}`, `LFL-${vault.id}`]
  const tranche = steps.deploy(E.InsuranceTranche, [engine.engine, placed.mirror, ...title, COOLDOWN, EXIT_WINDOW])
  const named = [placed.mirror, tranche]
  steps.call(engine.insuranceFund, { abi: E.InsuranceFund.abi, name: 'setTranche' }, named)
}

/** The most a mirror can book. Named, it opens the asset's book, so that the first credit of all costs what any other does. */
const UNCAPPED = 2n ** 104n - 1n

/** Queues the listing of a vault's assets, its limits and its witnesses. */
export function governVault({ steps }: Ground, spec: VaultSpec, placed: VaultDeployment): void {
  const { abi } = V.CollateralVault
  for (const [i, { cap }] of spec.assets.entries())
    steps.call(placed.vault, { abi, name: 'list' }, [placed.assets[i]?.token, cap])
  limitSide(steps, { at: placed.vault, abi }, spec, placed)
  for (const { at } of placed.engineWitnesses ?? []) steps.call(placed.vault, { abi, name: 'setWitness' }, [at, true])
}

/** Queues what slows a lie down on one side of a route: vault and mirror have the same two limits. */
function limitSide(
  steps: Ground['steps'],
  { at, abi }: { readonly at: Address; readonly abi: Abi },
  spec: VaultSpec,
  { assets }: VaultDeployment,
): void {
  for (const [i, { rate, largeDelta }] of spec.assets.entries()) {
    const token = assets[i]?.token
    if (rate) steps.call(at, { abi, name: 'setRateLimit' }, [token, rate.amount, rate.window])
    if (largeDelta) steps.call(at, { abi, name: 'setLargeDelta' }, [token, largeDelta.above, largeDelta.wait])
  }
}

/** Queues the guardian's right to pause, and the deployer's farewell: the administrator acts with the file's delay. */
export function handOver(
  { governance: { admin, guardian, delay } }: SuiteFile,
  { steps, authority, spec }: Ground,
  vaults: readonly VaultDeployment[],
): void {
  const { abi } = V.AccessManager
  const pauses = ['pause()', 'unpause()'].map((one) => toFunctionSelector(one))
  const oracles = vaults.flatMap((vault) => [
    ...(vault.chain === spec.id ? [vault.engineSource, ...(vault.engineWitnesses ?? [])] : []),
    ...(vault.engine === spec.id ? [vault.vaultSource, ...(vault.vaultWitnesses ?? [])] : []),
  ])
  for (const oracle of oracles.flatMap(pausableIn))
    steps.call(authority, { abi, name: 'setTargetFunctionRole' }, [oracle, pauses, ROLES.guardian])
  steps.call(authority, { abi, name: 'grantRole' }, [ROLES.guardian, guardian, 0])
  if (admin.toLowerCase() === steps.from.toLowerCase()) return
  steps.call(authority, { abi, name: 'grantRole' }, [ROLES.admin, admin, delay])
  steps.call(authority, { abi, name: 'renounceRole' }, [ROLES.admin, steps.from])
}

/** Seconds until a backer of a tranche may leave, and during which it may. */
const COOLDOWN = 604_800
const EXIT_WINDOW = 172_800

/** Instruments as the engine lists them. */
const instrumentsOf = (spec: SuiteFile['engines'][number]): readonly object[] =>
  spec.instruments.map(({ kind, markFeed, underlyingFeed, contingency, shock }) => ({
    ...{ kind: kind === 'perpetual' ? 1 : 2, markFeed, underlyingFeed, contingency },
    shocks: kind === 'perpetual' ? perpetualShocks(bps(shock)) : 0n,
  }))
