// A copy of the program in which a mutant takes the place of a file, and the tests that should notice it.
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { copySources, programRoot } from '../../agent/swarm/chaos/source-copy.ts'
import type { Mutant } from './mutants.ts'

/** What came of a mutant: a test failed, none did, or they never ended. */
export type Verdict = 'killed' | 'survived' | 'hung'

export type Bench = {
  judge(mutant: Mutant): Promise<Verdict>
}

type Suite = { readonly near: readonly string[]; readonly far: readonly string[] }

const JOURNAL: Suite = {
  near: ['compliance/store', 'compliance/books', 'unit/store', 'unit/core/life'],
  far: ['compliance/journal-faults', 'compliance/transactor-faults'],
}
const SENDING: Suite = {
  near: ['compliance/chain-transactor', 'compliance/chain-time', 'unit/chain'],
  far: ['compliance/transactor-faults', 'compliance/transactor-signer'],
}
const SETTLING: Suite = { near: ['unit/runtime'], far: [] }

/** Which tests are about a file: the quick ones first. */
function suiteOf(file: string): Suite {
  if (file.startsWith('agent/adapters/store/') || file.startsWith('agent/domain/')) return JOURNAL
  return file.startsWith('agent/runtime/') ? SETTLING : SENDING
}

/** Proves that the tests of these files pass on the unchanged program: else mutants would say nothing. */
export async function proveTests(folder: string, files: readonly string[]): Promise<void> {
  lay(folder)
  for (const { near, far } of new Set(files.map(suiteOf)))
    if ((await run(folder, [...near, ...far])) !== 'survived')
      throw new Error(`the unchanged program fails its tests in ${folder}: ${[...near, ...far].join(' ')}`)
}

const lay = (folder: string) => copySources(folder, ['test', 'docs', 'vitest.config.ts', 'contracts/src'])

/** Lays the bench. */
export function openBench(folder: string): Bench {
  lay(folder)
  return {
    judge: async ({ file, text }) => {
      const { near, far } = suiteOf(file)
      const original = readFileSync(join(folder, file))
      writeFileSync(join(folder, file), text)
      const quick = await run(folder, near)
      const verdict = quick === 'survived' && far.length > 0 ? await run(folder, far) : quick
      writeFileSync(join(folder, file), original)
      return verdict
    },
  }
}

/** Longest time (ms) for one set of tests. */
const LIMIT = 300_000

/** Runs tests until one fails. A test that waits in vain ends by its own limit, the process by ours: both count as hung. */
async function run(folder: string, tests: readonly string[]): Promise<Verdict> {
  const vitest = join(programRoot, 'node_modules/vitest/vitest.mjs')
  const paths = tests.map((one) => `test/${one}`)
  const child = spawn(process.execPath, [vitest, 'run', ...FLAGS, ...paths], {
    ...{ cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], detached: true },
  })
  let said = ''
  const listen = (text: Buffer): void => {
    said += text
  }
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', listen)
  const { promise, resolve } = Promise.withResolvers<Verdict>()
  const timer = setTimeout(() => {
    // The whole group: tests have chains of their own.
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    resolve('hung')
  }, LIMIT)
  child.once('close', (code) => {
    const verdict = code === 0 ? 'survived' : /(Test|Hook) timed out/.test(said) ? 'hung' : 'killed'
    if (verdict !== 'survived' && !said.includes('FAIL')) process.stderr.write(`${said.slice(-2_000)}\n`)
    resolve(verdict)
  })
  return promise.finally(() => clearTimeout(timer))
}

const FLAGS = ['--project', 'unit', '--project', 'compliance', '--bail', '1', '--testTimeout', '60000', '--no-isolate']
