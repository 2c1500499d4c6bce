// Starts a signer process: with a line to its parent, or behind a socket.
import { type ChildProcess, spawn } from 'node:child_process'
import { getCompileCacheDir } from 'node:module'
import { fileURLToPath } from 'node:url'
import { toLine } from './line.ts'
import type { SignerTerms } from './process-terms.ts'

/** Starts a signer. With a socket its output is ours; else it has none but the line. */
export function startSigner(terms: SignerTerms): ChildProcess {
  const suffix = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
  const program = fileURLToPath(new URL(`./main${suffix}`, import.meta.url))
  const cache = getCompileCacheDir()
  const output = terms.socket === undefined ? 'ignore' : 'inherit'
  return spawn(process.execPath, [...LEAN, program, toLine(terms).trim()], {
    env: cache === undefined ? process.env : { ...process.env, NODE_COMPILE_CACHE: cache },
    stdio: ['inherit', output, 'inherit', ...(terms.socket === undefined ? (['pipe'] as const) : [])],
  })
}

/** It holds one key and answers one line at a time. */
const LEAN = ['--max-semi-space-size=1', '--max-old-space-size=64']
