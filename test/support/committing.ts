// Commits the transactions of a file, one after the other, says the hash of each once it is durable, and waits to be
// killed. Usage: node committing.ts JOURNAL ROWS, a JSON array.

import { readFileSync, writeSync } from 'node:fs'
import { openSqliteJournal } from '../../agent/adapters/store/sqlite-journal.ts'
import type { JournaledTx } from '../../agent/ports/journal.ts'

const [path = '', rows = ''] = process.argv.slice(2)
const journal = openSqliteJournal({ path })
// Written by the test that started us.
for (const tx of JSON.parse(readFileSync(rows, 'utf8')) as readonly JournaledTx[]) {
  journal.commit(tx)
  writeSync(1, `${tx.hash}\n`)
}
setInterval(() => journal, 1_000)
