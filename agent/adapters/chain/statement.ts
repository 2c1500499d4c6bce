// What a chain says that we hold, read by agreement at a block deep enough to stay.
import { type Address, erc20Abi } from 'viem'
import { getBalance, readContract } from 'viem/actions'
import type { Asset } from '../../domain/posting.ts'
import type { Statement, Statements } from '../../ports/chain.ts'
import { marginEngineAbi } from './abi/margin-engine.ts'
import { type Premises, tokensOf } from './bookkeeping.ts'
import { explain } from './explain.ts'
import { baseFeeNow, type FeePolicy, priceAt } from './fees.ts'
import { blockBy } from './heads.ts'
import type { Node, Rpc } from './rpc.ts'

/** Whose books, where, and how many blocks on top make a block final for every amount. */
export type Keeping = {
  readonly rpc: Rpc
  readonly premises: Premises
  readonly operator: Address
  readonly depth: number
  readonly fees: FeePolicy
}

/** The statements of one chain. */
export const openStatements = (keeping: Keeping): Statements => ({
  chain: keeping.rpc.chain,
  read: () => read(keeping),
  explain: (after, upTo) => explain(keeping, after, upTo),
  runway: () => runway(keeping),
})

/** Gas of one claim with its root, its proof and its sale (contracts/gas.json), rounded up. */
const GAS_OF_CLAIM = 1_000_000n

/** At the fees that we would offer: what a node suggests follows whatever others paid in the last blocks. */
async function runway({ rpc, operator, fees }: Keeping): Promise<number> {
  const [balance, base] = await Promise.all([
    rpc.ask((node) => getBalance(node, { address: operator })),
    baseFeeNow(rpc, fees),
  ])
  const claims = balance / (GAS_OF_CLAIM * priceAt(base, fees))
  return Number(claims < MANY ? claims : MANY)
}

const MANY = 1_000_000n

/** One block more than final: whoever follows the heads has booked everything up to there. */
const MARGIN = 1n

async function read({ rpc, premises, operator, depth }: Keeping): Promise<Statement | undefined> {
  const newest = await blockBy(rpc, 'latest')
  if (newest === undefined) return undefined
  const block = newest.number - BigInt(depth) - MARGIN
  if (block < 0n) return undefined
  const assets = assetsOf(premises)
  const amounts = await rpc.gather((node) =>
    Promise.all(assets.map((asset) => held(node, { premises, operator, asset, block }))),
  )
  return { block, balances: assets.map((asset, i) => ({ asset, amount: amounts[i] ?? 0n })) }
}

const assetsOf = ({ engine, vaults }: Premises): readonly Asset[] => [
  'coin',
  ...(engine === undefined ? [] : (['cash'] as const)),
  ...tokensOf(vaults),
]

type Question = Pick<Keeping, 'premises' | 'operator'> & { readonly asset: Asset; readonly block: bigint }

function held(node: Node, { premises, operator, asset, block: blockNumber }: Question): Promise<bigint> {
  const { executor, engine } = premises
  if (asset === 'coin') return getBalance(node, { address: operator, blockNumber })
  if (asset !== 'cash')
    return readContract(node, {
      ...{ address: asset, abi: erc20Abi, blockNumber },
      ...{ functionName: 'balanceOf', args: [executor] },
    })
  return readContract(node, {
    ...{ address: engine?.engine ?? executor, abi: marginEngineAbi, blockNumber },
    ...{ functionName: 'cashOf', args: [executor] },
  })
}
