// A chain that was made anew under its old id: a journal's nonces and bytes mean nothing there.
import { configError } from '../../domain/errors.ts'
import type { Journal } from '../../ports/journal.ts'
import type { Rpc } from './rpc.ts'

/** Remembers where a chain began. Throws E_JOURNAL_OWNER when this one began elsewhere than the journal's. */
export async function sameChain(rpc: Rpc, journal: Pick<Journal, 'remember' | 'recall'>): Promise<void> {
  const key = `first block ${rpc.chain}`
  const [known, found] = [journal.recall(key), await firstBlock(rpc)]
  // Nodes need not keep a block so old.
  if (found === undefined || found === known) return
  if (known === undefined) return journal.remember(key, found)
  throw configError(
    'E_JOURNAL_OWNER',
    `The journal was written on a chain ${rpc.chain} that begins with block ${known}; this one begins with ${found}.`,
    'Give the new chain a data directory of its own.',
  )
}

async function firstBlock(rpc: Rpc): Promise<string | undefined> {
  const block = await rpc.ask((node) => node.request({ method: 'eth_getBlockByNumber', params: ['0x0', false] }))
  return block?.hash ?? undefined
}
