// The machine the agent runs on: disk, journal, key, signer.
import { existsSync, mkdirSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { Address } from 'viem'
import type { AgentConfig } from '../../../config/schema.ts'
import { addressOf } from '../../adapters/signer/address.ts'
import { openSqliteJournal } from '../../adapters/store/sqlite-journal.ts'
import { LienmeshError } from '../../domain/errors.ts'
import type { KeySource } from '../../domain/key-source.ts'
import type { Network } from '../../domain/network.ts'
import { journalOwner } from '../journal-owner.ts'
import { openAgentSigner } from '../signing.ts'
import { check, type Finding, fail, ok, warn } from './finding.ts'

/** Bytes that the journal of a long day may need, and what is too little for anything. */
const [ROOMY, TIGHT] = [1_000_000_000, 64_000_000]

/** Room for the journal. */
export const examineDisk = ({ dataDir }: AgentConfig, freeIn = bytesFree): Promise<Finding> =>
  check('machine', 'disk', async () => {
    mkdirSync(dataDir, { recursive: true })
    const free = await freeIn(dataDir)
    const found = `${Math.floor(free / 1e6)} MB free for ${dataDir}`
    if (free < TIGHT) return fail(found, 'Free at least 64 MB: a full disk stops all commitments.')
    return free < ROOMY ? warn(found, 'Free a gigabyte before a long run.') : ok(found)
  })

async function bytesFree(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}

/** The journal, as the agent of this key would open it: one of another key or network is refused. */
export const examineJournal = (
  config: AgentConfig,
  network: Network,
  operator: Address | undefined,
): Promise<Finding> =>
  check('machine', 'journal', async () => {
    const path = join(config.dataDir, 'journal.db')
    if (!existsSync(path)) return ok(`${path} is made at the first start`)
    const owner = operator && journalOwner(config, network, operator)
    try {
      openSqliteJournal({ path, ...(owner === undefined ? {} : { owner }) }).close()
      return ok(`${path} opens, and is this agent's`)
    } catch (error) {
      if (error instanceof LienmeshError && error.code === 'E_LOCKED')
        return warn('in use: an agent runs on this directory', 'Nothing, unless you did not start one.')
      throw error
    }
  })

/** The operator's key, whose address the rest of the examination needs, and who signs with it. */
export async function examineKey(
  config: AgentConfig,
  network: Network,
): Promise<readonly [readonly Finding[], Address | undefined]> {
  const { keys } = config
  let address: Address | undefined
  const key = await check('machine', 'key', async () => {
    address = await addressOf(keys)
    return ok(`${address} ${placeOf(keys)}`)
  })
  const signer = await check('machine', 'signer', async () => {
    if (keys.kind === 'watch' && config.mode !== 'live')
      return warn('none: this agent only watches', 'Name a key in keys before it runs live.')
    const opened = await openAgentSigner(config, network, () => undefined)
    await opened.close()
    if (address !== undefined && opened.address !== address)
      return fail(`holds ${opened.address}, expected ${address}`, 'Correct the address in keys, or in the keystore.')
    if (keys.kind === 'inline')
      return warn('the agent itself holds the key', 'Remove `signer: inline` from keys, unless this is a devnet.')
    return ok(SIGNS[keys.kind])
  })
  return [[key, signer], address]
}

const SIGNS = {
  process: 'a process of its own signs, within the policy of this config',
  socket: 'a signer that was started apart answers on its socket',
  remote: 'a remote signer answers; what it signs is compared byte for byte',
  watch: 'none',
} as const

const placeOf = (keys: KeySource): string =>
  keys.kind === 'watch'
    ? 'to watch'
    : `from ${keys.kind === 'remote' ? keys.url : 'path' in keys ? keys.path : keys.file}`
