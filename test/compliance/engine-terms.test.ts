// What time does to instruments reaches the agent: funding that accrued since the terms were read, and in whose position.
import { type Address, encodeFunctionData, type Hex, toHex } from 'viem'
import { readContract } from 'viem/actions'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { marginEngineAbi } from '../../agent/adapters/chain/abi/margin-engine.ts'
import { systemClock } from '../../agent/adapters/clock/system-clock.ts'
import { proveState } from '../../agent/adapters/gossip/state-proof.ts'
import { millis, wad } from '../../agent/domain/units.ts'
import { margin } from '../../agent/maths/margin.ts'
import { degradedFrom, quorumPrices } from '../../agent/maths/oracle.ts'
import { nameTraders, openAccounts, type Trader } from '../../agent/swarm/traders.ts'
import { type LocalNetwork, startLocalNetwork } from '../support/local-network.ts'
import { accountsNow, playOn, type Seat } from '../support/seat.ts'
import { ETHER } from '../support/settlement.ts'

const never = new AbortController().signal
let network: LocalNetwork
let agent: Seat
let trader: Trader

beforeAll(async () => {
  network = await startLocalNetwork()
  agent = await playOn(network).takeSeat(0)
  // A perpetual on ETH marked at the price of BTC: as dear a premium as there can be.
  await govern('listInstrument', [{ kind: 1, markFeed: 1, underlyingFeed: 0, contingency: 100, shocks: 0n }])
  await govern('setMaxFunding', [LISTED, 1_000])
  await network.push(await network.batches(-1))
  const plan = { engine: 'engine', salt: 1n, mode: 'cross', cash: wad(100_000n * ETHER), credit: [] } as const
  const [named] = await nameTraders(network.deployment, [
    { ...plan, positions: [{ instrument: LISTED, size: wad(ETHER) }] },
  ])
  if (!named) throw new Error('the trader has no name')
  trader = named
})

afterAll(async () => {
  await Promise.all((agent?.links ?? []).map((link) => link.close()))
  await network?.stop()
})

/** The scenario lists six. */
const LISTED = 6

test('funding that accrued is in the terms, and an event says to read them again', async () => {
  expect((await agent.engine.terms()).instruments.at(LISTED)).not.toHaveProperty('fundingIndex')
  await accrueLater()
  const from = (await agent.engine.latest()).number
  await govern('accrueFunding', [LISTED])
  const { terms } = await agent.engine.events(from, (await agent.engine.latest()).number)
  expect(terms).toBe(true)
  expect((await agent.engine.terms()).instruments.at(LISTED)?.fundingIndex).toBeGreaterThan(0n)
}, 60_000)

test('what a position has paid up to is the same by our own node and by proof', async () => {
  await openAccounts(network.deployment, [trader])
  const [account] = await accountsNow(agent, [trader.account])
  const index = (await agent.engine.terms()).instruments.at(LISTED)?.fundingIndex
  expect(account?.positions).toEqual([{ instrument: LISTED, size: ETHER, entryFunding: index }])
  if (!account) throw new Error('the account is not there')
  const proven = await proveState(
    await agent.engine.provenState(account, account.anchor.number),
    network.deployment.network,
  )
  expect(proven).toMatchObject({ kind: 'proven', account: { positions: account.positions } })
}, 60_000)

test('a jump that only the bare quorum confirms counts at its worse edge, here as on chain', async () => {
  await network.push(await network.batches(-1))
  const [terms, anchors] = await Promise.all([agent.engine.terms(), agent.engine.anchors([0, 1])])
  const [account] = await accountsNow(agent, [trader.account])
  const jump = (await network.batches(60_000)).slice(0, terms.priceQuorum)
  if (!account) throw new Error('the account is not there')
  const prices = quorumPrices(jump)
  await network.push(jump)
  const asked = { address: network.deployment.network.engines[0]?.engine ?? '0x', abi: marginEngineAbi } as const
  const [link] = agent.links
  const said = await link?.rpc.ask((node) =>
    readContract(node, { ...asked, functionName: 'margin', args: [trader.account] }),
  )
  expect(margin(account, terms, degradedFrom(prices, anchors))).toEqual(said)
  expect(margin(account, terms, prices)).not.toEqual(said)
  // The jump is no anchor: repeated it is one again.
  expect((await agent.engine.anchors([0, 1])).prices).toEqual(new Map([0, 1].map((feed) => [feed, undefined])))
}, 60_000)

const accrueLater = async (): Promise<void> => {
  await systemClock.sleep(millis(3_000), never)
  await network.push(await network.batches(-1))
}

/** A call of the governor, who is the node's first account. */
async function govern(functionName: 'listInstrument' | 'setMaxFunding' | 'accrueFunding', args: readonly unknown[]) {
  const { rpc } = network.engine
  const [from] = await rpc.request<readonly Address[]>('eth_accounts')
  const data = encodeFunctionData({ abi: marginEngineAbi, functionName, args } as Parameters<
    typeof encodeFunctionData
  >[0])
  const fees = {
    gas: toHex(2_000_000n),
    maxFeePerGas: toHex(2_000_000_000n),
    maxPriorityFeePerGas: toHex(2_000_000_000n),
  }
  const to = network.deployment.engines[0]?.engine
  const hash = await rpc.request<Hex>('eth_sendTransaction', [{ from, to, data, ...fees }])
  for (;;) {
    const receipt = await rpc.request<{ status: Hex } | null>('eth_getTransactionReceipt', [hash])
    if (receipt?.status === '0x1') return
    if (receipt) throw new Error(`${functionName} was refused`)
    await systemClock.sleep(millis(100), never)
  }
}
