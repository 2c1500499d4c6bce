// Which program this is.
import { readFileSync } from 'node:fs'

/** The version in package.json; '?' when that cannot be read. */
export function programVersion(): string {
  known ??= versionIn(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')))
  return known
}

let known: string | undefined

const versionIn = (manifest: unknown): string =>
  typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '?'
