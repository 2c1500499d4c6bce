// The agents' executors on every chain, what their operators may call there, and the agents' bonds.
import { type Abi, type Address, encodeFunctionData, maxUint256, parseEther, toHex } from 'viem'
import { invariantBroken } from '../domain/errors.ts'
import type { Source } from '../domain/network.ts'
import type { ChainId } from '../domain/units.ts'
import { permissionsOn } from '../operator/rules.ts'
import { ENGINE_ARTEFACTS, EXECUTOR, VAULT_ARTEFACTS } from '../suite/contracts.ts'
import { selectorOf } from '../suite/selector.ts'
import { partsOf } from '../suite/sources.ts'
import { type Burst, type Mining, openBurst } from './burst.ts'
import {
  type DeployPlan,
  dollars,
  type EngineSite,
  get,
  type Seated,
  type Sites,
  type VaultSite,
} from './deployment.ts'
import type { LocalChain } from './local-chain.ts'
import type { Owners } from './owners.ts'
import type { Seat } from './seats.ts'

/**
 * Deploys every executor first from its chain's owner account, in the same order: equal nonces give one address per agent
 * on all chains. The last executor is the desk that holds the traders' accounts.
 */
export async function seatExecutors(
  plan: DeployPlan,
  sites: Sites,
  owners: ReadonlyMap<ChainId, Owners>,
): Promise<{ readonly seats: Seated[]; readonly desk: Address }> {
  const seatedBy = await Promise.all(
    [...sites.engines, ...sites.vaultChains].map(async (site) => {
      const { owner, trader } = get(owners, site.chain.id)
      const burst = await openBurst(site.chain, owner, 'self')
      const seats = plan.seats.map((seat) => ({ ...seat, executor: deployExecutor(burst, seat.operator) }))
      const desk = deployExecutor(burst, trader)
      for (const seat of seats) arm(burst, site, sites, seat)
      if ('assets' in site) for (const seat of seats) valueTokens(burst, site, plan, seat)
      openDesk(burst, site, sites, desk)
      for (const executor of [desk, ...seats.map((seat) => seat.executor)])
        burst.call({ to: executor, abi: EXECUTOR.abi, name: 'seal', args: [] })
      await Promise.all([burst.flush(), endow(site.chain, plan.seats)])
      await bondAll(plan, site, { seats, mining: 'self' })
      return { seats, desk }
    }),
  )
  const [first] = seatedBy
  if (first === undefined) throw invariantBroken('a scenario without chains has no seats', {})
  return first
}

/**
 * Seats newcomers on chains that mine by themselves. Their executors come from an owner that nobody used before, whose nonces
 * are equal on every chain, and so are their addresses.
 */
export async function seatNewcomers(plan: Seating, sites: Sites, owner: Address): Promise<readonly Seated[]> {
  const seatedBy = await Promise.all(
    [...sites.engines, ...sites.vaultChains].map(async (site) => {
      const { rpc } = site.chain
      await rpc.request('anvil_impersonateAccount', [owner])
      await rpc.request('anvil_setBalance', [owner, toHex(parseEther('1000'))])
      const burst = await openBurst(site.chain, owner, 'interval')
      const seats = plan.seats.map((seat) => ({ ...seat, executor: deployExecutor(burst, seat.operator) }))
      for (const seat of seats) arm(burst, site, sites, seat)
      if ('assets' in site) for (const seat of seats) valueTokens(burst, site, plan, seat)
      for (const { executor } of seats) burst.call({ to: executor, abi: EXECUTOR.abi, name: 'seal', args: [] })
      await Promise.all([burst.flush(), endow(site.chain, plan.seats)])
      await bondAll(plan, site, { seats, mining: 'interval' })
      return seats
    }),
  )
  return seatedBy[0] ?? []
}

/** What of a plan seating needs. */
type Seating = Pick<DeployPlan, 'scenario' | 'seats'>

const TIMELOCK = 3600n

const deployExecutor = (burst: Burst, operator: Address): Address =>
  burst.deploy(EXECUTOR, [burst.from, operator, TIMELOCK])

