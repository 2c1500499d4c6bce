// What a deployment says of itself, compared with what was planned. A difference stops the run before money moves.
import { type Abi, type Address, decodeFunctionResult, encodeFunctionData, type Hex } from 'viem'
import { invariantBroken } from '../domain/errors.ts'
import { delayOf, type Source, type VaultDeployment } from '../domain/network.ts'
import { ENGINE_ARTEFACTS, VAULT_ARTEFACTS } from '../suite/contracts.ts'
import { partsOf } from '../suite/sources.ts'
import type { Deployment, DeployPlan, EngineSite } from './deployment.ts'
import type { LocalChain } from './local-chain.ts'

/** One expectation: a view, and what it must answer. */
type Check = {
  readonly to: Address
  readonly abi: Abi
  readonly name: string
  readonly args?: readonly unknown[]
  readonly expected: unknown
}

/** Reads the deployment from the chains and throws at the first difference. */
export async function readBack(plan: DeployPlan, deployment: Deployment): Promise<void> {
  for (const site of deployment.engines) await compare(site.chain, engineChecks(plan, deployment, site))
  for (const site of deployment.vaultChains) await compare(site.chain, vaultChecks(plan, deployment, site.chain))
}

function engineChecks(plan: DeployPlan, { network, seats, tranches }: Deployment, site: EngineSite): readonly Check[] {
  const { MarginEngine, PriceBook, AgentRegistry, CreditLines, VaultMirror, RiskParameters, InsuranceFund } =
    ENGINE_ARTEFACTS
  const vaults = network.vaults.filter((vault) => vault.engine === site.chain.id)
  const collaterals = vaults.reduce((sum, vault) => sum + vault.assets.length, 0)
  const engine = { to: site.engine, abi: MarginEngine.abi }
  return [
    { ...engine, name: 'instrumentCount', expected: BigInt(plan.scenario.instruments.length) },
    { ...engine, name: 'collateralCount', expected: BigInt(collaterals) },
    { ...engine, name: 'priceBook', expected: site.priceBook },
    { to: site.priceBook, abi: PriceBook.abi, name: 'quorum', expected: BigInt(plan.scenario.prices.quorum) },
    ...plan.publishers.map((one) => ({
      to: site.priceBook,
      abi: PriceBook.abi,
      name: 'isPublisher',
      args: [one],
      expected: true,
    })),
    ...vaults.map((one) => ({ to: one.mirror, abi: VaultMirror.abi, name: 'vault', expected: one.vault })),
    ...vaults.map(({ mirror }) => {
      return { to: mirror, abi: VaultMirror.abi, name: 'isModule', args: [site.creditLines], expected: true }
    }),
    { ...engine, name: 'insuranceFund', expected: site.insuranceFund },
    { to: site.riskParameters, abi: RiskParameters.abi, name: 'engine', expected: site.engine },
    { to: site.creditLines, abi: CreditLines.abi, name: 'risk', expected: site.riskParameters },
    { to: site.insuranceFund, abi: InsuranceFund.abi, name: 'risk', expected: site.riskParameters },
    ...vaults.map(({ id, mirror }) => {
      const expected = tranches.get(id)
      return { to: site.insuranceFund, abi: InsuranceFund.abi, name: 'trancheOf', args: [mirror], expected }
    }),
    ...attestors(deploymentAttestors(network.attestors, site.registry), AgentRegistry.abi),
    ...seats.map((seat) => ({
      ...engine,
      name: 'cashOf',
      args: [seat.executor],
      expected: (seat.capital / 10n ** 12n) * 10n ** 12n,
    })),
    ...seats
      .filter((seat) => seat.role === 'bidder')
      .map((seat) => {
        return { to: site.registry, abi: AgentRegistry.abi, name: 'isBonded', args: [seat.executor], expected: true }
      }),
    ...seats
      .filter((seat) => seat.role === 'provider')
      .map((seat) => {
        return {
          to: site.creditLines,
          abi: CreditLines.abi,
          name: 'signerOf',
          args: [seat.executor],
          expected: seat.operator,
        }
      }),
  ]
}

function vaultChecks(plan: DeployPlan, { network, vaultChains }: Deployment, chain: LocalChain): readonly Check[] {
  const { CollateralVault, AgentRegistry, Pair } = VAULT_ARTEFACTS
  const site = vaultChains.find((one) => one.chain === chain)
  const vaults = network.vaults.filter((vault) => vault.chain === chain.id)
  return [
    ...vaults.flatMap((vault) => [
      { to: vault.vault, abi: CollateralVault.abi, name: 'source', expected: vault.engineSource.at },
      ...partsOf(vault.engineSource).flatMap((source) => sourceChecks(plan, vault, source)),
    ]),
    ...(site?.assets ?? []).map((asset) => ({
      to: asset.pair,
      abi: Pair.abi,
      name: 'factory',
      expected: site?.factory,
    })),
    ...attestors(deploymentAttestors(network.attestors, site?.registry), AgentRegistry.abi),
  ]
}

/** What a source on the vault chain was built with, as far as its kind has it. */
function sourceChecks({ scenario }: DeployPlan, { engine }: VaultDeployment, source: Source): readonly Check[] {
  if (source.kind === 'message' || source.kind === 'quorum') return []
  const oracle = { to: source.at, abi: VAULT_ARTEFACTS.RootOracle.abi }
  return [
    { ...oracle, name: 'sourceChainId', expected: BigInt(engine) },
    { ...oracle, name: 'delay', expected: BigInt(delayOf(source)) },
    ...(source.kind === 'attested'
      ? [{ ...oracle, name: 'threshold', expected: BigInt(scenario.bonds.threshold) }]
      : []),
  ]
}

const deploymentAttestors = (agents: readonly Address[], registry: Address | undefined) =>
  agents.flatMap((agent) => (registry === undefined ? [] : [{ agent, registry }]))

const attestors = (
  bonded: readonly { readonly agent: Address; readonly registry: Address }[],
  abi: Abi,
): readonly Check[] =>
  bonded.map(({ agent, registry }) => ({ to: registry, abi, name: 'isAttestor', args: [agent], expected: true }))

async function compare(chain: LocalChain, checks: readonly Check[]): Promise<void> {
  const data = (check: Check): Hex =>
    encodeFunctionData({ abi: check.abi, functionName: check.name, args: check.args ?? [] })
  const params = (check: Check): readonly unknown[] => [{ to: check.to, data: data(check) }, 'latest']
  const answers = await chain.rpc.batch<Hex>(checks.map((check) => ({ method: 'eth_call', params: params(check) })))
  for (const [i, check] of checks.entries()) {
    const found = decodeFunctionResult({ abi: check.abi, functionName: check.name, data: answers[i] ?? '0x' })
    if (String(found).toLowerCase() === String(check.expected).toLowerCase()) continue
    throw invariantBroken(
      `${check.name} on ${chain.name} answers ${String(found)}, expected ${String(check.expected)}`,
      { contract: check.to },
    )
  }
}
