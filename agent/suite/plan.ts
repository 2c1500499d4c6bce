// Every transaction of a deployment, from the chains FILE alone: the same file and the same first nonces give the same
// plan, which is what makes a deployment resumable.
import type { Address } from 'viem'
import type { SuiteFile } from '../../config/suite.ts'
import type { EngineDeployment, Network, VaultDeployment } from '../domain/network.ts'
import { delayOf } from '../domain/network.ts'
import { millis, type VaultId } from '../domain/units.ts'
import { ENGINE_ARTEFACTS as E, VAULT_ARTEFACTS as V } from './contracts.ts'
import { governEngine, governVault, handOver } from './govern.ts'
import { type Ground, known, type Start } from './ground.ts'
import { placeSource, type Yard } from './sources.ts'
import { openSteps, type Step, type Steps } from './steps.ts'

/** What is sent on each chain, by the chain's name, and what will stand there. */
export type Plan = { readonly network: Network; readonly steps: ReadonlyMap<string, readonly Step[]> }

/** Plans the whole deployment. */
export function planSuite(file: SuiteFile, starts: ReadonlyMap<string, Start>): Plan {
  const grounds = new Map(file.chains.map((spec) => [spec.name, lay(file, spec, known(starts, spec.name))]))
  const engines = file.engines.map((spec) => planEngine(spec, known(grounds, spec.chain)))
  const listed = new Map<string, number>()
  const vaults = file.vaults.map((spec) => {
    const first = listed.get(spec.engine) ?? 0
    listed.set(spec.engine, first + spec.assets.length)
    return planVault(file, spec, { home: known(grounds, spec.chain), away: known(grounds, spec.engine), first })
  })
  for (const [i, engine] of engines.entries()) {
    const spec = file.engines[i]
    if (spec === undefined) continue
    const mirrors = file.vaults.flatMap((vault, j) => {
      const placed = vaults[j]
      return vault.engine === spec.chain && placed !== undefined ? [{ spec: vault, placed }] : []
    })
    governEngine(file, known(grounds, spec.chain), { spec, engine, mirrors })
  }
  for (const [i, spec] of file.vaults.entries()) {
    const placed = vaults[i]
    if (placed !== undefined) governVault(known(grounds, spec.chain), spec, placed)
  }
  for (const ground of grounds.values()) handOver(file, ground, vaults)
  const { name, threshold, attestors, publishers } = file
  const network: Network = { name, timeScale: 1, threshold, attestors, publishers, engines, vaults }
  return { network, steps: new Map([...grounds].map(([chain, { steps }]) => [chain, steps.all()])) }
}

function lay(file: SuiteFile, spec: Ground['spec'], start: Start): Ground {
  const steps = openSteps(start.deployer, start.nonce)
  const authority = steps.deploy(V.AccessManager, [start.deployer])
  const bond = spec.bondToken === 'test' ? steps.deploy(V.TestToken, ['Bond', 'BOND', 18]) : spec.bondToken
  const { minimum, unbonding } = file.bonds
  const registry = steps.deploy(V.AgentRegistry, [authority, bond, minimum, unbonding, file.governance.treasury])
  if (spec.bondToken === 'test') bondAttestors(file, { steps, bond, registry })
  return { spec, start, steps, authority, registry, bond }
}

/** Test money only: where it is real, attestors bond themselves and governance admits them then. */
function bondAttestors(
  file: SuiteFile,
  { steps, bond, registry }: { readonly steps: Steps; readonly bond: Address; readonly registry: Address },
): void {
  const total = file.bonds.minimum * BigInt(file.attestors.length)
  steps.call(bond, { abi: V.TestToken.abi, name: 'mint' }, [steps.from, total])
  steps.call(bond, { abi: V.TestToken.abi, name: 'approve' }, [registry, total])
  for (const attestor of file.attestors) {
    steps.call(registry, { abi: V.AgentRegistry.abi, name: 'bond' }, [attestor, file.bonds.minimum])
    steps.call(registry, { abi: V.AgentRegistry.abi, name: 'setAttestor' }, [attestor, true])
  }
}

