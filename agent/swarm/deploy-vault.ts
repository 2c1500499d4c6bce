// A vault chain of a deployment: tokens, the pools where collateral is sold, and the vaults' listings.
import { type Address, concat, getContractAddress, keccak256, maxUint256, toFunctionSelector } from 'viem'
import { feedsOf } from '../simulator/scenario/feeds.ts'
import { VAULT_ARTEFACTS } from '../suite/contracts.ts'
import { pausableIn } from '../suite/sources.ts'
import type { Burst } from './burst.ts'
import { type AssetSite, bondTerms, type DeployPlan, dollars, type VaultPlace, type VaultSite } from './deployment.ts'
import type { LocalChain } from './local-chain.ts'

/** Queues the deployment of one vault chain, its pools filled at the starting prices. */
export function deployVaultChain(plan: DeployPlan, chain: LocalChain, position: number, burst: Burst): VaultSite {
  const { AccessManager, TestToken, AgentRegistry, Factory, Router } = VAULT_ARTEFACTS
  const governor = burst.from
  const authority = burst.deploy(AccessManager, [governor])
  const dollar = burst.deploy(TestToken, ['Dollar', 'USDC', 6])
  const registry = burst.deploy(AgentRegistry, [authority, dollar, ...bondTerms(plan.scenario), governor])
  const bond = burst.deploy(TestToken, ['Bond', 'BOND', 18])
  const factory = burst.deploy(Factory, [governor])
  const assets = plan.scenario.assets.map(({ symbol, decimals, feed, poolDepth }): AssetSite => {
    const token = burst.deploy(TestToken, [symbol, symbol, decimals])
    return { symbol, token, decimals, feed, pair: pairOf(factory, token, dollar), depth: dollars(poolDepth) }
  })
  const router = burst.deploy(Router, [factory, assets[0]?.token ?? dollar])
  for (const asset of assets) fillPool(plan, { factory, dollar, governor }, asset, burst)
  const { name, finality } = plan.scenario.vaultChains[position] ?? { name: chain.name, finality: 0 }
  return {
    chain,
    name,
    finality,
    governor,
    authority,
    registry,
    bond,
    dollar,
    factory,
    router,
    assets,
    artefacts: VAULT_ARTEFACTS,
  }
}

/** Queues the listing of every asset on every vault of the chain, and lets the guardian pause each vault's roots. */
export function listVaults(site: VaultSite, vaults: readonly VaultPlace[], guardian: Address, burst: Burst): void {
  const authority = { to: site.authority, abi: VAULT_ARTEFACTS.AccessManager.abi }
  const selectors = ['pause', 'unpause'].map((name) => toFunctionSelector(`${name}()`))
  burst.call({ ...authority, name: 'grantRole', args: [GUARDIAN, guardian, 0] })
  for (const vault of vaults.filter((one) => one.site === site)) {
    for (const one of pausableIn(vault.engineSource))
      burst.call({ ...authority, name: 'setTargetFunctionRole', args: [one, selectors, GUARDIAN] })
    for (const { token } of vault.assets) {
      burst.call({
        to: vault.vault,
        abi: VAULT_ARTEFACTS.CollateralVault.abi,
        name: 'list',
        args: [token, maxUint256 / 2n],
      })
    }
  }
}

/** An asset's own units for an amount of six-decimal dollars at a price. */
export const unitsFor = (amount: bigint, price: number, decimals: number): bigint =>
  (amount * 10n ** BigInt(decimals) * 100n) / BigInt(Math.round(price * 1e8))

/** The role that may stop a route and start it again. */
const GUARDIAN = 1n

function fillPool(
  plan: DeployPlan,
  { factory, dollar, governor }: { readonly factory: Address; readonly dollar: Address; readonly governor: Address },
  asset: AssetSite,
  burst: Burst,
): void {
  const { Factory, TestToken, Pair } = VAULT_ARTEFACTS
  const feed = feedsOf(plan.scenario).find((one) => one.name === asset.feed)
  const start = feed?.kind === 'spot' ? feed.start : 1
  const amount = unitsFor(asset.depth, start, asset.decimals)
  burst.call({ to: factory, abi: Factory.abi, name: 'createPair', args: [asset.token, dollar], gas: 4_000_000n })
  burst.call({ to: asset.token, abi: TestToken.abi, name: 'mint', args: [asset.pair, amount] })
  burst.call({ to: dollar, abi: TestToken.abi, name: 'mint', args: [asset.pair, asset.depth] })
  burst.call({ to: asset.pair, abi: Pair.abi, name: 'mint', args: [governor] })
}

/** Uniswap v2 deploys pairs by CREATE2: salt of the sorted tokens, hash of the pair's code. */
function pairOf(factory: Address, one: Address, other: Address): Address {
  const sorted = [one, other].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1))
  const salt = keccak256(concat(sorted))
  return getContractAddress({ opcode: 'CREATE2', from: factory, salt, bytecode: VAULT_ARTEFACTS.Pair.bytecode })
}
