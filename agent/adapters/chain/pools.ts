// What the pools of a vault's chain pay for its collateral: the middle price of constant-product pairs (Uniswap v2).
import { type Address, parseAbi } from 'viem'
import { readContract } from 'viem/actions'
import type { AssetDeployment, VaultDeployment } from '../../domain/network.ts'
import { type Price, price } from '../../domain/units.ts'
import { mulDivDown } from '../../maths/fixed-point.ts'
import type { PoolPrices } from '../../ports/chain.ts'
import type { ChainLink } from './link.ts'
import { nodeFailure } from './rpc.ts'

/** Prices of every asset as of the newest block, by agreement. An empty pool, and what is no such pool, has none. */
export async function poolPrices(
  { rpc, reader }: ChainLink,
  { assets, dollar, dollarDecimals }: VaultDeployment,
): Promise<PoolPrices> {
  const { number } = await reader.latest()
  const reserves = await rpc.gather((node) =>
    Promise.all(
      assets.map(({ pair }) =>
        readContract(node, { address: pair, abi: PAIR, functionName: 'getReserves', blockNumber: number }).catch(
          noPair,
        ),
      ),
    ),
  )
  const prices = assets.flatMap((asset, i) => {
    const [first, second] = reserves[i] ?? [0n, 0n]
    const [tokens, dollars] = isFirst(asset.token, dollar) ? [first, second] : [second, first]
    const paid = tokens === 0n ? undefined : priceOf(asset, { tokens, dollars, dollarDecimals })
    return paid === undefined ? [] : [{ collateral: asset.collateral, price: paid }]
  })
  return { number, prices }
}

/** The node answered, and it is no pair that stands there. */
function noPair(error: unknown): undefined {
  if (nodeFailure(error) !== undefined) throw error
}

/** Uniswap v2 core, IUniswapV2Pair. */
const PAIR = parseAbi([
  'function getReserves() view returns (uint112 reserve0, uint112 reserve1, uint32 blockTimestampLast)',
])

/** A pair holds its tokens in the order of their addresses. */
const isFirst = (token: Address, other: Address): boolean => BigInt(token) < BigInt(other)

type Reserves = { readonly tokens: bigint; readonly dollars: bigint; readonly dollarDecimals: number }

/** Dollars per whole token, with eight decimals; undefined when it is too small for one. */
function priceOf({ decimals }: AssetDeployment, { tokens, dollars, dollarDecimals }: Reserves): Price | undefined {
  const raw = mulDivDown(dollars * 10n ** 8n, 10n ** BigInt(decimals), tokens * 10n ** BigInt(dollarDecimals))
  return raw === 0n ? undefined : price(raw)
}
