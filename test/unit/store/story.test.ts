// The journal's story: every posting and every undoing stands in it; and a file that is refused is let go.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, expect, test } from 'vitest'
import { openMemoryJournal } from '../../../agent/adapters/store/memory-journal.ts'
import { openSqliteJournal } from '../../../agent/adapters/store/sqlite-journal.ts'
import { balanceOf, move, type Posting } from '../../../agent/domain/posting.ts'
import { chainId } from '../../../agent/domain/units.ts'
import type { Journal } from '../../../agent/ports/journal.ts'
import { hash } from '../../support/builders.ts'
import { journaledTx } from '../../support/journaled-tx.ts'

const folder = mkdtempSync(join(tmpdir(), 'lienmesh-story-'))
afterAll(() => rmSync(folder, { recursive: true }))

const chain = chainId(1)
const tx = journaledTx({ hash: hash(1), intent: hash(2) })
const gas: Posting = {
  ...{ ref: tx.hash, chain, block: 3n },
  entries: move({ chain, asset: 'coin', amount: 5n, from: 'actual', to: 'gas' }),
}
const coin = (journal: Journal) => balanceOf(journal.balances(), { chain, asset: 'coin', account: 'actual' })

describe.each([
  ['on disk', () => openSqliteJournal({ path: join(folder, 'books.db') })],
  ['in memory', () => openMemoryJournal()],
])('the books %s', (_, open) => {
  test('follow a transaction into the chain, out of it, and into it again', () => {
    const journal = open()
    journal.commit(tx)
    const amounts = (['included', 'signed', 'included'] as const).map((state) => {
      journal.settle(tx.hash, state, gas)
      return coin(journal)
    })
    expect(amounts).toEqual([-5n, 0n, -5n])
    expect(journal.postings(chain, -1n).map(({ block }) => block)).toEqual([3n, 3n, 3n])
    journal.close()
  })
})

test('the story of the same transaction has every turn of it', () => {
  const path = join(folder, 'story.db')
  const journal = openSqliteJournal({ path })
  journal.commit(tx)
  journal.settle(tx.hash, 'included', gas)
  journal.settle(tx.hash, 'signed')
  journal.post({ ...gas, ref: 'opening', block: 1n })
  journal.close()
  const db = new DatabaseSync(path)
  const told = db
    .prepare('SELECT body FROM event ORDER BY seq')
    .all()
    .map(({ body }) => JSON.parse(String(body)).kind)
  db.close()
  expect(told).toEqual(['signed', 'posted', 'settled', 'life', 'undone', 'settled', 'life', 'posted'])
})

test('a file that is refused is let go at once, for whoever mends it', () => {
  const path = join(folder, 'newer.db')
  openSqliteJournal({ path }).close()
  const mending = new DatabaseSync(path)
  mending.exec('PRAGMA user_version = 99')
  mending.close()
  expect(() => openSqliteJournal({ path })).toThrow(expect.objectContaining({ code: 'E_JOURNAL' }))
  const again = new DatabaseSync(path, { timeout: 0 })
  expect(() => again.exec('BEGIN EXCLUSIVE; PRAGMA user_version = 3; COMMIT')).not.toThrow()
  again.close()
})
