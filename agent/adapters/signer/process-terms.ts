// What a signer process is started with, and how: no secret is among it.
import { type ChildProcess, spawn } from 'node:child_process'
import { getCompileCacheDir } from 'node:module'
import { fileURLToPath } from 'node:url'
import { toLine } from './line.ts'
import type { Policy } from './policy.ts'

/** Which key, for what, and where it is asked. Paths are absolute. */
export type SignerTerms = {
  readonly key: string
  /** File of its password; `-` for standard input. */
  readonly password?: string
  /** File of the book of its nonces. */
  readonly book: string
  readonly policy: Policy
  /** A socket instead of the parent's line; `shared` opens it to the group. */
  readonly socket?: { readonly path: string; readonly shared: boolean }
}

/** The descriptor of the line to the parent. Standard input stays the operator's, for passwords. */
export const PARENT = 3

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
