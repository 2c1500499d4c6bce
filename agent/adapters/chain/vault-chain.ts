// A vault's chain: deposits are seen, claims are redeemed and sold here.
import { type Address, erc20Abi, parseEventLogs } from 'viem'
import { getLogs, readContract } from 'viem/actions'
import { configError } from '../../domain/errors.ts'
import type { AssetDeployment, VaultDeployment } from '../../domain/network.ts'
import { type CollateralId, type Wad, wad } from '../../domain/units.ts'
import type { Deposit, VaultChain } from '../../ports/chain.ts'
import { collateralVaultAbi } from './abi/collateral-vault.ts'
import type { ChainLink } from './link.ts'
import { poolPrices } from './pools.ts'
import { redeem } from './redeem.ts'
import type { Elsewhere } from './sources/testimony.ts'
import { openWitness } from './sources/witness.ts'

export type VaultChainOptions = {
  /** The vault's chain, opened once with `openLink`; vaults of one chain share it. */
  readonly link: ChainLink
  readonly deployment: VaultDeployment
  /** Our executor here: beneficiary of our claims and seller of what they pay. */
  readonly executor: Address
  /** The engine's chain, where claims are proven. */
  readonly engine: Elsewhere
}

/** Opens one vault. Throws E_CHAIN_ID when `link` is another chain. */
export async function openVaultChain({ link, deployment, executor, engine }: VaultChainOptions): Promise<VaultChain> {
  if (link.rpc.chain !== deployment.chain) throw elsewhere(deployment, link)
  const ground = { link, executor, other: engine, origin: deployment.mirror, measured: deployment.dollar }
  const seller = { link, deployment, executor, ground, witness: openWitness(ground, deployment.engineSource) }
  const { rpc, reader } = link
  const holding = (token: Address) =>
    rpc.ask((node) =>
      readContract(node, { address: token, abi: erc20Abi, functionName: 'balanceOf', args: [executor] }),
    )
  // One settlement of a vault at a time: each takes everything owed, so two at once would spend the same proof.
  let turn: Promise<unknown> = Promise.resolve()
  return {
    ...reader,
    vault: deployment.id,
    deposits: (from, to) => deposits(link, deployment, from, to),
    claimed: (beneficiary, asset) => claimed(link, deployment, beneficiary, asset),
    deposited: (account, asset, blockNumber) =>
      rpc.ask((node) =>
        readContract(node, {
          ...{ address: deployment.vault, abi: collateralVaultAbi, blockNumber },
          ...{ functionName: 'deposited', args: [account, asset] },
        }),
      ),
    basis: (atLeast, attested) => seller.witness.basis(atLeast, attested),
    redeem: (claims, basis, floor, signal) => {
      const step = turn.then(() => redeem(seller, { claims, basis, floor }, signal))
      turn = step.catch(() => undefined)
      return step
    },
    dollarBalance: async () => toWad(await holding(deployment.dollar), deployment.dollarDecimals),
    pools: () => poolPrices(link, deployment),
    tokenBalance: (collateral) => holding(assetOf(deployment, collateral).token),
  }
}

/** An amount of a token with that many decimals in 1e18 units. */
export const toWad = (amount: bigint, decimals: number): Wad => wad(amount * 10n ** BigInt(18 - decimals))

async function deposits(
  { rpc }: ChainLink,
  { vault }: VaultDeployment,
  from: bigint,
  to: bigint,
): Promise<readonly Deposit[]> {
  const logs = await rpc.hint((node) => getLogs(node, { address: vault, fromBlock: from, toBlock: to }))
  return parseEventLogs({ abi: collateralVaultAbi, eventName: 'Deposited', logs }).map(
    ({ args, blockNumber, blockHash }) => ({
      account: args.account,
      asset: args.asset,
      anchor: { chain: rpc.chain, number: blockNumber, hash: blockHash },
    }),
  )
}

const claimed = (
  { rpc }: ChainLink,
  { vault }: VaultDeployment,
  beneficiary: Address,
  asset: Address,
): Promise<bigint> =>
  rpc.ask((node) =>
    readContract(node, {
      address: vault,
      abi: collateralVaultAbi,
      functionName: 'claimed',
      args: [beneficiary, asset],
    }),
  )

function assetOf(deployment: VaultDeployment, collateral: CollateralId): AssetDeployment {
  const asset = deployment.assets.find((one) => one.collateral === collateral)
  if (asset) return asset
  throw configError(
    'E_COLLATERAL_UNKNOWN',
    `Vault ${deployment.id} holds no collateral ${collateral}.`,
    'Correct the network description.',
  )
}

const elsewhere = ({ id, chain }: VaultDeployment, { rpc }: ChainLink) =>
  configError(
    'E_CHAIN_ID',
    `Vault ${id} is on chain ${chain}, the link is to chain ${rpc.chain}.`,
    'Open the vault over its own chain.',
  )
