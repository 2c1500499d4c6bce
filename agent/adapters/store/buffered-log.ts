// Inputs and decisions wait in memory and are written together: with the next commitment, or when there are many.
import { hash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import type { GapRecord } from '../../domain/gap-record.ts'
import type { Decision } from '../../domain/liquidation.ts'
import type { Admitted } from '../../ports/journal.ts'
import { encode } from './codec.ts'

/** Where the written log ends. */
export type LogEnd = { readonly position: number; readonly digest: string }

export type BufferedLog = {
  input(body: string): void
  decision(decision: Decision): void
  gap(record: GapRecord): void
  admitted(bid: Admitted): void
  keep(key: string, value: string): void
  /** A value that waits. */
  kept(key: string): string | undefined
  /** Whatever waits under these names is out of date. */
  overtake(keys: readonly string[]): void
  waiting(): number
  /** Writes what waits, within the caller's transaction; `held` afterwards, when the transaction holds. */
  write(): LogEnd
  /** The last `write` is durable: what it wrote waits no more. */
  held(): void
}

/** Most entries kept while the disk takes none; the oldest go first. */
const MOST = 100_000

/** Inputs form a hash chain, so that a commit can name the exact story it was decided from. */
export function bufferedLog(db: DatabaseSync): BufferedLog {
  const last = db.prepare('SELECT seq, digest FROM input ORDER BY seq DESC LIMIT 1').get()
  let end: LogEnd = {
    position: typeof last?.['seq'] === 'number' ? last['seq'] : 0,
    digest: typeof last?.['digest'] === 'string' ? last['digest'] : '',
  }
  let inputs: string[] = []
  let taken: Decision[] = []
  let gaps: GapRecord[] = []
  let bids: Admitted[] = []
  const values = new Map<string, string>()
  const nothing = { inputs: 0, taken: 0, gaps: 0, bids: 0, values: new Map<string, string>() }
  let written = { end, ...nothing }
  const addInput = db.prepare('INSERT INTO input (seq, body, digest) VALUES (?, ?, ?)')
  const addDecision = db.prepare('INSERT INTO decision (at, kind, reason, body) VALUES (?, ?, ?, ?)')
  const addGap = db.prepare('INSERT INTO gap (at, body) VALUES (?, ?)')
  const addBid = db.prepare('INSERT OR REPLACE INTO bid (intent, body) VALUES (?, ?)')
  const addValue = db.prepare('INSERT OR REPLACE INTO fact (key, value) VALUES (?, ?)')
  return {
    input: (body) => {
      if (inputs.push(body) > MOST) inputs.shift()
    },
    decision: (decision) => {
      if (taken.push(decision) > MOST) taken.shift()
    },
    gap: (record) => {
      if (gaps.push(record) > MOST) gaps.shift()
    },
    admitted: (bid) => {
      if (bids.push(bid) > MOST) bids.shift()
    },
    keep: (key, value) => void values.set(key, value),
    kept: (key) => values.get(key),
    overtake: (keys) => {
      for (const key of keys) values.delete(key)
    },
    waiting: () => inputs.length + taken.length + gaps.length + bids.length + values.size,
    write: () => {
      let { position, digest } = end
      for (const body of inputs) {
        digest = hash('sha256', digest + body)
        addInput.run(++position, body, digest)
      }
      for (const decision of taken) addDecision.run(decision.at, decision.kind, decision.reason, encode(decision))
      for (const record of gaps) addGap.run(record.realised.realisedAt, encode(record))
      for (const bid of bids) addBid.run(bid.intent.id, encode(bid))
      for (const [key, value] of values) addValue.run(key, value)
      const counts = { inputs: inputs.length, taken: taken.length, gaps: gaps.length, bids: bids.length }
      written = { end: { position, digest }, ...counts, values: new Map(values) }
      return written.end
    },
    held: () => {
      end = written.end
      inputs = inputs.slice(written.inputs)
      taken = taken.slice(written.taken)
      gaps = gaps.slice(written.gaps)
      bids = bids.slice(written.bids)
      for (const [key, value] of written.values) if (values.get(key) === value) values.delete(key)
      written = { end, ...nothing }
    },
  }
}
