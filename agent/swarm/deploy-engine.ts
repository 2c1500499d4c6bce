// The engine chain of a deployment: prices, margin engine, auction, credit lines, and the market listed on them.
import { type Abi, type Address, encodeFunctionData, getAddress, type Hex } from 'viem'
import { feedNamed, feedsOf } from '../simulator/scenario/feeds.ts'
import { perpetualShocks } from '../simulator/scenario/shocks.ts'
import { ENGINE_ARTEFACTS } from '../suite/contracts.ts'
import { type Burst, openBurst } from './burst.ts'
import { deployRisk, governRisk, nameTranche } from './deploy-risk.ts'
import { bondTerms, type DeployPlan, dollars, type EngineSite, type Seated, type VaultPlace } from './deployment.ts'
import type { LocalChain } from './local-chain.ts'
import { ownersOf } from './owners.ts'

/** Queues the deployment of one engine. Auction and credit lines name each other: both are reserved first. */
export function deployEngine(plan: DeployPlan, chain: LocalChain, position: number, burst: Burst): EngineSite {
  const { scenario } = plan
  const { AccessManager, TestToken, AgentRegistry, PriceBook, MarginEngine, LiquidationAuction, CreditLines } =
    ENGINE_ARTEFACTS
  const governor = burst.from
  const authority = burst.deploy(AccessManager, [governor])
  const cash = burst.deploy(TestToken, ['Dollar', 'USDC', 6])
  const registry = burst.deploy(AgentRegistry, [authority, cash, ...bondTerms(scenario), governor])
  const bond = burst.deploy(TestToken, ['Bond', 'BOND', 18])
  const { quorum, maxAge, deviation } = scenario.prices
  const priceBook = burst.deploy(PriceBook, [authority, BigInt(quorum), Number(maxAge), Number(deviation)])
  const { initialFactor, tradeFee } = scenario.engine
  const engine = burst.deploy(MarginEngine, [authority, cash, priceBook, initialFactor, tradeFee])
  const { riskParameters, insuranceFund } = deployRisk(authority, engine, burst)
  const [auction, creditLines] = [burst.reserve(), burst.reserve()]
  burst.deploy(LiquidationAuction, [engine, creditLines.address, registry, auctionTerms(plan)], auction)
  burst.deploy(CreditLines, [engine, auction.address, riskParameters], creditLines)
  const { name, finality } = scenario.engines[position] ?? { name: chain.name, finality: 0 }
  return {
    chain,
    name,
    finality,
    governor,
    authority,
    registry,
    bond,
    cash,
    priceBook,
    engine,
    auction: auction.address,
    creditLines: creditLines.address,
    riskParameters,
    insuranceFund,
  }
}

/** Queues publishers, modules, instruments and collaterals. Ids follow the order of listing. */
export function listMarket(plan: DeployPlan, site: EngineSite, vaults: readonly VaultPlace[], burst: Burst): void {
  const { PriceBook, MarginEngine, VaultMirror } = ENGINE_ARTEFACTS
  const engine = (name: string, ...args: readonly unknown[]): void =>
    burst.call({ to: site.engine, abi: MarginEngine.abi, name, args })
  burst.call({
    to: site.registry,
    abi: ENGINE_ARTEFACTS.AgentRegistry.abi,
    name: 'setModule',
    args: [site.auction, true],
  })
  for (const publisher of plan.publishers) {
    burst.call({ to: site.priceBook, abi: PriceBook.abi, name: 'setPublisher', args: [publisher, true] })
  }
  for (const module of [site.auction, site.creditLines]) engine('setModule', module, true)
  governRisk(site, burst)
  for (const instrument of instrumentsOf(plan)) engine('listInstrument', instrument)
  for (const vault of vaults.filter((one) => one.engineSite === site)) {
    for (const collateral of collateralsOf(plan, vault)) engine('listCollateral', collateral)
    for (const module of [site.engine, site.auction, site.creditLines]) {
      burst.call({ to: vault.mirror, abi: VaultMirror.abi, name: 'setModule', args: [module, true] })
    }
    capCredit(plan, vault, burst)
    nameTranche(site, vault, burst)
  }
}

