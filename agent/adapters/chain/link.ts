// One node and one key on one chain, shared by everything of ours that talks to that chain.
import { configError } from '../../domain/errors.ts'
import type { FinalityTier } from '../../domain/network.ts'
import { type ChainId, type Millis, millis } from '../../domain/units.ts'
import type { ChainReader } from '../../ports/chain.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Journal } from '../../ports/journal.ts'
import type { Signer } from '../../ports/signer.ts'
import type { Premises } from './bookkeeping.ts'
import type { FeePolicy } from './fees.ts'
import { trackHeads } from './heads.ts'
import { openReader } from './reader.ts'
import type { Rate } from './rpc/budget.ts'
import { openRpc, type Rpc } from './rpc.ts'
import { openTransactor, type Transactor } from './transactor.ts'

/** What sending needs. Without it a link only reads. */
export type SendingOptions = {
  readonly signer: Signer
  readonly journal: Pick<
    Journal,
    'commit' | 'settle' | 'abandon' | 'open' | 'nextNonce' | 'history' | 'remember' | 'recall'
  >
  readonly fees: FeePolicy
  /** How deep is final, by amount. */
  readonly finality: readonly FinalityTier[]
  /** What is ours on the chain, for the books; gas alone is booked without. */
  readonly premises?: Premises | undefined
  /** Blocks without inclusion before the fees are raised; 3 by default. */
  readonly patience?: number
}

export type LinkOptions = {
  readonly chain: ChainId
  /** Providers of the chain. */
  readonly urls: readonly string[]
  /** Providers that must agree before an answer counts; 1 by default. */
  readonly quorum?: number
  /** Requests that each provider allows; unlimited by default. */
  readonly rate?: Rate
  readonly clock: Clock
  /** Time between looks at the latest block; 150 ms by default. */
  readonly poll?: Millis
  /** Longest wait for one answer; see `RpcOptions`. */
  readonly timeout?: Millis
  readonly sending?: SendingOptions
  /** Told of failures that the link survives by itself. */
  readonly trouble?: (error: unknown) => void
  /** Told of what an operator must know. */
  readonly alarm?: (code: string, detail: string) => void
}

/** An open chain. Open it once per chain; engine and vault chains are views of it. */
export type ChainLink = {
  readonly rpc: Rpc
  readonly clock: Clock
  readonly reader: ChainReader
  /** Absent when the link only reads. */
  readonly transactor: Transactor | undefined
  close(): Promise<void>
}

/** Opens a chain: checks its identity, then takes up unfinished transactions if it may send. */
export async function openLink(options: LinkOptions): Promise<ChainLink> {
  const { clock, sending, trouble } = options
  const rpc = await openRpc(options)
  const told = trouble === undefined ? {} : { trouble }
  const warned = options.alarm === undefined ? {} : { alarm: options.alarm }
  const heads = trackHeads({ rpc, clock, poll: options.poll ?? millis(150), ...told })
  const transactor =
    sending && (await openTransactor({ rpc, heads, ...sending, ...told, ...warned }).catch(closing(rpc)))
  return {
    rpc,
    clock,
    reader: openReader(rpc, heads),
    transactor,
    close: async () => {
      await transactor?.close()
      rpc.close()
    },
  }
}

/** Leaves no connection behind when an opening fails. */
const closing =
  (rpc: Rpc) =>
  (error: unknown): never => {
    rpc.close()
    throw error
  }

/** The transactor of a link that may send; E_READ_ONLY otherwise. */
export function sender(link: ChainLink): Transactor {
  if (link.transactor) return link.transactor
  throw configError(
    'E_READ_ONLY',
    `Chain ${link.rpc.chain} was opened without a key, nothing can be sent to it.`,
    'Give the agent a key and run it live.',
  )
}
