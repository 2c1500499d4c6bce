// The journal's double-entry book and its second legs, without a disk.
import { type Balance, balancesOf, type Posting, reversed } from '../../domain/posting.ts'
import type { SettlementStep } from '../../domain/settlement.ts'
import type { Journal, JournaledTx, Life, SettlementRecord } from '../../ports/journal.ts'
import { requireBalance, withReserved } from './posting-book.ts'

type Known = { readonly lives: ReadonlyMap<string, Life>; readonly transactions: readonly JournaledTx[] }

export type MemoryBook = Pick<Journal, 'post' | 'postings' | 'note'> & {
  /** What a transaction's new state does to its posting. */
  settled(hash: string, state: JournaledTx['state'], posting: Posting | undefined): void
  balances(lives: readonly Life[]): readonly Balance[]
  records(filter: Parameters<Journal['settlements']>[0], known: Known): readonly SettlementRecord[]
}

/** An empty book. */
export function openMemoryBook(): MemoryBook {
  const postings: Posting[] = []
  const steps: SettlementStep[] = []
  const standing = new Map<string, Posting>()
  const post = (posting: Posting): boolean => {
    requireBalance(posting)
    if (standing.has(posting.ref)) return false
    standing.set(posting.ref, posting)
    postings.push(posting)
    return true
  }
  const undo = (ref: string): void => {
    const found = standing.get(ref)
    if (found === undefined) return
    standing.delete(ref)
    postings.push(reversed(found))
  }
  return {
    post,
    postings: (chain, after) => postings.filter((one) => one.chain === chain && one.block > after),
    note: (step) => void steps.push(step),
    settled: (hash, state, posting) => {
      if (state === 'signed') undo(hash)
      else if (posting !== undefined) post(posting)
    },
    balances: (lives) => withReserved(balancesOf(postings), lives),
    records: ({ id = '', limit }, known) =>
      recordsOf(steps, known)
        .filter(({ intent }) => intent.startsWith(id))
        .slice(0, limit),
  }
}

function recordsOf(steps: readonly SettlementStep[], { lives, transactions }: Known): readonly SettlementRecord[] {
  const walked = steps.flatMap(({ intents }) => intents).reverse()
  const fresh = [...lives.values()].map(({ intent }) => intent).filter((intent) => !walked.includes(intent))
  return [...new Set([...fresh, ...walked])].map((intent) => ({
    intent,
    life: lives.get(intent),
    transactions: transactions.filter((tx) => tx.intent === intent),
    steps: steps.filter(({ intents }) => intents.includes(intent)),
  }))
}
