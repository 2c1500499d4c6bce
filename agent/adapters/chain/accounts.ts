// Margin accounts as of one block, many in one request.
import { readContract } from 'viem/actions'
import type { Anchor, MarginAccount, Mode } from '../../domain/market.ts'
import type { EngineDeployment } from '../../domain/network.ts'
import { type AccountId, wad } from '../../domain/units.ts'
import { liquidationAuctionAbi } from './abi/liquidation-auction.ts'
import { marginEngineAbi } from './abi/margin-engine.ts'
import type { Rpc } from './rpc.ts'

/** The accounts that exist at this very block, whatever the node thinks is canonical. */
export function readAccounts(
  rpc: Rpc,
  { engine, auction }: EngineDeployment,
  ids: readonly AccountId[],
  at: Anchor,
): Promise<readonly MarginAccount[]> {
  const states = { address: engine, abi: marginEngineAbi, functionName: 'accountState', blockHash: at.hash } as const
  const starts = {
    address: auction,
    abi: liquidationAuctionAbi,
    functionName: 'startedAt',
    blockHash: at.hash,
  } as const
  return rpc.gather(async (node) => {
    const [found, started] = await Promise.all([
      Promise.all(ids.map((id) => readContract(node, { ...states, args: [id] }))),
      Promise.all(ids.map((id) => readContract(node, { ...starts, args: [id] }))),
    ])
    return ids.flatMap((id, i) => {
      const state = found[i]
      return state ? accountOf(id, state, started[i] ?? 0n, at) : []
    })
  })
}

type State = {
  readonly owner: `0x${string}`
  readonly version: bigint
  readonly mode: number
  readonly cash: bigint
  readonly positions: readonly { readonly instrument: number; readonly size: bigint; readonly entryFunding: bigint }[]
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
      positions: state.positions.map(({ instrument, size, entryFunding }) => ({
        instrument,
        size: wad(size),
        ...(entryFunding !== 0n && { entryFunding }),
      })),
      credit: state.credit
        .filter(({ amount }) => amount > 0n)
        .map(({ collateral, amount }) => ({ collateral, amount })),
      auctionStartedAt: startedAt === 0n ? undefined : startedAt,
      anchor: { chain: anchor.chain, number: anchor.number, hash: anchor.hash },
    },
  ]
}
