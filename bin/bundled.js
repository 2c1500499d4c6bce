// The bundle next to the launcher: where it is, and whether it still says what the sources say.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** Where bundles live below the root of the installation. */
export const HOME = path.join('node_modules', '.cache', 'lienmesh')

/** What stands for every dependency: npm writes it anew with each install. */
const INSTALLED = path.join('node_modules', '.package-lock.json')

/**
 * The bundle of this installation: its entry, or why there is none to start from. Every source is read and hashed, each
 * time: nothing that was edited, however, starts from what it was before.
 */
export function bundledIn(root) {
  const found = manifestIn(root)
  if (found === undefined) return { missing: true }
  if (found.root !== root) return { stale: `it was built for ${found.root}` }
  const main = path.join(root, HOME, found.main)
  if (!existsSync(main)) return { stale: 'its files are gone' }
  const differs = 'its sources have changed since'
  try {
    return hashOf(root, found.sources) === found.hash ? { main } : { stale: differs }
  } catch {
    return { stale: differs } // A source is gone.
  }
}

function manifestIn(root) {
  try {
    return JSON.parse(readFileSync(path.join(root, HOME, 'bundle.json'), 'utf8'))
  } catch {
    return undefined // Never built.
  }
}

/** One hash over the sources, by name and content, and over what is installed. */
export function hashOf(root, sources) {
  const hash = createHash('sha256')
  for (const source of [...sources, INSTALLED]) {
    const text = readFileSync(path.join(root, source))
    hash.update(`${source} ${text.length}\n`).update(text)
  }
  return hash.digest('hex')
}
