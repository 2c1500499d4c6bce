// A journal on a disk that fails: `write` makes the n-th write fail for n up to 200, anywhere within a page, by a limit on
// the size of files; `sync` commits until it is told that a commitment was not durable (the caller injects the failure).
// Says what happened as one line of JSON. Usage: node failing-disk.ts JOURNAL write|sync

import { spawnSync } from 'node:child_process'
import { rmSync, statSync } from 'node:fs'
import { openSqliteJournal, type SqliteJournal } from '../../agent/adapters/store/sqlite-journal.ts'
import { chainId } from '../../agent/domain/units.ts'
import { journaledTx } from './journaled-tx.ts'

/** Nonces whose commit returned. */
const said = new Set<number>()
const [path = '', fault] = process.argv.slice(2)
process.stdout.write(`${JSON.stringify(fault === 'sync' ? unsynced() : unwritten())}\n`)

function unwritten() {
  const codes = new Set<string>()
  let [failures, lost, invented] = [0, 0, 0]
  for (let n = 1; n <= 200; n++) {
    const journal = openSqliteJournal({ path })
    commitFrom(journal, 0, 3)
    // Somewhere in the next five pages of the log: a different byte each time.
    limit(statSync(`${path}-wal`).size + n * 97)
    const refused = refusalOf(() => commitFrom(journal, 3, 40))
    limit('unlimited')
    if (refused !== undefined) failures++
    if (refused !== undefined) codes.add(refused)
    commitFrom(journal, 900, 1)
    journal.close()
    const again = openSqliteJournal({ path })
    const found = new Set(again.open(chainId(1)).map(({ nonce }) => nonce))
    lost += [...said].filter((nonce) => !found.has(nonce)).length
    invented += [...found].filter((nonce) => !said.has(nonce)).length
    again.close()
    said.clear()
    for (const end of ['', '-wal', '-shm']) rmSync(`${path}${end}`, { force: true })
  }
  return { failures, codes: [...codes], lost, invented }
}

function commitFrom(journal: SqliteJournal, first: number, count: number): void {
  for (let nonce = first; nonce < first + count; nonce++) {
    journal.commit(tx(nonce))
    said.add(nonce)
  }
}

/** The code of the first refusal, at the start or at a commitment. */
function unsynced() {
  const refused = refusalOf(() => commitFrom(openSqliteJournal({ path }), 0, 100))
  return { refused: refused ?? 'nothing' }
}

function limit(size: number | 'unlimited'): void {
  spawnSync('prlimit', ['--pid', String(process.pid), `--fsize=${size}:unlimited`])
}

function refusalOf(act: () => unknown): string | undefined {
  try {
    act()
    return undefined
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error)
  }
}

function tx(nonce: number) {
  return journaledTx({ nonce, hash: `0x${nonce.toString(16).padStart(64, '0')}`, raw: `0x${'ab'.repeat(600)}` })
}
