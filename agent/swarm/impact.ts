// Seizure sales move the market: a share of what each does to its pool stays in everybody's price.
import { setTimeout as sleep } from 'node:timers/promises'
import { type Abi, type Address, decodeEventLog, type Hex, parseAbi, toHex } from 'viem'
import type { Scenario } from '../../config/scenario.ts'
import type { FeedId } from '../domain/units.ts'
import { feedNamed } from '../simulator/scenario/feeds.ts'
import type { Market } from '../simulator/scenario/market.ts'
import { VAULT_ARTEFACTS } from '../suite/contracts.ts'
import { read } from './calls.ts'
import type { AssetSite, VaultSite } from './deployment.ts'
import { ownersOf } from './owners.ts'

/** What moves when somebody sells. */
export type Impact = {
  readonly scenario: Scenario
  readonly market: Market
  /** Multiplies a feed's price from a market time on. */
  readonly move: (shift: {
    readonly feed: FeedId
    readonly factor: number
    readonly from: number
    readonly over: number
  }) => void
  readonly at: () => number
  readonly report: (text: string) => void
  readonly signal: AbortSignal
}

/** Follows the pools of a vault chain until the signal fires. Arbitrage is no seizure. */
export async function followSales(site: VaultSite, impact: Impact): Promise<void> {
  const share = impact.scenario.prices.impact / 10_000
  if (share === 0) return
  const { arbitrageur } = await ownersOf(site.chain)
  for (
    let next = 0n;
    !impact.signal.aborted;
    await sleep(LOOK, undefined, { signal: impact.signal }).catch(() => undefined)
  ) {
    const tip = BigInt(await site.chain.rpc.request<Hex>('eth_blockNumber'))
    if (next > 0n && tip >= next)
      for (const asset of site.assets) await pass(site, asset, { impact, share, arbitrageur, from: next, to: tip })
    next = tip + 1n
  }
}

const LOOK = 250

type Passing = {
  readonly impact: Impact
  readonly share: number
  readonly arbitrageur: Address
  readonly from: bigint
  readonly to: bigint
}

/** A constant-product pool that takes `sold` on top of `held` falls to the square of held over both. */
async function pass(
  site: VaultSite,
  asset: AssetSite,
  { impact, share, arbitrageur, from, to }: Passing,
): Promise<void> {
  const filter = { address: asset.pair, topics: [SWAP], fromBlock: toHex(from), toBlock: toHex(to) }
  const logs = await site.chain.rpc.request<readonly Log[]>('eth_getLogs', [filter])
  const token0 = await read<Address>(site.chain.rpc, { to: asset.pair, abi: PAIR as Abi, name: 'token0' })
  const first = token0.toLowerCase() === asset.token.toLowerCase()
  const sold = logs.map(swapIn).filter(({ to: taker }) => taker.toLowerCase() !== arbitrageur.toLowerCase())
  const amount = sold.reduce((sum, one) => sum + (first ? one.amount0In : one.amount1In), 0n)
  if (amount === 0n) return
  const [one, other] = await read<readonly [bigint, bigint, number]>(site.chain.rpc, {
    ...{ to: asset.pair, abi: PAIR as Abi, name: 'getReserves' },
  })
  const held = Number(first ? one : other)
  const factor = (held / (held + Number(amount))) ** (2 * share)
  impact.move({ feed: feedNamed(impact.market.feeds, asset.feed), factor, from: impact.at(), over: SETTLE })
  impact.report(`${asset.symbol} ${((factor - 1) * 100).toFixed(2)} % by sales of seized collateral`)
}

/** Milliseconds until a sale is in everybody's price. */
const SETTLE = 500
const { abi: PAIR } = VAULT_ARTEFACTS.Pair
const EVENT = parseAbi([
  'event Swap(address indexed sender, uint256 amount0In, uint256 amount1In, uint256 amount0Out, uint256 amount1Out, address indexed to)',
])
/** keccak256 of the signature of Uniswap v2's Swap. */
const SWAP: Hex = '0xd78ad95fa46c994b6551d0da85fc275fe613ce37657fb8d5e3d130840159d822'

type Log = { readonly topics: [Hex, ...Hex[]]; readonly data: Hex }

const swapIn = ({ topics, data }: Log) => decodeEventLog({ abi: EVENT, topics, data, eventName: 'Swap' }).args
