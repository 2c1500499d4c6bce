// A vault chain on paper: claims come home over the real route's roots and delays, and are sold at the real pool's prices.
import { type Address, keccak256, parseAbi, stringToHex } from 'viem'
import { readContract } from 'viem/actions'
import type { Claim } from '../../domain/liquidation.ts'
import { delayOf, type VaultDeployment } from '../../domain/network.ts'
import { type Wad, wad } from '../../domain/units.ts'
import type { Amount, Basis, ClaimStep, VaultChain } from '../../ports/chain.ts'
import { rootOracleAbi } from './abi/root-oracle.ts'
import { gasPrice, nextBlock, type Paper } from './paper-engine.ts'
import type { Redemption } from './redemption.ts'
import { type Ground, secondsNow, type Witness } from './sources/testimony.ts'
import { openWitness } from './sources/witness.ts'
import { toWad } from './vault-chain.ts'

type PaperVault = Paper & { readonly real: VaultChain; readonly deployment: VaultDeployment; readonly ground: Ground }

/** The vault as a paper agent has it: what is owed is the book's, and no transaction leaves. */
export function paperVault(vault: PaperVault): VaultChain {
  // What this agent would have sent to the vault's source, with the chain time (s) of its block.
  const submitted = new Map<bigint, bigint>()
  const witness = openWitness(vault.ground, vault.deployment.engineSource)
  return {
    ...vault.real,
    claimed: async (_beneficiary, asset) => vault.book.claimed(vault.real.vault, asset),
    redeem: (claims, basis, floor, signal) =>
      redeemOnPaper({ ...vault, witness, submitted }, { claims, basis, floor }, signal),
  }
}

type Redeeming = PaperVault & { readonly witness: Witness; readonly submitted: Map<bigint, bigint> }

/** Gas of what a source wants first, of a claim, and of a sale (contracts/gas.json). */
const GAS = { root: 300_000n, claim: 230_000n, sale: 120_000n }

async function redeemOnPaper(
  vault: Redeeming,
  { claims, basis, floor }: Redemption,
  signal: AbortSignal,
): Promise<ClaimStep> {
  if (await paused(vault)) return { kind: 'stuck', reason: 'PAUSED', gasCost: 0n }
  const waiting = await becomeReady(vault, basis, signal)
  if (waiting !== undefined) return waiting
  const head = await nextBlock(vault, vault.real, signal)
  const received = totals(claims)
  const proceeds = await worth(vault, received)
  if (head === undefined || proceeds < floor(received)) return { kind: 'stuck', reason: 'BELOW_FLOOR', gasCost: 0n }
  vault.book.sold(received.map((one) => ({ vault: vault.real.vault, ...one })))
  const gas = GAS.claim + GAS.sale * BigInt(received.length)
  const tx = keccak256(stringToHex(`paper ${vault.real.vault} ${basis.number} ${claims.map(({ intent }) => intent)}`))
  const gasCost = gas * (await gasPrice(vault))
  return {
    kind: 'sold',
    claims,
    received,
    sale: { tx, anchor: head, proceeds, gasCost, soldAt: vault.link.clock.now() },
  }
}

/** What somebody else brought to the source ages for real, what we would have brought ages like it; undefined once it may pay. */
async function becomeReady(vault: Redeeming, basis: Basis, signal: AbortSignal): Promise<ClaimStep | undefined> {
  const { witness, submitted, deployment, ground } = vault
  const { number } = basis
  const testimony = await witness.testify(basis, [])
  if (testimony.kind === 'ready') return undefined
  const { usableAt, acts, errands } = testimony
  if (acts.length + errands.length === 0) return { kind: 'waiting', usableAt, number, gasCost: 0n }
  const delay = BigInt(delayOf(deployment.engineSource))
  const own = submitted.get(number)
  if (own !== undefined)
    return secondsNow(ground) >= own + delay
      ? undefined
      : { kind: 'waiting', usableAt: own + delay, number, gasCost: 0n }
  const head = await nextBlock(vault, vault.real, signal)
  if (head === undefined) return { kind: 'stuck', reason: 'NOT_INCLUDED', gasCost: 0n }
  submitted.set(number, head.timestamp)
  return { kind: 'waiting', usableAt: head.timestamp + delay, number, gasCost: GAS.root * (await gasPrice(vault)) }
}

/** Only the oracle of attestors has a guardian who stops it. */
async function paused({ link, deployment: { engineSource } }: PaperVault): Promise<boolean> {
  if (engineSource.kind !== 'attested') return false
  const oracle = { address: engineSource.at, abi: rootOracleAbi } as const
  return link.rpc.ask((node) => readContract(node, { ...oracle, functionName: 'paused' }))
}

function totals(claims: readonly Claim[]): readonly Amount[] {
  const sums = new Map<Address, bigint>()
  for (const { asset, amount } of claims) sums.set(asset, (sums.get(asset) ?? 0n) + amount)
  return [...sums].map(([asset, amount]) => ({ asset, amount }))
}

/** What the pool would pay now, each asset sold whole. */
async function worth({ link, deployment }: PaperVault, amounts: readonly Amount[]): Promise<Wad> {
  const { router, dollar, dollarDecimals } = deployment
  const paid = await link.rpc.gather((node) =>
    Promise.all(
      amounts.map(({ asset, amount }) =>
        readContract(node, {
          ...{ address: router, abi: ROUTER, functionName: 'getAmountsOut' },
          args: [amount, [asset, dollar]],
        }),
      ),
    ),
  )
  return wad(paid.reduce((sum, out) => sum + toWad(out.at(-1) ?? 0n, dollarDecimals), 0n))
}

/** Uniswap v2 periphery, IUniswapV2Router01. */
const ROUTER = parseAbi(['function getAmountsOut(uint256 amountIn, address[] path) view returns (uint256[] amounts)'])
