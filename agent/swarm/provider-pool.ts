// Reserves of several backers that one operator lends: looks at the vault, opens a line, enforces it when it is breached.
import { setTimeout as sleep } from 'node:timers/promises'
import { type Address, type Hex, keccak256, parseEther, stringToHex, toHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import type { Scenario } from '../../config/scenario.ts'
import { dueOf, isBreached, type Line } from '../domain/credit-line.ts'
import type { AccountId } from '../domain/units.ts'
import { ENGINE_ARTEFACTS, VAULT_ARTEFACTS } from '../suite/contracts.ts'
import { type Burst, type Call, openBurst } from './burst.ts'
import { read } from './calls.ts'
import { dollars, type EngineSite } from './deployment.ts'
import { usd } from './format.ts'
import type { LocalChain } from './local-chain.ts'
import type { PoolRecord } from './record.ts'

/** A pool that lends. Whatever its operator seizes is owed to `beneficiary` on the vault chain. */
export type ProviderPoolDesk = {
  readonly address: Address
  readonly beneficiary: Address
  /** Follows one request to its end. */
  lend(request: Request): Promise<void>
}

/** A line that was asked for, and where its collateral is locked. */
export type Request = {
  readonly line: Line
  readonly signature: Hex
  readonly id: AccountId
  readonly vault: { readonly chain: LocalChain; readonly address: Address; readonly token: Address }
}

/** What the pool is made in. */
export type PoolPlan = {
  readonly scenario: Scenario
  readonly site: EngineSite
  readonly collateral: number
  readonly record: PoolRecord
  readonly report: (who: string, text: string) => void
  readonly signal: AbortSignal
}

/** Deploys the pool, lets its backers in, and sets its limits. */
export async function openProviderPool(plan: PoolPlan): Promise<ProviderPoolDesk | undefined> {
  const { scenario, site, collateral } = plan
  const backers = scenario.lines?.backers
  if (backers === undefined) return undefined
  const operator = await stranger(site.chain, `pool operator ${scenario.seed}`)
  const burst = await openBurst(site.chain, operator, 'interval')
  const address = burst.deploy(Pool, [
    site.authority,
    site.engine,
    site.creditLines,
    operator,
    operator,
    COOLDOWN,
    WINDOW,
  ])
  await burst.flush()
  const desk = deskOf(address, burst)
  for (const [i, amount] of backers.entries()) await back(plan, address, i, dollars(amount))
  const governing = await openBurst(site.chain, site.governor, 'interval')
  const total = backers.reduce((sum, one) => sum + one, 0n)
  governing.call({ to: address, abi: Pool.abi, name: 'setLimits', args: [limitsFor(total)] })
  governing.call({ to: address, abi: Pool.abi, name: 'setCap', args: [collateral, total] })
  await governing.flush()
  plan.record.deposited = dollars(total)
  plan.report('pool', `${backers.length} backers put in ${usd(total)}`)
  return { address, beneficiary: operator, lend: (request) => follow(plan, desk, request) }
}

/** The operator's hand: what it does is mined before it does anything else. */
type Desk = {
  readonly address: Address
  readonly operator: Address
  readonly act: (calls: readonly Call[]) => Promise<void>
}

function deskOf(address: Address, burst: Burst): Desk {
  let last: Promise<void> = Promise.resolve()
  const act = (calls: readonly Call[]): Promise<void> => {
    const turn = async (): Promise<void> => {
      for (const call of calls) burst.call(call)
      await burst.flush()
    }
    last = last.then(turn, turn)
    return last
  }
  return { address, operator: burst.from, act }
}

/** As providers of their own set them: a tenth stays free, lending costs 4 to 12 % a year up to 80 % use. */
const limitsFor = (total: bigint): object => ({
  ...{ reserveRatio: 1_000, perUser: total / 2n },
  curve: { base: 400, slope: 800, steep: 8_800, kink: 8_000 },
})

/** Seconds until a backer may leave, and in which it may. */
const COOLDOWN = 3_600
const WINDOW = 1_800

async function stranger({ rpc }: LocalChain, name: string): Promise<Address> {
  const { address } = privateKeyToAccount(keccak256(stringToHex(name)))
  await rpc.request('anvil_impersonateAccount', [address])
  await rpc.request('anvil_setBalance', [address, toHex(parseEther('100'))])
  return address
}

async function back({ scenario, site }: PoolPlan, pool: Address, index: number, amount: bigint): Promise<void> {
  const backer = await stranger(site.chain, `backer ${scenario.seed} ${index}`)
  const burst = await openBurst(site.chain, backer, 'interval')
  burst.call({ to: site.cash, abi: Token, name: 'mint', args: [backer, amount] })
  burst.call({ to: site.cash, abi: Token, name: 'approve', args: [pool, amount] })
  burst.call({ to: pool, abi: Pool.abi, name: 'deposit', args: [amount, backer] })
  await burst.flush()
}

/** Opens the line once its collateral lies in the vault; looks at it until it is repaid or enforced. */
async function follow(plan: PoolPlan, desk: Desk, { line, signature, id, vault }: Request): Promise<void> {
  const { site, report, signal } = plan
  const pool = { to: desk.address, abi: Pool.abi }
  const locked = { to: vault.address, abi: Vault, name: 'deposited', args: [id, vault.token] }
  while ((await read<bigint>(vault.chain.rpc, locked)) < line.amount) await sleep(LOOK, undefined, { signal })
  await desk.act([{ ...pool, name: 'open', args: [line, signature] }])
  for (; (await stageOf(site, id)) === OPEN; await sleep(LOOK, undefined, { signal })) {
    if (!isBreached(line, await worthOf(site, line))) continue
    await desk.act([{ ...pool, name: 'enforce', args: [line] }])
    report('pool', `enforced a line, ${usd(dueOf(line))} due`)
    await recover(plan, desk, line)
  }
  plan.record.assets = await read(site.chain.rpc, { ...pool, name: 'totalAssets' })
}

/** The operator keeps the collateral for itself and pays what is due for it, penalty and all. */
async function recover({ site }: PoolPlan, { address, operator, act }: Desk, line: Line): Promise<void> {
  const [worth, claim] = [await worthOf(site, line), (dueOf(line) * BigInt(10_000 + line.penalty)) / 10_000n]
  const proceeds = dollars(claim < worth ? claim : worth)
  await act([
    { to: site.cash, abi: Token, name: 'mint', args: [operator, proceeds] },
    { to: site.cash, abi: Token, name: 'approve', args: [address, proceeds] },
    { to: address, abi: Pool.abi, name: 'recover', args: [line, proceeds] },
  ])
}

const worthOf = ({ chain, engine }: EngineSite, { collateral, amount }: Line): Promise<bigint> =>
  read(chain.rpc, { to: engine, abi: Engine, name: 'collateralValue', args: [collateral, amount] })

async function stageOf(site: EngineSite, id: AccountId): Promise<number> {
  const view = { to: site.creditLines, abi: ENGINE_ARTEFACTS.CreditLines.abi, name: 'stateOf', args: [id] }
  return (await read<{ readonly stage: number }>(site.chain.rpc, view)).stage
}

const OPEN = 1
const LOOK = 250
const { ProviderPool: Pool } = ENGINE_ARTEFACTS
const { abi: Engine } = ENGINE_ARTEFACTS.MarginEngine
const { abi: Token } = ENGINE_ARTEFACTS.TestToken
const { abi: Vault } = VAULT_ARTEFACTS.CollateralVault
