// Margin accounts as of one block, many in one call.
import { multicall } from 'viem/actions'
import type { Anchor, MarginAccount, Mode } from '../../domain/market.ts'
import type { EngineDeployment } from '../../domain/network.ts'
import { type AccountId, wad } from '../../domain/units.ts'
import { liquidationAuctionAbi } from './abi/liquidation-auction.ts'
import { marginEngineAbi } from './abi/margin-engine.ts'
import { nodeFailure, type Rpc } from './rpc.ts'

/** Accounts in one simulated call; their data must fit into one init code (EIP-3860, 49,152 bytes). */
const PER_CALL = 64

/** The accounts that exist at this very block, whatever the node thinks is canonical. */
export async function readAccounts(
  rpc: Rpc,
  deployment: EngineDeployment,
  ids: readonly AccountId[],
  at: Anchor,
): Promise<readonly MarginAccount[]> {
  const parts = Array.from({ length: Math.ceil(ids.length / PER_CALL) }, (_, i) => ids.slice(i * PER_CALL, (i + 1) * PER_CALL))
  const read = await Promise.all(parts.map((part) => readTogether(rpc, deployment, part, at)))
  return read.flat()
}

/** Multicall3's code runs inside the call: nothing needs to be deployed. */
function readTogether(
  rpc: Rpc,
  { engine, auction }: EngineDeployment,
  ids: readonly AccountId[],
  at: Anchor,
): Promise<readonly MarginAccount[]> {
  const how = { blockHash: at.hash, deployless: true, batchSize: 0 } as const
  const states = ids.map((id) => ({ address: engine, abi: marginEngineAbi, functionName: 'accountState', args: [id] }) as const)
  const starts = ids.map((id) => ({ address: auction, abi: liquidationAuctionAbi, functionName: 'startedAt', args: [id] }) as const)
  return rpc.ask(async (node) => {
    const [found, started] = await Promise.all([
      multicall(node, { ...how, contracts: states }),
      multicall(node, { ...how, contracts: starts }),
    ])
    return ids.flatMap((id, i) => {
      const [state, start] = [found[i], started[i]]
      for (const answer of [state, start]) if (answer?.status === 'failure' && nodeFailure(answer.error)) throw answer.error
      if (state?.status !== 'success' || start?.status !== 'success') return []
      return accountOf(id, state.result, start.result, at)
    })
  })
}

type State = {
  readonly owner: `0x${string}`
  readonly version: bigint
  readonly mode: number
  readonly cash: bigint
  readonly positions: readonly { readonly instrument: number; readonly size: bigint }[]
  readonly credit: readonly { readonly collateral: number; readonly amount: bigint }[]
}

/** IMarginEngine.Mode. */
const MODES: readonly (Mode | undefined)[] = [undefined, 'isolated', 'cross', 'unified']

function accountOf(id: AccountId, state: State, startedAt: bigint, anchor: Anchor): readonly MarginAccount[] {
  const mode = MODES[state.mode]
  if (mode === undefined) return []
  return [
    {
      engine: anchor.chain,
      id,
      owner: state.owner,
      version: state.version,
      mode,
      cash: wad(state.cash),
      positions: state.positions.map(({ instrument, size }) => ({ instrument, size: wad(size) })),
      credit: state.credit.filter(({ amount }) => amount > 0n).map(({ collateral, amount }) => ({ collateral, amount })),
      auctionStartedAt: startedAt === 0n ? undefined : startedAt,
      anchor: { chain: anchor.chain, number: anchor.number, hash: anchor.hash },
    },
  ]
}
