// Every bench of the hot path, and what was asked of it: npm run bench [-- name ...]. Installs what we are compared with
// on first use, prints a table, and writes test/bench/speed.json, docs/speed.md and its picture.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { holds, type Row } from './hot/measure.ts'
import { page, picture, statesOf } from './page.ts'

const HERE = import.meta.dirname
const ROOT = join(HERE, '..', '..')
const BENCHES = ['signing.mjs', 'book.ts', 'peers.mjs', 'chain.mjs', 'jitter.mjs', 'cold.ts', 'logs.mjs', 'journal.ts']

const asked = process.argv.slice(2)
const chosen = BENCHES.filter((file) => asked.length === 0 || asked.some((name) => file.startsWith(name)))
if (!existsSync(join(HERE, 'node_modules')))
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: HERE, stdio: 'inherit' })

const rows: Row[] = []
for (const file of chosen) {
  process.stdout.write(`\n${file}\n`)
  const { stdout, status } = spawnSync(process.execPath, ['--expose-gc', join(HERE, 'hot', file)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 2 ** 26,
  })
  const line = stdout.split('\n').find((one) => one.startsWith('@rows '))
  process.stdout.write(`${stdout.split('\n@rows ')[0] ?? ''}\n`)
  if (line === undefined) throw new Error(`${file} ended with ${status} and without a figure.`)
  const found = JSON.parse(line.slice(6)) as Row[]
  if (found.some(({ seen }) => !Number.isFinite(seen))) throw new Error(`${file} measured nothing.`)
  rows.push(...found)
}

const machine = {
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  node: process.version,
  load: loadavg()[0] ?? 0,
}
const file = join(HERE, 'speed.json')
const earlier: { rows: Row[] } = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { rows: [] }
const named = (one: Row) => `${one.id} ${one.what} ${one.against ?? ''} ${one.unit}`
const fresh = new Set(rows.map(named))
const all = [...earlier.rows.filter((one) => !fresh.has(named(one))), ...rows].sort((a, b) => byNumber(a.id, b.id))
writeFileSync(file, `${JSON.stringify({ machine, states: statesOf(all), rows: all }, undefined, 2)}\n`)
writeFileSync(join(ROOT, 'docs', 'speed.md'), page(all, machine))
writeFileSync(join(ROOT, 'docs', 'pictures', 'speed.svg'), picture(all))

for (const row of rows) {
  const limit = `${row.direction === 'at-least' ? '>=' : '<='} ${row.limit}`
  const cells = [
    row.id.padEnd(4),
    row.what.padEnd(66),
    `${row.seen.toPrecision(3)} ${row.unit}`.padStart(12),
    limit.padStart(10),
  ]
  process.stdout.write(
    `${[...cells, holds(row) ? 'met' : row.kind === 'guide' ? 'missed guide' : 'MISSED', row.against ?? ''].join('  ').trimEnd()}\n`,
  )
}
process.exitCode = rows.some((row) => row.kind !== 'guide' && !holds(row)) ? 1 : 0

function byNumber(a: string, b: string): number {
  return Number.parseInt(a.slice(1), 10) - Number.parseInt(b.slice(1), 10) || (a < b ? -1 : a > b ? 1 : 0)
}
