// Tokens: two that last, in a file of their owner's alone; keys for one use; and what these become. Only their digests
// are kept in memory, and they are compared by digest: how long a comparison takes says nothing.
import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Power } from '../view/words.ts'

/** The tokens of one server. */
export type Tokens = {
  readonly powerOf: (token: string) => Power | undefined
  /** A key that becomes a token once, for a while. */
  readonly key: (power: Power) => string
  /** The token that a key becomes, or nothing when it was used, is too old or never was. */
  readonly redeem: (key: string) => { readonly token: string; readonly power: Power } | undefined
}

/** Where a server says how it is reached. */
export const WAY_IN = 'console.json'

/** The file behind `lienmesh dashboard`. */
export type WayIn = { readonly url: string; readonly pid: number; readonly read: string; readonly control: string }

/** Milliseconds that a key waits for its one use, and that a session lasts. */
const [KEY_LIFE, SESSION_LIFE] = [30 * 60_000, 24 * 3_600_000]
/** Keys and sessions at most: the oldest go first. */
const MOST = 256

/** Tokens for a server; the two that last are those of the folder's earlier servers. */
export function openTokens(lasting: { readonly read: string; readonly control: string }, now: () => number): Tokens {
  const known = new Map<string, { readonly power: Power; readonly until: number }>([
    [digest(lasting.read), { power: 'read', until: Number.POSITIVE_INFINITY }],
    [digest(lasting.control), { power: 'control', until: Number.POSITIVE_INFINITY }],
  ])
  const keys = new Map<string, { readonly power: Power; readonly until: number }>()
  const put = (map: typeof keys, secret: string, power: Power, life: number): string => {
    map.set(digest(secret), { power, until: now() + life })
    for (const [old, { until }] of map) if (map.size > MOST && until !== Number.POSITIVE_INFINITY) map.delete(old)
    return secret
  }
  return {
    powerOf(token) {
      const found = known.get(digest(token))
      return found !== undefined && now() < found.until ? found.power : undefined
    },
    key: (power) => put(keys, secret(), power, KEY_LIFE),
    redeem(key) {
      const found = keys.get(digest(key))
      keys.delete(digest(key))
      if (found === undefined || now() >= found.until) return undefined
      return { token: put(known, secret(), found.power, SESSION_LIFE), power: found.power }
    },
  }
}

/** The two tokens that last: read from the folder, or made. `read` is the reading one where somebody named it. */
export function lastingTokens(folder: string, read?: string): { readonly read: string; readonly control: string } {
  const known = wayIn(folder)
  return { read: read ?? known?.read ?? secret(), control: known?.control ?? secret() }
}

/** What a server of this folder wrote down; undefined when none ever did. */
export function wayIn(folder: string): WayIn | undefined {
  const file = join(folder, WAY_IN)
  if (!existsSync(file)) return undefined
  try {
    const held: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (typeof held !== 'object' || held === null) return undefined
    const { url, pid, read, control } = { url: '', pid: 0, read: '', control: '', ...held }
    return TOKEN.test(read) && TOKEN.test(control) ? { url, pid, read, control } : undefined
  } catch {
    return undefined // Damaged: new tokens are made.
  }
}

const TOKEN = /^[A-Za-z0-9_-]{43}$/

/** Writes down how this server is reached, for its owner alone. */
export function writeWayIn(folder: string, way: WayIn): void {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, WAY_IN)
  writeFileSync(file, `${JSON.stringify(way, null, 2)}\n`, { mode: 0o600 })
  chmodSync(file, 0o600)
}

const secret = (): string => randomBytes(32).toString('base64url')
const digest = (text: string): string => createHash('sha256').update(text).digest('base64')
