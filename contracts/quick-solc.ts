// Npm's solc with a memory: what it was asked before it does not compile again.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { compilerVersion } from './settings.ts'
import { root } from './sources.ts'

const folder = join(root, 'contracts/cache/solc')

/** The compiler's answer to a standard JSON input. */
export function ask(input: string): string {
  const path = join(folder, createHash('sha256').update(`${compilerVersion}\0${input}`).digest('hex'))
  if (existsSync(path)) return readFileSync(path, 'utf8')
  const answer: string = createRequire(import.meta.url)('solc').compile(input)
  mkdirSync(folder, { recursive: true })
  writeFileSync(path, answer)
  return answer
}
