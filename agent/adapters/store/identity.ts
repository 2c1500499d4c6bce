// Whose journal a file is: written at the first start, compared at every other.
import type { DatabaseSync } from 'node:sqlite'
import { configError } from '../../domain/errors.ts'

/** Makes an unowned journal `owner`'s. Throws E_JOURNAL_OWNER when it is somebody else's. */
export function claimIdentity(db: DatabaseSync, path: string, owner: string): void {
  const found = db.prepare("SELECT value FROM fact WHERE key = 'owner'").get()?.['value']
  if (found === owner) return
  if (found !== undefined)
    throw configError(
      'E_JOURNAL_OWNER',
      `The journal ${path} belongs to ${String(found)}, expected ${owner}.`,
      'Give this network and key a data directory of their own.',
    )
  db.prepare("INSERT INTO fact (key, value) VALUES ('owner', ?)").run(owner)
}
