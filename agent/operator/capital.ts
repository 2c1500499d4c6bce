// An agent's capital over all chains: what there is of everything, and the dollars that can be moved.
import type { Address } from 'viem'
import { getBlock, readContract } from 'viem/actions'
import { liquidatorExecutorAbi } from '../adapters/chain/abi/liquidator-executor.ts'
import type { Network } from '../domain/network.ts'
import { type Balance, balanceOf as onAccount } from '../domain/posting.ts'
import { type ChainId, type Wad, wad } from '../domain/units.ts'
import type { Node } from '../runtime/doctor/nodes.ts'
import { FEES } from '../runtime/links.ts'
import { type Holding, holdingsOn, type Nodes } from './holdings.ts'
import type { Move, Place } from './moves.ts'

/** One asset on one chain. inventory = actual + in flight - reserved. Amounts in the asset's own units. */
export type InventoryRow = {
  readonly chain: ChainId
  readonly symbol: string
  readonly decimals: number
  readonly actual: bigint
  readonly inFlight: bigint
  readonly reserved: bigint
  readonly inventory: bigint
}

/** Everything read at once. */
export type Capital = {
  readonly inventory: readonly InventoryRow[]
  readonly places: readonly Place[]
  readonly owner: Address
}

type Asking = {
  readonly network: Network
  readonly nodes: Nodes
  readonly executors: ReadonlyMap<ChainId, Address>
  /** The agent's books; empty where it has none yet. */
  readonly books: readonly Balance[]
}

/** Reads what an agent has, from the chains and, for what is reserved, from its books. */
export async function readCapital({ network, nodes, executors, books }: Asking): Promise<Capital> {
  const read = await Promise.all(
    [...executors].map(async ([chain, executor]) => {
      const node = nodes.get(chain)
      if (node === undefined) return undefined
      const asked = { address: executor, abi: liquidatorExecutorAbi, functionName: 'owner' } as const
      const owner = await readContract(node, asked)
      const holdings = await holdingsOn({ node, chain, network, nodes }, { executor, owner })
      return { chain, owner, holdings }
    }),
  )
  const found = read.filter((one) => one !== undefined)
  return {
    inventory: found.flatMap(({ chain, holdings }) => inventoryOf(chain, holdings, books)),
    places: found.map(({ chain, holdings }) => placeOf(network, chain, holdings)),
    owner: found[0]?.owner ?? '0x0000000000000000000000000000000000000000',
  }
}

const WORKING: readonly Holding['where'][] = ['engine account', 'executor']

function inventoryOf(chain: ChainId, holdings: readonly Holding[], books: readonly Balance[]): readonly InventoryRow[] {
  const ours = holdings.filter(({ where }) => [...WORKING, 'to come'].includes(where))
  return [...Map.groupBy(ours, ({ symbol }) => symbol)].map(([symbol, all]) => {
    const decimals = all[0]?.decimals ?? 18
    const on = (places: readonly Holding['where'][]): bigint =>
      all.filter(({ where }) => places.includes(where)).reduce((sum, { amount }) => sum + amount, 0n)
    const [actual, inFlight] = [on(WORKING), on(['to come'])]
    const cash = all.some(({ where }) => where === 'engine account')
    const promised = cash ? onAccount(books, { chain, asset: 'cash', account: 'reserved' }) : 0n
    const reserved = promised / 10n ** BigInt(18 - decimals)
    return { chain, symbol, decimals, actual, inFlight, reserved, inventory: actual + inFlight - reserved }
  })
}

/** The dollars of a chain: engine cash where an engine stands, else what sales brought to the executor. */
function placeOf(network: Network, chain: ChainId, holdings: readonly Holding[]): Place {
  const kind = network.engines.some((one) => one.chain === chain) ? 'engine' : 'vault'
  const money = new Set([...network.engines.map(({ cash }) => cash), ...network.vaults.map(({ dollar }) => dollar)])
  const dollars = (place: Holding['where']): Wad =>
    wad(
      holdings
        .filter(({ where, address }) => where === place && address !== undefined && money.has(address))
        .reduce((sum, { amount, decimals }) => sum + amount * 10n ** BigInt(18 - decimals), 0n),
    )
  return { chain, kind, working: dollars(kind === 'engine' ? 'engine account' : 'executor'), wallet: dollars('owner') }
}

/** Gas of a move (measured on the reference suite, rounded up), and transactions. */
const COST = { deposit: { gas: 180_000n, transactions: 2 }, withdraw: { gas: 220_000n, transactions: 2 } } as const

/** What a move of ours costs now, in native coin. */
export async function costOf(node: Node, kind: Exclude<Move['kind'], 'bridge'>) {
  const { baseFeePerGas } = await getBlock(node)
  const { gas, transactions } = COST[kind]
  return { coin: gas * ((baseFeePerGas ?? 0n) + FEES.tip), transactions }
}
