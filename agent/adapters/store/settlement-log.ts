// Second legs in the journal: every step of a claim's way home, and everything known of one liquidation.
import type { DatabaseSync } from 'node:sqlite'
import type { IntentId } from '../../domain/liquidation.ts'
import type { SettlementStep } from '../../domain/settlement.ts'
import type { SettlementRecord } from '../../ports/journal.ts'
import { encode } from './codec.ts'
import { intentOf, lifeOf, stepOf, transactionOf } from './rows.ts'

export type SettlementLog = {
  /** Within the caller's transaction. */
  note(step: SettlementStep): void
  records(filter: { readonly id?: string; readonly limit?: number }): readonly SettlementRecord[]
}

/** The log in a database. A step that several liquidations share is kept with each of them. */
export function openSettlementLog(db: DatabaseSync): SettlementLog {
  const add = db.prepare('INSERT INTO step (intent, body) VALUES (?, ?)')
  const underWay = db.prepare(
    `SELECT intent FROM life WHERE state NOT IN ('settled', 'failed') AND intent LIKE ?1 || '%'
     AND intent NOT IN (SELECT intent FROM step)`,
  )
  const known = db.prepare(
    `SELECT intent, max(seq) AS last FROM step WHERE intent LIKE ?1 || '%' GROUP BY intent ORDER BY last DESC LIMIT ?2`,
  )
  const ended = db.prepare(`SELECT intent FROM life WHERE intent LIKE ?1 || '%' LIMIT ?2`)
  const life = db.prepare('SELECT * FROM life WHERE intent = ?')
  const transactions = db.prepare('SELECT * FROM tx WHERE intent = ? ORDER BY seq')
  const steps = db.prepare('SELECT body FROM step WHERE intent = ? ORDER BY seq')
  const record = (intent: IntentId): SettlementRecord => ({
    intent,
    life: life.all(intent).map(lifeOf).at(0),
    transactions: transactions.all(intent).map(transactionOf),
    steps: steps.all(intent).map(stepOf),
  })
  return {
    note: (step) => {
      const body = encode(step)
      for (const intent of step.intents) add.run(intent, body)
    },
    records: ({ id = '', limit = MOST }) => {
      const rows = [...underWay.all(id), ...known.all(id, limit), ...ended.all(id, limit)]
      return [...new Set(rows.map(intentOf))].slice(0, limit).map(record)
    },
  }
}

/** Records told when nobody says how many. */
const MOST = 1_000
