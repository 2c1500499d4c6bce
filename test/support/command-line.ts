// Runs the program as a user does: its own process, its own directory, no terminal.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { root } from './cruise.ts'

/** How one command line ended. */
export type Ended = { readonly status: number | null; readonly out: string; readonly err: string }

type Way = {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly launcher?: string
  /** Options of Node itself, before the launcher. */
  readonly node?: readonly string[]
}

/** Runs `lienmesh` with some words and waits for its end. Standard input is closed. */
export function lienmesh(words: readonly string[], way: Way = {}): Promise<Ended> {
  const { launcher = join(root, 'bin', 'lienmesh.js'), node = [], cwd = root } = way
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...node, launcher, ...words], {
      cwd,
      env: { ...process.env, ...way.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const text = { out: '', err: '' }
    child.stdout.setEncoding('utf8').on('data', (part: string) => (text.out += part))
    child.stderr.setEncoding('utf8').on('data', (part: string) => (text.err += part))
    child.on('error', reject)
    child.on('close', (status) => resolve({ status, ...text }))
  })
}
