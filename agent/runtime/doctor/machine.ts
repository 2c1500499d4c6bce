// The machine the agent runs on: disk, journal, key.
import { mkdirSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { AgentConfig } from '../../../config/schema.ts'
import { openKeyFile } from '../../adapters/signer/key-file.ts'
import { passwordFrom } from '../../adapters/signer/password.ts'
import { openSqliteJournal } from '../../adapters/store/sqlite-journal.ts'
import { LienmeshError } from '../../domain/errors.ts'
import type { Signer } from '../../ports/signer.ts'
import { check, type Finding, fail, ok, warn } from './finding.ts'

/** Bytes that the journal of a long day may need, and what is too little for anything. */
const [ROOMY, TIGHT] = [1_000_000_000, 64_000_000]

/** Disk and journal. */
export async function examineMachine({ dataDir }: AgentConfig): Promise<readonly Finding[]> {
  return [
    await check('machine', 'disk', async () => {
      mkdirSync(dataDir, { recursive: true })
      const { bavail, bsize } = await statfs(dataDir)
      const [free, found] = [bavail * bsize, `${Math.floor((bavail * bsize) / 1e6)} MB free for ${dataDir}`]
      if (free < TIGHT) return fail(found, 'Free at least 64 MB: a full disk stops all commitments.')
      return free < ROOMY ? warn(found, 'Free a gigabyte before a long run.') : ok(found)
    }),
    await check('machine', 'journal', async () => {
      try {
        openSqliteJournal({ path: join(dataDir, 'journal.db') }).close()
        return ok(`${join(dataDir, 'journal.db')} opens`)
      } catch (error) {
        if (error instanceof LienmeshError && error.code === 'E_LOCKED')
          return warn('in use: an agent runs on this directory', 'Nothing, unless you did not start one.')
        throw error
      }
    }),
  ]
}

/** The operator's key; the rest of the examination needs its address. */
export async function examineKey({ keys }: AgentConfig): Promise<readonly [Finding, Signer | undefined]> {
  let signer: Signer | undefined
  const finding = await check('machine', 'key', async () => {
    signer = await openKeyFile(keys.operator, passwordFrom(keys.password, process.env))
    return ok(`${signer.address} from ${keys.operator}`)
  })
  return [finding, signer]
}
