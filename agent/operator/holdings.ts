// What an owner has on every chain, and where: read from the chains alone.
import type { Address } from 'viem'
import { getBalance, readContract } from 'viem/actions'
import { collateralVaultAbi } from '../adapters/chain/abi/collateral-vault.ts'
import { vaultMirrorAbi } from '../adapters/chain/abi/vault-mirror.ts'
import type { Network, VaultDeployment } from '../domain/network.ts'
import type { ChainId } from '../domain/units.ts'
import type { Node } from '../runtime/doctor/nodes.ts'
import { bondOf } from './bond.ts'
import { balanceOf, COIN, tokenAt } from './tokens.ts'
import { engineCash } from './withdraw.ts'

/** Where money can lie. `to come`: owed by an engine and not yet paid by its vault. */
export type Where = 'engine account' | 'executor' | 'owner' | 'operator' | 'bond' | 'to come'

/** Something that is ours. `amount` in the asset's own units. */
export type Holding = {
  readonly chain: ChainId
  readonly where: Where
  /** Absent for native coin. */
  readonly address?: Address
  readonly symbol: string
  readonly decimals: number
  readonly amount: bigint
}

/** Whose holdings are read. The owner is left out where nobody said who it is. */
export type Holders = { readonly executor: Address; readonly operator?: Address; readonly owner?: Address }

type Place = { readonly node: Node; readonly chain: ChainId; readonly network: Network; readonly nodes: Nodes }

/** Nodes by chain. */
export type Nodes = ReadonlyMap<ChainId, Node>

/** Everything on one chain, places without anything included where money usually lies. */
export async function holdingsOn(place: Place, who: Holders): Promise<readonly Holding[]> {
  const { chain, network } = place
  const engines = network.engines.filter((one) => one.chain === chain)
  const vaults = network.vaults.filter((one) => one.chain === chain)
  const tokens = new Set([...engines.map(({ cash }) => cash), ...vaults.flatMap(tokensOf)])
  const found = await Promise.all([
    ...engines.map((engine) => atEngine(place, engine, who.executor)),
    ...engines.map((engine) => inBond(place, engine.registry, who.executor)),
    ...[...tokens].map((token) => inTokens(place, token, who)),
    ...vaults.map((vault) => toCome(place, vault, who.executor)),
    inCoin(place, who),
  ])
  return found.flat()
}

const tokensOf = ({ dollar, assets }: VaultDeployment): readonly Address[] => [
  dollar,
  ...assets.map(({ token }) => token),
]

async function atEngine({ node, chain }: Place, { engine, cash }: Network['engines'][number], executor: Address) {
  const [token, amount] = await Promise.all([tokenAt(node, cash), engineCash(node, engine, executor)])
  const units = amount / 10n ** BigInt(18 - token.decimals)
  return [holding(chain, 'engine account', token, units)]
}

async function inBond({ node, chain }: Place, registry: Address, executor: Address) {
  const { token, amount } = await bondOf(node, registry, executor)
  return [holding(chain, 'bond', token, amount)]
}

async function inTokens({ node, chain }: Place, address: Address, { executor, owner }: Holders) {
  const token = await tokenAt(node, address)
  const held = (holder: Address) => balanceOf(node, address, holder)
  const own = owner === undefined ? [] : [holding(chain, 'owner', token, await held(owner))]
  return [holding(chain, 'executor', token, await held(executor)), ...own].filter(({ amount }) => amount > 0n)
}

/** What the mirror owes the executor beyond what the vault has paid it. */
function toCome({ node, chain, nodes }: Place, vault: VaultDeployment, executor: Address): Promise<readonly Holding[]> {
  const away = nodes.get(vault.engine)
  if (away === undefined) return Promise.resolve([])
  return Promise.all(
    vault.assets.map(async (asset) => {
      const args = [executor, asset.token] as const
      const [owed, claimed] = await Promise.all([
        readContract(away, { address: vault.mirror, abi: vaultMirrorAbi, functionName: 'owed', args }),
        readContract(node, { address: vault.vault, abi: collateralVaultAbi, functionName: 'claimed', args }),
      ])
      return holding(chain, 'to come', { ...asset, address: asset.token }, owed - claimed)
    }),
  ).then((all) => all.filter(({ amount }) => amount > 0n))
}

async function inCoin({ node, chain }: Place, { operator, owner }: Holders): Promise<readonly Holding[]> {
  const coin = async (where: Where, address: Address | undefined) =>
    address === undefined ? [] : [holding(chain, where, COIN, await getBalance(node, { address }))]
  return (await Promise.all([coin('operator', operator), coin('owner', owner)])).flat()
}

const holding = (
  chain: ChainId,
  where: Where,
  { address, symbol, decimals }: Pick<Holding, 'address' | 'symbol' | 'decimals'>,
  amount: bigint,
): Holding => ({ chain, where, symbol, decimals, amount, ...(address === undefined ? {} : { address }) })
