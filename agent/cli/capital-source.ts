// What both capital commands read: config, chains and the agent's books.
import type { Address } from 'viem'
import { readContract } from 'viem/actions'
import { ratio } from '../../config/units.ts'
import { liquidatorExecutorAbi } from '../adapters/chain/abi/liquidator-executor.ts'
import { LienmeshError } from '../domain/errors.ts'
import type { Balance } from '../domain/posting.ts'
import type { ChainId } from '../domain/units.ts'
import { type Capital, readCapital } from '../operator/capital.ts'
import type { Nodes } from '../operator/holdings.ts'
import { nodeOf } from '../operator/node.ts'
import { executorOf } from '../operator/ownership.ts'
import { askJournals } from '../runtime/journals.ts'
import { openConfig } from './owner-desk.ts'

/** `--target`. */
export const targetFlag = {
  target: ratio.prefault('100 %').describe('Share of the dollars that belongs into engine accounts.'),
}

/** An agent's capital, and what moving it needs. `delays` of executors in seconds. */
export type Opened = ReturnType<typeof openConfig> & {
  readonly capital: Capital
  readonly nodes: Nodes
  readonly executors: ReadonlyMap<ChainId, Address>
  readonly delays: ReadonlyMap<ChainId, bigint>
}

/** Opens everything. */
export async function openCapital(file: string): Promise<Opened> {
  const loaded = openConfig(file)
  const { chains, dataDir } = loaded.config
  const executors = new Map(chains.map(({ id }) => [id, executorOf(chains, id)]))
  const nodes: Nodes = new Map(await Promise.all(chains.map(async (chain) => [chain.id, await nodeOf(chain)] as const)))
  const delays = await Promise.all(
    [...nodes].map(async ([chain, node]) => {
      const asked = { address: executorOf(chains, chain), abi: liquidatorExecutorAbi } as const
      return [chain, await readContract(node, { ...asked, functionName: 'withdrawDelay' })] as const
    }),
  )
  const books = await booksIn(dataDir)
  const capital = await readCapital({ network: loaded.network, nodes, executors, books })
  return { ...loaded, capital, nodes, executors, delays: new Map(delays) }
}

/** The agent's books; none before its first start. */
async function booksIn(dataDir: string): Promise<readonly Balance[]> {
  try {
    const all = await askJournals(dataDir, {
      read: (journal) => journal.balances(),
      question: { ask: 'balances' },
      said: (answer): readonly Balance[] =>
        typeof answer === 'object' && answer !== null && 'balances' in answer ? (answer.balances as Balance[]) : [],
    })
    return all.flatMap(({ found }) => found)
  } catch (error) {
    if (error instanceof LienmeshError && error.code === 'E_NO_JOURNAL') return []
    throw error
  }
}
