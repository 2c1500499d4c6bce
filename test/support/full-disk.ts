// A journal on a disk of 400 kB that gets full and has room again. Runs in a mount namespace of its own; says what
// happened as one line of JSON. Usage: node full-disk.ts DIRECTORY full|read-only

import { spawnSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openSqliteJournal } from '../../agent/adapters/store/sqlite-journal.ts'
import { chainId } from '../../agent/domain/units.ts'
import type { JournaledTx } from '../../agent/ports/journal.ts'
import { journaledTx } from './journaled-tx.ts'

const [folder = '.', fault] = process.argv.slice(2)
const path = join(folder, 'journal.db')
process.stdout.write(`${JSON.stringify(fault === 'full' ? full() : readOnly())}\n`)

function full() {
  const troubles: string[] = []
  const journal = openSqliteJournal({ path, buffer: 8, trouble: (error) => troubles.push(codeOf(error)) })
  journal.input({ at: 0 })
  journal.commit(tx(0))
  fill()
  const refused: string[] = []
  for (let nonce = 1; nonce < 200 && refused.length === 0; nonce++)
    refused.push(...attempt(() => journal.commit(tx(nonce))))
  for (let at = 1; at <= 20; at++) journal.input({ at })
  const watched = [...new Set(troubles)]
  const held = journal.open(chainId(1)).length
  rmSync(join(folder, 'ballast'))
  journal.commit(tx(500))
  const inputs = [...journal.inputs()].length
  journal.close()
  const again = openSqliteJournal({ path })
  const kept = again.open(chainId(1)).length
  again.close()
  return { refused, watched, inputs, lost: held + 1 - kept }
}

/** Takes what is left of the disk, but for the pages of a few more commits. */
function fill(): void {
  for (let size = 400_000; size > 0; size -= 4_096)
    try {
      return writeFileSync(join(folder, 'ballast'), Buffer.alloc(size))
    } catch {
      // Too large: a little less next time.
    }
}

function readOnly() {
  openSqliteJournal({ path }).close()
  spawnSync('mount', ['-o', 'remount,ro', folder])
  return { refused: attempt(() => openSqliteJournal({ path })) }
}

function attempt(act: () => unknown): readonly string[] {
  try {
    act()
    return []
  } catch (error) {
    return [codeOf(error)]
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}

function tx(nonce: number): JournaledTx {
  return journaledTx({ nonce, hash: `0x${nonce.toString(16).padStart(64, '0')}`, raw: `0x${'ab'.repeat(600)}` })
}
