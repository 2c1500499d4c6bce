// Assertions while the market is open: each is told when it turns true or false, with what was found.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Facts } from './facts.ts'
import { judgeAll, type Verdict } from './judge.ts'

/** Where turns are told. */
export type Telling = {
  readonly facts: () => Facts
  /** One assertion turned. */
  readonly turned: (verdict: Verdict) => void
  /** All of them, whenever one turned. */
  readonly all: (verdicts: readonly Verdict[]) => void
  readonly signal: AbortSignal
}

/** Judges twice a second until the signal fires. What holds from the beginning is news only when it breaks. */
export async function follow({ facts, turned, all, signal }: Telling): Promise<void> {
  let before: readonly Verdict[] | undefined
  while (!signal.aborted) {
    const now = judgeAll(facts())
    const news = turns(before ?? now, now)
    for (const verdict of news) turned(verdict)
    if (before === undefined || news.length > 0) all(now)
    before = now
    await sleep(LOOK, undefined, { signal }).catch(() => undefined) // aborted: the last word is said elsewhere
  }
}

/** Those that were otherwise before, except that nothing is said when one opens again. */
export const turns = (before: readonly Verdict[], now: readonly Verdict[]): readonly Verdict[] =>
  now.filter(({ holds }, i) => holds !== undefined && holds !== before[i]?.holds)

const LOOK = 500