function planEngine(spec: SuiteFile['engines'][number], ground: Ground): EngineDeployment {
  const { steps, authority, registry } = ground
  const cash = spec.cash === 'test' ? steps.deploy(E.TestToken, ['Dollar', 'USD', spec.cashDecimals]) : spec.cash
  const { quorum, maxAge, deviation } = spec.prices
  const priceBook = steps.deploy(E.PriceBook, [authority, BigInt(quorum), maxAge, deviation])
  const engine = steps.deploy(E.MarginEngine, [authority, cash, priceBook, spec.initialFactor, spec.tradeFee])
  const riskParameters = steps.deploy(E.RiskParameters, [authority, engine, RISK.delay, RISK.bounds])
  const insuranceFund = steps.deploy(E.InsuranceFund, [authority, engine, riskParameters, RISK.levy])
  const [auction, creditLines] = [steps.reserve(), steps.reserve()]
  steps.deploy(E.LiquidationAuction, [engine, creditLines.address, registry, spec.auction], auction)
  steps.deploy(E.CreditLines, [engine, auction.address, riskParameters], creditLines)
  const { id: chain, name, finality } = ground.spec
  const own = { engine, priceBook, riskParameters, insuranceFund, registry, cash, cashDecimals: spec.cashDecimals }
  return {
    ...{ ...own, chain, name, finality, auction: auction.address, creditLines: creditLines.address },
    fromBlock: ground.start.block,
  }
}

type Sides = { readonly home: Ground; readonly away: Ground; readonly first: number }

function planVault(file: SuiteFile, spec: SuiteFile['vaults'][number], { home, away, first }: Sides): VaultDeployment {
  const place = { vault: home.steps.reserve(), mirror: away.steps.reserve() }
  const [a, b] = [yardOf(file, home), yardOf(file, away)]
  const atHome = { here: a, there: b, about: place.mirror.address }
  const atEngine = { here: b, there: a, about: place.vault.address }
  const engineSource = placeSource(spec.engineSource, atHome)
  const vaultSource = placeSource(spec.vaultSource, atEngine)
  const engineWitnesses = spec.engineWitnesses.map((one) => placeSource(one, atHome))
  const vaultWitnesses = spec.vaultWitnesses.map((one) => placeSource(one, atEngine))
  const { staleAfter, exitDelay, resetDelay, creditStaleAfter } = spec
  const vaultTerms = { staleAfter, exitDelay, resetDelay }
  home.steps.deploy(V.CollateralVault, [home.authority, engineSource.at, place.mirror.address, vaultTerms], place.vault)
  const mirrorTerms = { staleAfter: creditStaleAfter, resetDelay }
  away.steps.deploy(V.VaultMirror, [away.authority, vaultSource.at, place.vault.address, mirrorTerms], place.mirror)
  const assets = spec.assets.map(({ symbol, token, decimals, pair }, i) => ({
    ...{ collateral: first + i, symbol, decimals, pair },
    token: token === 'test' ? home.steps.deploy(V.TestToken, [symbol, symbol, decimals]) : token,
  }))
  const { router, dollar, dollarDecimals } = spec
  const wait = delayOf(engineSource)
  return {
    ...{ id: spec.id as VaultId, chain: home.spec.id, engine: away.spec.id, engineSource, vaultSource, assets },
    ...(engineWitnesses.length === 0 ? {} : { engineWitnesses }),
    ...(vaultWitnesses.length === 0 ? {} : { vaultWitnesses }),
    ...{ vault: place.vault.address, mirror: place.mirror.address, registry: home.registry },
    ...{ router, dollar, dollarDecimals, finality: home.spec.finality, fromBlock: home.start.block },
    // A prior until the agents have measured: the delay and a quarter of an hour.
    latency: { median: millis((wait + 900) * 1_000), spread: 1, stuckOdds: 0.01, stuckMedian: millis(86_400_000) },
  }
}

const yardOf = ({ threshold, governance }: SuiteFile, { spec, steps, authority, registry, bond }: Ground): Yard => ({
  ...{ chain: spec.id, from: steps.from, authority, registry, threshold: BigInt(threshold), bondToken: bond },
  ...{ treasury: governance.treasury, reserve: steps.reserve, deploy: steps.deploy },
})

/** Published risk parameters wait a day; they move at most by half of what they may be in a day. */
const RISK = {
  delay: 86_400,
  levy: 500,
  bounds: { highest: { gap: 5_000, premium: 50_000, fee: 2_500 }, daily: { gap: 2_500, premium: 25_000, fee: 1_250 } },
}
