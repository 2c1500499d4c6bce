// What a redemption claims and sells, asset by asset.
import { type Address, erc20Abi, type Hex, parseAbi } from 'viem'
import { readContract } from 'viem/actions'
import { max, min } from '../../maths/fixed-point.ts'
import { collateralVaultAbi } from './abi/collateral-vault.ts'
import { type Act, act } from './executor-call.ts'
import type { Redemption, Seller } from './redemption.ts'

/** One asset: what the vault still pays on this proof, and what is sold. Amounts in the asset's units. */
export type Lot = {
  readonly asset: Address
  readonly pending: bigint
  readonly sold: bigint
  readonly evidence: Hex
}

/** What the vault can be shown: `owed` of each asset, and the evidence of it. */
export type Shown = {
  readonly assets: readonly Address[]
  readonly values: readonly bigint[]
  readonly evidence: readonly Hex[]
}

/** The assets of the claims that have anything left to claim or to sell. */
export async function readLots(
  { link, deployment, executor }: Seller,
  { claims }: Redemption,
  { assets, values, evidence }: Shown,
): Promise<readonly Lot[]> {
  const vault = { address: deployment.vault, abi: collateralVaultAbi, functionName: 'claimed' } as const
  const state = await link.rpc.gather((node) =>
    Promise.all(
      assets.map(async (asset) => {
        const [claimed, held] = await Promise.all([
          readContract(node, { ...vault, args: [executor, asset] }),
          readContract(node, { address: asset, abi: erc20Abi, functionName: 'balanceOf', args: [executor] }),
        ])
        return { asset, claimed, held }
      }),
    ),
  )
  return state.flatMap(({ asset, claimed, held }, i) => {
    const pending = max((values[i] ?? 0n) - claimed, 0n)
    const sold = min(held + pending, max(pending, claimedBy(claims, asset)))
    return sold > 0n ? [{ asset, pending, sold, evidence: evidence[i] ?? '0x' }] : []
  })
}

/** Nothing pending means that somebody relayed the claim for us: then only the sale is left. */
export function claimActs({ deployment, executor }: Seller, { asset, pending, evidence }: Lot): readonly Act[] {
  if (pending === 0n) return []
  const args = [executor, asset, evidence] as const
  return [act(deployment.vault, { abi: collateralVaultAbi, functionName: 'claim', args })]
}

/** The floor of the whole call guards the price, so that a swap needs no minimum of its own. */
export function saleActs({ deployment, executor, link }: Seller, { asset, sold }: Lot): readonly Act[] {
  const { router, dollar } = deployment
  const deadline = BigInt(Math.floor(link.clock.now() / 1_000)) + 600n
  const args = [sold, 0n, [asset, dollar], executor, deadline] as const
  return [
    act(asset, { abi: erc20Abi, functionName: 'approve', args: [router, sold] }),
    act(router, { abi: ROUTER, functionName: 'swapExactTokensForTokens', args }),
  ]
}

/** Uniswap v2 periphery, IUniswapV2Router01. */
const ROUTER = parseAbi([
  'function swapExactTokensForTokens(uint256 amountIn, uint256 amountOutMin, address[] path, address to, uint256 deadline) returns (uint256[] amounts)',
])

const claimedBy = (claims: Redemption['claims'], asset: Address): bigint =>
  claims.reduce((sum, claim) => (claim.asset === asset ? sum + claim.amount : sum), 0n)