/** Gives an operator exactly the calls its duties need on a chain. Recipients are pinned to the executor itself. */
function arm(burst: Burst, site: EngineSite | VaultSite, sites: Sites, seat: Seated): void {
  if ('engine' in site) armOnEngine(burst, site, sites, seat)
  else armOnVaults(burst, site, sites, seat)
}

function armOnEngine(burst: Burst, site: EngineSite, sites: Sites, seat: Seated): void {
  const { MarginEngine, CreditLines } = ENGINE_ARTEFACTS
  const { engine, chain, creditLines } = site
  const self = seat.executor
  permit(burst, site, sites, seat)
  for (const vault of sites.vaults.filter((one) => one.engine === chain.id))
    endowProposals(burst, self, vault.vaultSource)
  const owner = (target: Address, abi: Abi, functionName: string, args: readonly unknown[]): void =>
    burst.call({
      to: self,
      abi: EXECUTOR.abi,
      name: 'ownerCall',
      args: [target, encodeFunctionData({ abi, functionName, args })],
    })
  owner(engine, MarginEngine.abi, 'open', [0n, CROSS])
  if (seat.role === 'provider') {
    owner(creditLines, CreditLines.abi, 'setSigner', [seat.operator])
    owner(creditLines, CreditLines.abi, 'setLimits', [lendingLimits(seat)])
    const collaterals = sites.vaults.filter((one) => one.engine === chain.id).flatMap((one) => one.assets)
    for (const { collateral } of collaterals) owner(creditLines, CreditLines.abi, 'setCap', [collateral, seat.capital])
  }
  measure(burst, self, { target: engine, abi: MarginEngine.abi, name: 'cashOf' }, seat.capital * TURNOVER)
}

/** Allows exactly the calls that a seat's duties need on a chain. */
function permit(burst: Burst, { chain }: EngineSite | VaultSite, { engines, vaults }: Sites, seat: Seated): void {
  const ground = { engines: engines.map((one) => ({ ...one, chain: one.chain.id })), vaults }
  for (const { target, selector, pins } of permissionsOn(chain.id, ground, seat)) {
    const args = [target, selector, { allowed: true, pins }]
    burst.call({ to: seat.executor, abi: EXECUTOR.abi, name: 'setRule', args })
  }
}

/** A tenth of the reserves stays free; lending costs 4 to 12 % a year up to 80 % use, and up to 100 % above. */
const lendingLimits = ({ capital }: Seat): object => ({
  reserveRatio: 1_000,
  perUser: capital / 2n,
  curve: { base: 400, slope: 800, steep: 8_800, kink: 8_000 },
})

/** How many times its capital an executor may spend in an hour: an hour of market is a minute and a half of compressed time. */
const TURNOVER = 20n

function armOnVaults(burst: Burst, site: VaultSite, sites: Sites, seat: Seated): void {
  const self = seat.executor
  permit(burst, site, sites, seat)
  for (const vault of sites.vaults.filter((one) => one.chain === site.chain.id))
    endowProposals(burst, self, vault.engineSource)
  measure(
    burst,
    self,
    { target: site.dollar, abi: VAULT_ARTEFACTS.TestToken.abi, name: 'balanceOf' },
    dollars(seat.capital),
  )
}

/** What an operator sells below half the opening price counts against its cap: a crash fits above, a theft does not. */
function valueTokens(burst: Burst, { assets }: VaultSite, { scenario }: Seating, { executor }: Seated): void {
  for (const { token, decimals, feed } of assets) {
    const start = scenario.feeds.find(({ name }) => name === feed)?.start ?? 0n
    const price = (start * 10n ** BigInt(18 - decimals)) / (2n * PRICE_PER_DOLLAR)
    burst.call({ to: executor, abi: EXECUTOR.abi, name: 'setValue', args: [token, price] })
  }
}

/** Prices have eight decimals, the measure's dollars six. */
const PRICE_PER_DOLLAR = 100n