/** Queues the most that may be credited of each asset of a route, where the scenario says so. */
function capCredit({ scenario }: DeployPlan, { id, mirror, assets }: VaultPlace, burst: Burst): void {
  const cap = scenario.vaults.find((vault) => vault.id === id)?.cap
  if (cap === undefined) return
  for (const { symbol, token, decimals } of assets) {
    const feed = scenario.assets.find((one) => one.symbol === symbol)?.feed
    const start = scenario.feeds.find(({ name }) => name === feed)?.start ?? 1n
    const units = (cap * 10n ** BigInt(decimals)) / (start * 10n ** 10n)
    burst.call({ to: mirror, abi: ENGINE_ARTEFACTS.VaultMirror.abi, name: 'setCreditCap', args: [token, units] })
  }
}

/** Opens and funds the pool, the insurance and the agents' own accounts. */
export async function openEngineAccounts(
  plan: DeployPlan,
  site: EngineSite,
  seats: readonly Seated[],
  tranches: readonly Address[],
): Promise<void> {
  const { governor } = await ownersOf(site.chain)
  const burst = await openBurst(site.chain, governor, 'self')
  const { MarginEngine, TestToken, InsuranceTranche } = ENGINE_ARTEFACTS
  const [pool, insurance] = await poolAndInsurance(site)
  const { engine } = plan.scenario
  const funded = [
    { account: pool, amount: dollars(engine.pool) },
    { account: insurance, amount: dollars(engine.insurance) },
    ...seats.map((seat) => ({ account: seat.executor, amount: dollars(seat.capital) })),
  ]
  const backing = dollars(engine.tranche)
  const total = funded.reduce((sum, { amount }) => sum + amount, backing * BigInt(tranches.length))
  burst.call({ to: site.cash, abi: TestToken.abi, name: 'mint', args: [governor, total] })
  burst.call({ to: site.cash, abi: TestToken.abi, name: 'approve', args: [site.engine, total] })
  for (const { account, amount } of funded) {
    if (amount > 0n)
      burst.call({ to: site.engine, abi: MarginEngine.abi, name: 'depositCash', args: [account, amount] })
  }
  for (const tranche of backing > 0n ? tranches : []) {
    burst.call({ to: site.cash, abi: TestToken.abi, name: 'approve', args: [tranche, backing] })
    burst.call({ to: tranche, abi: InsuranceTranche.abi, name: 'deposit', args: [backing, governor] })
  }
  await burst.flush()
}

/** The accounts on the other side of every trade, and behind every shortfall. */
export async function poolAndInsurance(site: EngineSite): Promise<readonly [Address, Address]> {
  const { abi } = ENGINE_ARTEFACTS.MarginEngine
  const read = async (functionName: string): Promise<Address> => {
    const word = await site.chain.rpc.request<string>('eth_call', [
      { to: site.engine, data: encode(abi, functionName) },
      'latest',
    ])
    return getAddress(`0x${word.slice(-40)}`)
  }
  return [await read('pool'), await read('insurance')]
}

const encode = (abi: Abi, functionName: string): Hex => encodeFunctionData({ abi, functionName })

function instrumentsOf({ scenario }: DeployPlan): readonly object[] {
  const feeds = feedsOf(scenario)
  return scenario.instruments.map((one) => ({
    kind: one.kind === 'perpetual' ? 1 : 2,
    markFeed: feedNamed(feeds, one.kind === 'perpetual' ? one.feed : one.name),
    underlyingFeed: feedNamed(feeds, one.feed),
    contingency: one.contingency,
    shocks: one.kind === 'perpetual' ? perpetualShocks(one.shock) : 0n,
  }))
}

function collateralsOf({ scenario }: DeployPlan, vault: VaultPlace): readonly object[] {
  const feeds = feedsOf(scenario)
  return vault.assets.map((asset) => {
    const declared = scenario.assets.find((one) => one.symbol === asset.symbol)
    return {
      mirror: vault.mirror,
      asset: asset.token,
      feed: feedNamed(feeds, declared?.feed ?? ''),
      decimals: asset.decimals,
      haircut: declared?.haircut ?? 0,
      gap: declared?.gapByVault[vault.id] ?? declared?.gap ?? 0,
    }
  })
}

/** A promise to bid stands this long, backed by one minimum bond. */
const RESERVE_SECONDS = 3

function auctionTerms({ scenario: { auction, bonds } }: DeployPlan): object {
  const { startDiscount, discountPerSecond, maxDiscount, target, dust } = auction
  const seconds = {
    bondedSeconds: Math.round(auction.bonded / 1000),
    insolventSeconds: Math.round(auction.insolvent / 1000),
  }
  const reservations = { reserveSeconds: RESERVE_SECONDS, reserveBond: dollars(bonds.minimum) }
  return { startDiscount, discountPerSecond, maxDiscount, target, ...seconds, dust, ...reservations }
}
