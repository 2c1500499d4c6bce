// The author's journey, as docs/writing-a-strategy.md tells it: every command of the page, in its order, as it is written.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPage } from '../support/doc-commands.ts'

const page = openPage('docs/writing-a-strategy.md')
const { cwd, lines, done, outOf } = page

beforeAll(() => page.read(), 600_000)
afterAll(() => page.close())

test('every command of the page ends as the page says', () => {
  expect(page.failed()).toEqual([])
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
