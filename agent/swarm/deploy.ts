import { ATTESTED } from '../../config/sources.ts'
import { invariantBroken } from '../domain/errors.ts'
import type { EngineDeployment, Network } from '../domain/network.ts'
import { type ChainId, millis } from '../domain/units.ts'
import { assetsIn } from '../simulator/scenario/terms.ts'
import { placeSource, type Yard } from '../suite/sources.ts'
import { type Burst, openBurst } from './burst.ts'
import { deployEngine, listMarket, openEngineAccounts } from './deploy-engine.ts'
import { seatExecutors } from './deploy-executors.ts'
import { deployTranche } from './deploy-risk.ts'
import { deployVaultChain, listVaults } from './deploy-vault.ts'
import {
  type Deployment,
  type DeployPlan,
  type EngineSite,
  get,
  type VaultPlace,
  type VaultSite,
} from './deployment.ts'
import type { LocalChain } from './local-chain.ts'
import { type Owners, ownersOf } from './owners.ts'
import { readBack } from './read-back.ts'

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
  const sites = { engines, vaultChains, vaults }
  const seated = await seatExecutors(plan, sites, owners)
  const backed = (site: EngineSite) => vaults.filter((one) => one.engineSite === site).map(({ tranche }) => tranche)
  await Promise.all(engines.map((site) => openEngineAccounts(plan, site, seated.seats, backed(site))))
  const network = describe(plan, engines, vaults)
  const tranches = new Map(vaults.map(({ id, tranche }) => [id, tranche]))
  const deployment = { network, engines, vaultChains, sites, tranches, ...seated }
  await readBack(plan, deployment)
  return deployment
}

/** Seconds. A run ends long before any of them: what they do is played in the tests of the contracts. */
const VAULT_TERMS = { staleAfter: 604_800n, exitDelay: 1_209_600n, resetDelay: 86_400n }
const MIRROR_TERMS = { staleAfter: 86_400n, resetDelay: 86_400n }

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
    const { CollateralVault, VaultMirror } = site.artefacts
    const place = { vault: a.reserve(), mirror: b.reserve() }
    const [home, away] = [yardOf(plan, site, a), yardOf(plan, engineSite, b)]
    const attested = { kind: 'attested', delay: Math.round(vault.delay / 1000) } as const
    const atHome = { here: home, there: away, about: place.mirror.address }
    const engineSource = placeSource(vault.engineSource ?? attested, atHome)
    const vaultSource = placeSource(vault.vaultSource ?? ATTESTED, {
      here: away,
      there: home,
      about: place.vault.address,
    })
    a.deploy(CollateralVault, [site.authority, engineSource.at, place.mirror.address, VAULT_TERMS], place.vault)
    b.deploy(VaultMirror, [engineSite.authority, vaultSource.at, place.vault.address, MIRROR_TERMS], place.mirror)
    const tranche = deployTranche(engineSite, vault.id, place.mirror.address, b)
    const first = listed.get(engineSite.chain.id) ?? 0
    const taken = new Set(assetsIn(plan.scenario, vault).map(({ symbol }) => symbol))
    const own = site.assets.filter(({ symbol }) => taken.has(symbol))
    listed.set(engineSite.chain.id, first + own.length)
    const assets = own.map(({ symbol, token, decimals, pair }, i) => ({
      collateral: first + i,
      symbol,
      token,
      decimals,
      pair,
    }))
    const { median, spread, stuckOdds, stuckMedian } = vault.latency
    return {
      ...{ site, engineSite, tranche, id: vault.id, chain: site.chain.id, engine: engineSite.chain.id },
      ...{ vault: place.vault.address, mirror: place.mirror.address, engineSource, vaultSource, assets },
      ...{ registry: site.registry, router: site.router, dollar: site.dollar, dollarDecimals: 6 },
      ...{ finality: site.finality, fromBlock: 0n },
      latency: { median: millis(median), spread, stuckOdds: stuckOdds / 10_000, stuckMedian: millis(stuckMedian) },
    }
  })
}

/** Where sources are deployed. Bonds of proposals are in a token of their own, so that no dollar leaves the books while they are locked. */
const yardOf = ({ scenario }: DeployPlan, site: EngineSite | VaultSite, burst: Burst): Yard => ({
  ...{ chain: site.chain.id, from: burst.from, authority: site.authority, registry: site.registry },
  ...{ threshold: BigInt(scenario.bonds.threshold), treasury: site.governor, bondToken: site.bond },
  ...{ reserve: burst.reserve, deploy: burst.deploy },
})

function describe(plan: DeployPlan, engines: readonly EngineSite[], vaults: readonly VaultPlace[]): Network {
  const { scenario, seats, publishers } = plan
  return {
    name: scenario.name,
    timeScale: scenario.timeScale,
    threshold: scenario.bonds.threshold,
    attestors: seats.filter((seat) => seat.attest).map((seat) => seat.operator),
    publishers,
    engines: engines.map(
      ({
        chain,
        name,
        engine,
        auction,
        priceBook,
        creditLines,
        registry,
        cash,
        finality,
        ...site
      }): EngineDeployment => {
        return {
          chain: chain.id,
          name,
          engine,
          auction,
          priceBook,
          creditLines,
          riskParameters: site.riskParameters,
          insuranceFund: site.insuranceFund,
          registry,
          cash,
          cashDecimals: 6,
          finality,
          fromBlock: 0n,
        }
      },
    ),
    vaults: vaults.map(({ site: _site, engineSite: _engine, tranche: _tranche, ...vault }) => vault),
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
