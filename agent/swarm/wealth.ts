// What an agent holds on all chains: the difference of two such looks is its P&L, whatever it says itself.
import type { Abi, Address, Hex } from 'viem'
import type { FeedId } from '../domain/units.ts'
import { collateralValueDown } from '../maths/margin.ts'
import { feedNamed } from '../simulator/scenario/feeds.ts'
import { asPrice, type Market } from '../simulator/scenario/market.ts'
import { ENGINE_ARTEFACTS } from '../suite/contracts.ts'
import { readAll } from './calls.ts'
import type { Deployment, Seated } from './deployment.ts'
import type { Rpc } from './rpc.ts'

/** Engine cash and dollars in wad; native coin in wei; tokens in their own units. */
export type Holding = {
  readonly dollars: bigint
  readonly coins: bigint
  readonly tokens: readonly { readonly feed: FeedId; readonly decimals: number; readonly amount: bigint }[]
}

/** What every seat holds now, by name. */
export async function holdingsOf(deployment: Deployment, market: Market): Promise<ReadonlyMap<string, Holding>> {
  const entries = deployment.seats.map(async (seat) => [seat.name, await holdingOf(deployment, market, seat)] as const)
  return new Map(await Promise.all(entries))
}

/** The change between two looks in dollars, tokens and gas valued at one moment of the market. */
export function gain(before: Holding, after: Holding, market: Market, at: number): bigint {
  const native = asPrice(market.spot(0, at))
  const spent = before.coins - after.coins
  const gas = spent >= 0n ? -collateralValueDown(spent, 18, native) : collateralValueDown(-spent, 18, native)
  const tokens = after.tokens.map(({ feed, decimals, amount }, i) => {
    return collateralValueDown(amount - (before.tokens[i]?.amount ?? 0n), decimals, asPrice(market.spot(feed, at)))
  })
  return after.dollars - before.dollars + gas + tokens.reduce((sum, one) => sum + one, 0n)
}

async function holdingOf(deployment: Deployment, market: Market, seat: Seated): Promise<Holding> {
  const engines = await Promise.all(
    deployment.engines.map(async (site) => ({
      dollars: await netValueOf(site.chain.rpc, site.engine, seat.executor),
      coins: await coinsOf(site.chain.rpc, seat.operator),
    })),
  )
  const vaults = await Promise.all(
    deployment.vaultChains.map(async (site) => {
      const held = await balances(site.chain.rpc, seat.executor, [
        site.dollar,
        ...site.assets.map((asset) => asset.token),
      ])
      const tokens = site.assets.map(({ feed, decimals }, i) => ({
        feed: feedNamed(market.feeds, feed),
        decimals,
        amount: held[i + 1] ?? 0n,
      }))
      return { dollars: (held[0] ?? 0n) * 10n ** 12n, coins: await coinsOf(site.chain.rpc, seat.operator), tokens }
    }),
  )
  const all = [...engines, ...vaults]
  return {
    dollars: all.reduce((sum, one) => sum + one.dollars, 0n),
    coins: all.reduce((sum, one) => sum + one.coins, 0n),
    tokens: vaults.flatMap((one) => one.tokens),
  }
}

const { abi: Engine } = ENGINE_ARTEFACTS.MarginEngine
const { abi: Token } = ENGINE_ARTEFACTS.TestToken

/** Mark of the agent's own account: its cash, and inherited positions if it kept any. */
async function netValueOf(rpc: Rpc, engine: Address, account: Address): Promise<bigint> {
  const [margin] = await readAll<{ readonly netValue: bigint }>(rpc, [
    { to: engine, abi: Engine as Abi, name: 'margin', args: [account] },
  ])
  return margin?.netValue ?? 0n
}

const balances = (rpc: Rpc, holder: Address, tokens: readonly Address[]): Promise<readonly bigint[]> =>
  readAll<bigint>(
    rpc,
    tokens.map((to) => ({ to, abi: Token, name: 'balanceOf', args: [holder] })),
  )

const coinsOf = async (rpc: Rpc, who: Address): Promise<bigint> =>
  BigInt(await rpc.request<Hex>('eth_getBalance', [who, 'latest']))
