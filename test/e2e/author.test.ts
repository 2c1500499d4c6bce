// The author's journey, as docs/writing-a-strategy.md tells it: every command of the page, in its order, as it is written.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isAlive, listRuns } from '../../agent/swarm/run-directory.ts'
import { commandsOf, type Line, shellIn } from '../support/doc-commands.ts'

const cwd = mkdtempSync(join(tmpdir(), 'lienmesh-author-'))
const shell = shellIn(cwd)
const lines = commandsOf('docs/writing-a-strategy.md')
const done: Line[] = []

beforeAll(async () => {
  for (const line of lines) {
    done.push(await shell.run(line))
    if (done.at(-1)?.status !== 0) return
  }
}, 600_000)

afterAll(() => {
  for (const run of listRuns(cwd)) {
    const { supervisor, processes } = run.record()
    for (const one of [supervisor, ...processes]) if (isAlive(one)) process.kill(one.pid, 'SIGKILL')
  }
  rmSync(cwd, { recursive: true, force: true })
})

const outOf = (word: string): string => done.find(({ line }) => line.includes(word))?.out ?? ''

test('every command of the page ends as the page says', () => {
  const failed = done.filter(({ status }) => status !== 0).map(({ line, status, out }) => ({ line, status, out }))
  expect(failed).toEqual([])
  expect(done.map(({ line }) => line)).toEqual(lines)
  const took = done.map(({ line, seconds }) => `${seconds.toFixed(1)} s  ${line}`)
  process.stdout.write(`${took.join('\n')}\n`)
})

test('the strategy decides in a market that runs, and nothing is sent', () => {
  const told = readFileSync(join(cwd, 'paper.log'), 'utf8')
  expect(told).toContain('"strategy":"calm-maker"')
  expect(told).toContain('"paper":true')
  expect(existsSync(join(cwd, 'calm-maker.html'))).toBe(true)
})

test('what is written passes at once, as a file and as a package', () => {
  expect(outOf('node --test')).toMatch(/pass 1\n[\s\S]*fail 0/)
  expect(outOf('npm test')).toMatch(/pass 1\n[\s\S]*fail 0/)
  expect(outOf('strategies info ./lienmesh')).toContain('(live)')
})
