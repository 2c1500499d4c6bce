// What protections have counted, kept over a kill.
import { decode, encode } from '../adapters/store/codec.ts'
import type { Input } from '../core/core.ts'
import type { Counted } from '../core/protect.ts'
import { invariantBroken } from '../domain/errors.ts'
import type { Facts, Journal } from '../ports/journal.ts'
import type { Context } from './context.ts'

/** The name under which the journal keeps it. */
const KEY = 'counted'

/** As the journal keeps it: with the settlement that changed it. */
export const factOf = (counted: Counted): Facts => ({ [KEY]: encode(counted) })

/** Losses of a race wait for the next commitment, which is what makes the next loss; an operator's word does not wait. */
export function keepCounts(
  { keep, remember }: Pick<Journal, 'keep' | 'remember'>,
  counted: Counted,
  because: Input['kind'],
): void {
  if (because === 'resume') remember(KEY, encode(counted))
  else keep(KEY, encode(counted))
}

/** Goes on counting where an earlier run was. */
export function recallCounts({ journal, tell }: Pick<Context, 'journal' | 'tell'>): void {
  const kept = journal.recall(KEY)
  const counted = kept === undefined ? undefined : decode(kept)
  if (counted === undefined) return
  if (!isCounted(counted)) throw invariantBroken('The journal holds counts that nobody wrote.', { key: KEY })
  tell({ kind: 'counted', counted })
}

const isCounted = (value: unknown): value is Counted =>
  typeof value === 'object' &&
  value !== null &&
  'total' in value &&
  typeof value.total === 'bigint' &&
  'peak' in value &&
  typeof value.peak === 'bigint' &&
  'gapLosses' in value &&
  typeof value.gapLosses === 'number' &&
  'failures' in value &&
  Array.isArray(value.failures)
