// Risk parameters from the model to the chain: a route whose tail fattens asks more margin of the accounts on it.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeFunctionData, type Hex, keccak256, toHex } from 'viem'
import { privateKeyToAddress } from 'viem/accounts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { accessManagerAbi } from '../../agent/adapters/chain/abi/access-manager.ts'
import type { Network } from '../../agent/domain/network.ts'
import { millis, wad } from '../../agent/domain/units.ts'
import { creditedSlot } from '../../agent/maths/slots.ts'
import { publishRisk } from '../../agent/runtime/publish.ts'
import { ENGINE_ARTEFACTS } from '../../agent/suite/contracts.ts'
import { readAll } from '../../agent/swarm/calls.ts'
import { ownersOf } from '../../agent/swarm/owners.ts'
import { nameTraders, openAccounts, type Trader, tradeOnCredit } from '../../agent/swarm/traders.ts'
import { agentConfig } from '../../config/schema.ts'
import { temporaryFolder } from '../support/config-file.ts'
import { type LocalNetwork, startLocalNetwork } from '../support/local-network.ts'
import { ETHER, long } from '../support/settlement.ts'

const OFFICER: Hex = `0x${'42'.repeat(32)}`
const PUBLISHER_ROLE = 2n
const never = new AbortController().signal
let local: LocalNetwork
let trader: Trader

beforeAll(async () => {
  local = await startLocalNetwork()
  await hireOfficer()
  const [named] = await nameTraders(local.deployment, [
    { ...long(1n), positions: [{ instrument: 0, size: wad(9n * ETHER) }] },
  ])
  if (!named) throw new Error('nobody trades')
  trader = named
  await openAccounts(local.deployment, [trader])
  await credit(trader)
  await local.push(await local.batches(0))
  await tradeOnCredit(local.deployment, [trader])
}, 60_000)
afterAll(() => local?.stop())

test('shown and not sent unless told to', async () => {
  const steps = await publish(local.deployment.network, false)
  expect(steps.map(({ symbol, vault, act, tx }) => ({ symbol, vault, act, tx }))).toEqual([
    { symbol: 'WETH', vault: 'vault-fast', act: 'propose', tx: undefined },
    { symbol: 'WBTC', vault: 'vault-fast', act: 'propose', tx: undefined },
    { symbol: 'WETH', vault: 'vault-slow', act: 'propose', tx: undefined },
    { symbol: 'WBTC', vault: 'vault-slow', act: 'propose', tx: undefined },
  ])
  for (const { to, target, why } of steps) {
    expect(to).toEqual(target)
    expect(target).toEqual({ gap: why.gap, premium: why.premium, fee: why.fee })
  }
  expect(steps[2]?.target.gap).toBeGreaterThan(steps[0]?.target.gap ?? 0)
  expect(await publish(local.deployment.network, false)).toEqual(
    steps.map((step) => ({ ...step, readyAt: expect.any(Number) })),
  )
})

test('collateral on a route whose tail fattens carries less margin on chain', async () => {
  await enacted(local.deployment.network)
  const before = await marginOf(trader)
  expect(before.equity).toBeGreaterThan(before.initial)
  const steps = await enacted(fattened(local.deployment.network, 'vault-fast'))
  const after = await marginOf(trader)
  expect(after.netValue).toBe(before.netValue)
  expect(after.mark).toBe(before.mark)
  const [fast] = steps
  if (fast === undefined) throw new Error('nothing was published')
  expect(fast.to.gap).toBeGreaterThan(fast.from.gap)
  // Half of the collateral lies on that route; each part is rounded down by itself.
  const expected = ((before.mark - before.netValue) * BigInt(fast.to.gap - fast.from.gap)) / 20_000n
  expect(before.equity - after.equity).toBeGreaterThanOrEqual(expected - 1n)
  expect(before.equity - after.equity).toBeLessThanOrEqual(expected + 1n)
  // What must be locked for the same positions, at the value that counts, for maintenance and to open them.
  for (const margin of ['maintenance', 'initial'] as const)
    expect(locked(after, margin)).toBeGreaterThan(locked(before, margin))
  expect(after.equity - BigInt(after.maintenance)).toBeLessThan(before.equity - BigInt(before.maintenance))
}, 60_000)