/** The traders' desk may open, fund and trade accounts, and lock collateral. */
function openDesk(burst: Burst, site: EngineSite | VaultSite, sites: Sites, desk: Address): void {
  const allow = rules(burst, desk)
  const { MarginEngine, TestToken, PriceBook } = ENGINE_ARTEFACTS
  const token = 'engine' in site ? site.cash : site.dollar
  measure(burst, desk, { target: token, abi: TestToken.abi, name: 'balanceOf' }, parseEther('1000000000'))
  if ('engine' in site) {
    allow(site.cash, TestToken.abi, 'approve')
    allow(site.priceBook, PriceBook.abi, 'push')
    for (const call of ['open', 'depositCash', 'trade', 'closeAll', 'withdrawCollateral'])
      allow(site.engine, MarginEngine.abi, call)
    return
  }
  for (const asset of site.assets) allow(asset.token, TestToken.abi, 'approve')
  for (const vault of sites.vaults.filter((one) => one.chain === site.chain.id)) {
    allow(vault.vault, VAULT_ARTEFACTS.CollateralVault.abi, 'deposit')
  }
}

const CROSS = 2

/** Bond tokens for a dozen proposals to each optimistic source, which nobody but that source may take. */
function endowProposals(burst: Burst, executor: Address, source: Source): void {
  const { abi } = ENGINE_ARTEFACTS.TestToken
  for (const one of partsOf(source)) {
    if (one.kind !== 'optimistic') continue
    const approval = encodeFunctionData({ abi, functionName: 'approve', args: [one.at, maxUint256] })
    burst.call({ to: one.bondToken, abi, name: 'mint', args: [executor, 12n * one.bond] })
    burst.call({ to: executor, abi: EXECUTOR.abi, name: 'ownerCall', args: [one.bondToken, approval] })
  }
}

/** Lets the desk's operator call a function whatever its arguments. */
const rules =
  (burst: Burst, executor: Address) =>
  (target: Address, abi: Abi, name: string): void => {
    const rule = { allowed: true, pins: [] }
    burst.call({ to: executor, abi: EXECUTOR.abi, name: 'setRule', args: [target, selectorOf(abi, name), rule] })
  }

type Measure = { readonly target: Address; readonly abi: Abi; readonly name: string }

/** What the executor's floor and hourly cap are taken on: a view of its own address. */
function measure(burst: Burst, executor: Address, { target, abi, name }: Measure, hourlyCap: bigint): void {
  const reading = encodeFunctionData({ abi, functionName: name, args: [executor] })
  burst.call({ to: executor, abi: EXECUTOR.abi, name: 'setMeasure', args: [target, reading] })
  burst.call({ to: executor, abi: EXECUTOR.abi, name: 'setHourlyCap', args: [hourlyCap] })
}

/** Native coin for the operators' gas. */
const endow = async (chain: LocalChain, seats: readonly Seat[]): Promise<void> => {
  const params = (seat: Seat): readonly unknown[] => [seat.operator, toHex(parseEther('1000'))]
  await chain.rpc.batch(seats.map((seat) => ({ method: 'anvil_setBalance', params: params(seat) })))
}

/** Bonds the attestors by their signing address, and every bidder's executor for the first seconds of an auction. */
async function bondAll(
  plan: Seating,
  site: EngineSite | VaultSite,
  { seats, mining }: { readonly seats: readonly Seated[]; readonly mining: Mining },
): Promise<void> {
  const burst = await openBurst(site.chain, site.governor, mining)
  const token = 'engine' in site ? site.cash : site.dollar
  const bond = dollars(plan.scenario.bonds.minimum) * 2n
  const attestors = seats.filter((seat) => seat.attest).map((seat) => seat.operator)
  const bonded = [...attestors, ...seats.filter((seat) => seat.role === 'bidder').map((seat) => seat.executor)]
  const total = bond * BigInt(bonded.length)
  const { TestToken, AgentRegistry } = ENGINE_ARTEFACTS
  burst.call({ to: token, abi: TestToken.abi, name: 'mint', args: [site.governor, total] })
  burst.call({ to: token, abi: TestToken.abi, name: 'approve', args: [site.registry, total] })
  for (const agent of bonded)
    burst.call({ to: site.registry, abi: AgentRegistry.abi, name: 'bond', args: [agent, bond] })
  for (const agent of attestors)
    burst.call({ to: site.registry, abi: AgentRegistry.abi, name: 'setAttestor', args: [agent, true] })
  await burst.flush()
}
