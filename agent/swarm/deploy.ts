// Deploys the suite of a scenario to its chains: N engines, M vaults, one executor address per agent on all of them.
import { type Address, encodeFunctionData } from 'viem'
import type { Scenario } from '../../config/scenario.ts'
import { invariantBroken } from '../domain/errors.ts'
import type { EngineDeployment, Network, VaultDeployment } from '../domain/network.ts'
import { bps, type ChainId, chainId, millis } from '../domain/units.ts'
import { type Burst, openBurst } from './burst.ts'
import { deployEngine, type EngineSite, listMarket, openEngineAccounts } from './deploy-engine.ts'
import { type Owners, ownersOf, seatExecutors } from './deploy-executors.ts'
import { deployVaultChain, listVaults, type VaultSite } from './deploy-vault.ts'
import type { LocalChain } from './local-chain.ts'
import { readBack } from './read-back.ts'
import type { Seat } from './seats.ts'

/** What is to be deployed where. */
export type DeployPlan = {
  readonly scenario: Scenario
  readonly engines: readonly LocalChain[]
  readonly vaultChains: readonly LocalChain[]
  readonly seats: readonly Seat[]
  readonly publishers: readonly Address[]
}

/** A seat with its executor. One address serves on every chain. */
export type Seated = Seat & { readonly executor: Address }

/** Everything a deployment made. `desk` owns the traders' accounts. */
export type Deployment = {
  readonly network: Network
  readonly engines: readonly EngineSite[]
  readonly vaultChains: readonly VaultSite[]
  readonly seats: readonly Seated[]
  readonly desk: Address
}

/** The chain ids that a scenario's chains get, by position. */
export const engineChainId = (position: number): ChainId => chainId(31_337 + position)
export const vaultChainId = (position: number): ChainId => chainId(41_337 + position)

/** Deploys, wires, funds and reads back. The chains must not mine by themselves yet. */
export async function deploy(plan: DeployPlan): Promise<Deployment> {
  const chains = [...plan.engines, ...plan.vaultChains]
  const owners = new Map(await Promise.all(chains.map(async (chain) => [chain.id, await ownersOf(chain)] as const)))
  const bursts = await governors(chains, owners)
  const burst = (chain: LocalChain): Burst => get(bursts, chain.id)
  const engines = plan.engines.map((chain, i) => deployEngine(plan, chain, i, burst(chain)))
  const vaultChains = plan.vaultChains.map((chain, i) => deployVaultChain(plan, chain, i, burst(chain)))
  const vaults = deployVaults(plan, engines, vaultChains, bursts)
  for (const site of engines) listMarket(plan, site, vaults, burst(site.chain))
  for (const site of vaultChains) listVaults(site, vaults, get(owners, site.chain.id).guardian, burst(site.chain))
  await Promise.all(chains.map((chain) => burst(chain).flush()))
  const seated = await seatExecutors(plan, { engines, vaultChains, vaults }, owners)
  await Promise.all(engines.map((site) => openEngineAccounts(plan, site, seated.seats)))
  const network = describe(plan, engines, vaults)
  const deployment = { network, engines, vaultChains, ...seated }
  await readBack(plan, deployment)
  return deployment
}

/** A vault with its mirror and the two root oracles between them. */
export type VaultPlace = VaultDeployment & { readonly site: VaultSite; readonly engineSite: EngineSite }

/** Vault and mirror name each other, so both addresses are reserved before either is deployed. */
function deployVaults(
  plan: DeployPlan,
  engines: readonly EngineSite[],
  vaultChains: readonly VaultSite[],
  bursts: ReadonlyMap<ChainId, Burst>,
): readonly VaultPlace[] {
  const listed = new Map<ChainId, number>()
  return plan.scenario.vaults.map((vault): VaultPlace => {
    const site = named(vaultChains, vault.chain)
    const engineSite = named(engines, vault.engine)
    const [a, b] = [get(bursts, site.chain.id), get(bursts, engineSite.chain.id)]
    const { RootOracle, CollateralVault, VaultMirror } = site.artefacts
    const threshold = BigInt(plan.scenario.bonds.threshold)
    const delay = Math.round(vault.delay / 1000)
    const place = { vault: a.reserve(), mirror: b.reserve() }
    const engineRoots = a.deploy(RootOracle, [site.authority, engineSite.chain.id, site.registry, threshold, delay])
    const vaultRoots = b.deploy(RootOracle, [engineSite.authority, site.chain.id, engineSite.registry, threshold, 0])
    a.deploy(CollateralVault, [site.authority, engineRoots, place.mirror.address], place.vault)
    b.deploy(VaultMirror, [engineSite.authority, vaultRoots, place.vault.address], place.mirror)
    const first = listed.get(engineSite.chain.id) ?? 0
    listed.set(engineSite.chain.id, first + site.assets.length)
    const assets = site.assets.map(({ symbol, token, decimals, pair }, i) => ({
      collateral: first + i,
      symbol,
      token,
      decimals,
      pair,
    }))
    const { median, spread, stuckOdds, stuckMedian } = vault.latency
    return {
      ...{ site, engineSite, id: vault.id, chain: site.chain.id, engine: engineSite.chain.id },
      ...{ vault: place.vault.address, mirror: place.mirror.address, engineRoots, vaultRoots, delay, assets },
      ...{ registry: site.registry, router: site.router, dollar: site.dollar, dollarDecimals: 6 },
      ...{ finality: site.finality, fromBlock: 0n },
      latency: { median: millis(median), spread, stuckOdds: stuckOdds / 10_000, stuckMedian: millis(stuckMedian) },
    }
  })
}

function describe(plan: DeployPlan, engines: readonly EngineSite[], vaults: readonly VaultPlace[]): Network {
  const { scenario, seats, publishers } = plan
  return {
    name: scenario.name,
    timeScale: scenario.timeScale,
    threshold: scenario.bonds.threshold,
    attestors: seats.filter((seat) => seat.attest).map((seat) => seat.operator),
    publishers,
    engines: engines.map(
      ({ chain, name, engine, auction, priceBook, creditLines, registry, cash, finality }): EngineDeployment => {
        return {
          chain: chain.id,
          name,
          engine,
          auction,
          priceBook,
          creditLines,
          registry,
          cash,
          cashDecimals: 6,
          finality,
          fromBlock: 0n,
        }
      },
    ),
    vaults: vaults.map(({ site: _site, engineSite: _engine, ...vault }) => vault),
  }
}

async function governors(
  chains: readonly LocalChain[],
  owners: ReadonlyMap<ChainId, Owners>,
): Promise<ReadonlyMap<ChainId, Burst>> {
  const opened = chains.map(
    async (chain) => [chain.id, await openBurst(chain, get(owners, chain.id).governor, 'self')] as const,
  )
  return new Map(await Promise.all(opened))
}

function named<T extends { readonly name: string }>(sites: readonly T[], name: string): T {
  const site = sites.find((one) => one.name === name)
  if (site === undefined) throw invariantBroken(`the scenario names no chain ${name}`, { name })
  return site
}

/** The value of a key that is known to be there. */
export function get<K, V>(map: ReadonlyMap<K, V>, key: K): V {
  const value = map.get(key)
  if (value === undefined) throw invariantBroken(`nothing is known of ${String(key)}`, {})
  return value
}

/** What the owner of an executor makes it call. */
export const callData = (
  abi: Parameters<typeof encodeFunctionData>[0]['abi'],
  functionName: string,
  args: readonly unknown[],
) => encodeFunctionData({ abi, functionName, args })

/** Bps of a scenario as the contracts take them. */
export const asBps = (ratio: number): number => bps(Math.round(ratio))
