// What a redemption claims and sells, asset by asset.
import { type Address, erc20Abi, type Hex, parseAbi } from 'viem'
import { readContract } from 'viem/actions'
import type { Claim } from '../../domain/liquidation.ts'
import { max, min } from '../../maths/fixed-point.ts'
import type { Amount } from '../../ports/chain.ts'
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

/** What is left of a redemption: what is sold, and the claims that it is of. */
export type Left = { readonly lots: readonly Lot[]; readonly claims: readonly Claim[] }

/** The assets of the claims that have anything left to claim or to sell. */
export async function readLots(
  { link, deployment, executor }: Seller,
  { claims }: Redemption,
  { assets, values, evidence }: Shown,
): Promise<Left> {
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
  const left = state.map(({ asset, claimed, held }, i) => {
    const pending = max((values[i] ?? 0n) - claimed, 0n)
    const open = unpaidAmong(claims, { asset, amount: held + pending }, pending > 0n)
    // What is owed beyond the claims is sold with them: a proof pays it all.
    const sold = min(held + pending, max(pending, sumOf(open)))
    return { claims: open, lot: { asset, pending, sold, evidence: evidence[i] ?? '0x' } }
  })
  return {
    lots: left.map(({ lot }) => lot).filter(({ sold }) => sold > 0n),
    claims: left.flatMap((one) => one.claims),
  }
}

/**
 * The claims on an asset that what is left of it is for. A proof pays all that is owed up to its block, so that older claims
 * were paid first: what is left is the newest. `some`: it is for one of them in any case.
 */
function unpaidAmong(claims: readonly Claim[], { asset, amount }: Amount, some: boolean): readonly Claim[] {
  let left = amount
  const newestFirst = claims.filter((claim) => same(claim.asset, asset)).sort(byBlock)
  const open = newestFirst.filter((claim) => {
    if (claim.amount > left) return false
    left -= claim.amount
    return true
  })
  return open.length === 0 && some ? newestFirst.slice(0, 1) : open
}

/** The claims that a sale was of by what the vault paid in it; all of them where somebody else had relayed them. */
export const paidBy = (received: readonly Amount[], claims: readonly Claim[]): readonly Claim[] =>
  received.length === 0 ? claims : received.flatMap((one) => unpaidAmong(claims, one, true))

const byBlock = (a: Claim, b: Claim): number => Number(b.openedIn.number - a.openedIn.number)

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

const sumOf = (claims: readonly Claim[]): bigint => claims.reduce((sum, { amount }) => sum + amount, 0n)
const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
