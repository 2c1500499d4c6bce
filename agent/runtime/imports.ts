// What a strategy's own file may import of us: the API, and nothing beneath it.
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { configError } from '../domain/errors.ts'

const AGENT = fileURLToPath(new URL('..', import.meta.url))
const ALLOWED = /^strategy\.[jt]s$/

/** Throws E_STRATEGY_IMPORT when a file reaches beneath the API: what it finds there changes without notice. */
export function refuseForeignImports(use: string, file: string): void {
  for (const [, named, bare] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
    const id = named ?? bare ?? ''
    if (!id.startsWith('.') && !id.startsWith('/')) continue
    const target = resolve(dirname(file), id)
    if (!target.startsWith(AGENT) || ALLOWED.test(target.slice(AGENT.length))) continue
    throw configError(
      'E_STRATEGY_IMPORT',
      `${use} imports ${id}, which is no part of the strategy API`,
      'Import agent/strategy.ts alone; what it hands on is the contract.',
    )
  }
}

const IMPORT = /^\s*(?:import|export)\b[^'"]*from\s*['"]([^'"]+)['"]|^\s*import\s*['"]([^'"]+)['"]/gm
