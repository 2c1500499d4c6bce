import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { bufferedLog } from '../../../agent/adapters/store/buffered-log.ts'
import { diskError } from '../../../agent/adapters/store/disk.ts'
import { unavailable } from '../../../agent/domain/errors.ts'
import type { GapRecord } from '../../../agent/domain/gap-record.ts'
import type { Decision } from '../../../agent/domain/liquidation.ts'
import type { Admitted } from '../../../agent/ports/journal.ts'

/** A failure of SQLite with a result code. */
const failure = (errcode: number) => Object.assign(new Error('disk'), { errcode })

describe('a failure of the disk', () => {
  test.each([
    ['busy', 5, 'E_LOCKED'],
    ['locked', 6, 'E_LOCKED'],
    ['read-only', 8, 'E_DISK'],
    ['unreadable', 10, 'E_DISK'],
    ['a write that failed (an extended code)', 778, 'E_DISK'],
    ['damaged', 11, 'E_JOURNAL_CORRUPT'],
    ['full', 13, 'E_DISK'],
    ['no database', 26, 'E_JOURNAL_CORRUPT'],
  ])('that is called %s (%i) is %s', (_name, errcode, code) => {
    expect(diskError('journal.db', failure(errcode))).toMatchObject({ code })
  })

  test('of another kind, or of ours already, passes as it is', () => {
    for (const error of [
      failure(1),
      failure(7),
      failure(9),
      failure(12),
      new Error('x'),
      'x',
      unavailable('E_X', '', ''),
    ])
      expect(diskError('journal.db', error)).toBe(error)
  })
})

test('what waits for the disk is kept up to a limit', () => {
  const db = new DatabaseSync(':memory:')
  db.exec(`CREATE TABLE input (seq INTEGER PRIMARY KEY, body TEXT, digest TEXT);
    CREATE TABLE decision (seq INTEGER PRIMARY KEY, at REAL, kind TEXT, reason TEXT, body TEXT);
    CREATE TABLE gap (seq INTEGER PRIMARY KEY, at REAL, body TEXT); CREATE TABLE bid (intent TEXT, body TEXT);
    CREATE TABLE fact (key TEXT, value TEXT)`)
  const log = bufferedLog(db)
  // Nothing is read of them before they are written.
  const [decision, gap, bid] = [{} as Decision, {} as GapRecord, {} as Admitted]
  const adding = [() => log.input(''), () => log.decision(decision), () => log.gap(gap), () => log.admitted(bid)]
  const waiting = adding.map((add) => {
    for (let i = 0; i < 100_002; i++) add()
    return log.waiting()
  })
  expect(waiting).toEqual([100_000, 200_000, 300_000, 400_000])
  db.close()
})