test('a proposal waits for its time and is enacted by the next run', async () => {
  const network = fattened(local.deployment.network, 'vault-slow')
  const proposed = await publish(network, true)
  const sent = proposed.filter(({ act }) => act === 'propose')
  expect(sent.map(({ vault }) => vault)).toContain('vault-slow')
  for (const { tx } of sent) expect(tx).toMatch(/^0x[0-9a-f]{64}$/)
  const waiting = await publish(network, true)
  expect(new Set(waiting.map(({ act }) => act))).toEqual(new Set(['wait']))
  await pass(6)
  expect(new Set((await publish(network, true)).map(({ act }) => act))).toEqual(new Set(['enact']))
  expect(new Set((await publish(network, true)).map(({ act }) => act))).toEqual(new Set(['nothing']))
}, 60_000)

test('a key without the role publishes nothing', async () => {
  const key: Hex = `0x${'43'.repeat(32)}`
  await fund(key)
  const strange = publish(fattened(local.deployment.network, 'vault-fast'), true, key)
  await expect(strange).rejects.toMatchObject({
    code: 'E_RISK_REFUSED',
    message: expect.stringContaining('ACCESS_MANAGED'),
  })
}, 30_000)

/** The route is stuck five times as often, and for hours. */
function fattened(network: Network, id: string): Network {
  const vaults = network.vaults.map((vault) =>
    vault.id === id
      ? { ...vault, latency: { ...vault.latency, stuckOdds: 0.05, stuckMedian: millis(14_400_000) } }
      : vault,
  )
  return { ...network, vaults }
}

/** Publishes, waits out the delay, enacts; answers what was proposed. */
async function enacted(network: Network) {
  const proposed = await publish(network, true)
  await pass(6)
  await publish(network, true)
  await local.push(await local.batches(0))
  return proposed
}

function publish(network: Network, live: boolean, key: Hex = OFFICER) {
  const folder = temporaryFolder()
  const operator = join(folder, 'operator.key')
  writeFileSync(operator, key, { mode: 0o600 })
  const executor = local.deployment.desk
  const config = agentConfig.parse({
    network: 'network.json',
    dataDir: join(folder, 'data'),
    keys: { operator, signer: 'inline' },
    chains: [{ id: 31_337, rpc: [local.engine.url], executor }],
  })
  const model = { type: 'kou', sigma: 0.65, lambda: 400, p: 0.4, eta1: 120, eta2: 80 } as const
  const terms = { level: 0.99, bidPrice: 0.1, turnover: 4, failures: 0 }
  return publishRisk({ config, network, model, terms, live }, never)
}

type Margin = {
  readonly equity: bigint
  readonly netValue: bigint
  readonly mark: bigint
  readonly maintenance: bigint
  readonly initial: bigint
}

async function marginOf({ account, site }: Trader): Promise<Margin> {
  const view = { to: site.engine, abi: ENGINE_ARTEFACTS.MarginEngine.abi, name: 'margin', args: [account] }
  const [found] = await readAll<Margin>(site.chain.rpc, [view])
  if (!found) throw new Error('no margin')
  return found
}

/** Full value of collateral that just meets a margin, at the haircuts in force, in whole dollars. */
function locked({ equity, netValue, mark, ...margins }: Margin, which: 'maintenance' | 'initial'): number {
  const counted = Number(equity - netValue) / Number(mark - netValue)
  return Math.round(Number(margins[which] - netValue) / counted / 1e18)
}

/** The chain's clock goes on; nobody sleeps. */
async function pass(seconds: number): Promise<void> {
  await local.engine.rpc.request('evm_increaseTime', [seconds])
  await local.engine.rpc.request('evm_mine', [])
}

async function hireOfficer(): Promise<void> {
  await fund(OFFICER)
  const [site] = local.deployment.engines
  const { governor } = await ownersOf(local.engine)
  const args = [PUBLISHER_ROLE, privateKeyToAddress(OFFICER), 0] as const
  const data = encodeFunctionData({ abi: accessManagerAbi, functionName: 'grantRole', args })
  await local.engine.rpc.request('eth_sendTransaction', [{ from: governor, to: site?.authority, data }])
  await local.engine.rpc.request('evm_mine', [])
}

const fund = (key: Hex): Promise<unknown> =>
  local.engine.rpc.request('anvil_setBalance', [privateKeyToAddress(key), toHex(10n ** 20n)])

/** Two WETH on each route, as if proven. */
async function credit({ account }: Trader): Promise<void> {
  for (const vault of local.deployment.network.vaults) {
    const [asset] = vault.assets
    if (!asset) throw new Error('a vault lists nothing')
    const slot = creditedSlot(account, asset.token, keccak256)
    await local.engine.rpc.request('anvil_setStorageAt', [vault.mirror, slot, toHex(2n * ETHER, { size: 32 })])
  }
}
