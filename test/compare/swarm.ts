// The simulator against local chains on one scenario: node test/compare/swarm.ts [seeds] [FILE] [--simulated-only]
// One swarm a seed, about a minute of both cores each; goes on where FILE (NDJSON) ends. Asked for: every agent's share of the
// slices within 5 points, and the P&L of all within 10 %, over ten seeds.
import { spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { simulatedScenario } from '../../agent/kit/backtest/on-scenario.ts'
import { spreadOf } from '../../agent/kit/backtest/summary.ts'
import { playWorld } from '../../agent/simulator/backtest/run.ts'
import { loadScenario } from '../../config/scenario.ts'
import { root } from '../support/cruise.ts'

/** What one agent came to in one world. Dollars. */
type Row = { readonly name: string; readonly wins: number; readonly pnl: number }
type Line = { readonly where: 'chains' | 'simulator'; readonly seed: number; readonly rows: readonly Row[] }

const SCENARIO = join(root, 'test', 'compare', 'two-chains.yaml')
const [seeds = '10', file = 'compare.ndjson'] = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const simulatedOnly = process.argv.includes('--simulated-only')
const scenario = loadScenario(SCENARIO)
const lines: Line[] = existsSync(file)
  ? readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line))
  : []

for (let seed = 1; seed <= Number(seeds); seed++)
  for (const where of simulatedOnly ? (['simulator'] as const) : (['simulator', 'chains'] as const)) {
    if (lines.some((one) => one.where === where && one.seed === seed)) continue
    const line = { where, seed, rows: where === 'chains' ? onChains(seed) : await simulated(seed) }
    lines.push(line)
    appendFileSync(file, `${JSON.stringify(line)}\n`)
  }

async function simulated(seed: number): Promise<readonly Row[]> {
  const { field } = playWorld(await simulatedScenario({ ...scenario, seed }), scenario.name)
  return field.map(({ name, liquidations, pnl }) => ({ name, wins: liquidations, pnl }))
}

/** A swarm of its own directory, which goes with it. */
function onChains(seed: number): readonly Row[] {
  const folder = mkdtempSync(join(tmpdir(), 'lienmesh-compare-'))
  try {
    const words = ['swarm', 'up', SCENARIO, '--seed', String(seed), '--run-dir', folder, '--json']
    const launcher = join(root, 'bin', 'lienmesh.js')
    const { stdout, stderr } = spawnSync(process.execPath, [launcher, ...words], { encoding: 'utf8', maxBuffer: 1e9 })
    const last = stdout.split('\n').findLast((line) => line.includes('"type":"summary"'))
    if (last === undefined)
      throw new Error(`the swarm of seed ${seed} ended without a summary: ${stderr.slice(-2_000)}`)
    const { agents }: { readonly agents: readonly { name: string; wins: number; pnl: string }[] } = JSON.parse(last)
    return agents.map(({ name, wins, pnl }) => ({ name, wins, pnl: Number(pnl) / 1e18 }))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const of = (where: Line['where']): readonly Line[] => {
  const both = lines.filter((one) => lines.some((other) => other.seed === one.seed && other.where !== one.where))
  return both.filter((one) => one.where === where)
}

/** Shares of all slices over all seeds, in percent. */
function sharesIn(all: readonly Line[]): ReadonlyMap<string, number> {
  const rows = all.flatMap((one) => one.rows)
  const total = rows.reduce((sum, { wins }) => sum + wins, 0)
  const names = [...new Set(rows.map(({ name }) => name))].sort()
  const wins = (name: string): number => rows.reduce((sum, row) => sum + (row.name === name ? row.wins : 0), 0)
  return new Map(names.map((name) => [name, (100 * wins(name)) / Math.max(1, total)]))
}

const worth = (all: readonly Line[]) => spreadOf(all.map(({ rows }) => rows.reduce((sum, { pnl }) => sum + pnl, 0)))

const [chains, simulator] = [of('chains'), of('simulator')]
if (chains.length === 0) {
  process.stdout.write(`nothing to compare yet: ${lines.length} worlds in ${file}\n`)
} else {
  const [real, made] = [sharesIn(chains), sharesIn(simulator)]
  const apart = [...real].map(([name, share]) => ({ name, share, other: made.get(name) ?? 0 }))
  const most = Math.max(...apart.map(({ share, other }) => Math.abs(share - other)))
  const [a, b] = [worth(chains), worth(simulator)]
  const off = (100 * Math.abs(b.mean - a.mean)) / Math.abs(a.mean)
  process.stdout.write(
    [
      `${chains.length} seeds on both`,
      ...apart.map(
        (one) => `${one.name.padEnd(10)} ${one.share.toFixed(1)} % on chains, ${one.other.toFixed(1)} % simulated`,
      ),
      `shares apart by ${most.toFixed(1)} points at most (5 asked for)`,
      `P&L of all ${a.mean.toFixed(0)} ± ${a.error.toFixed(0)} on chains, ${b.mean.toFixed(0)} ± ${b.error.toFixed(0)} simulated: ${off.toFixed(1)} % apart (10 asked for)`,
      '',
    ].join('\n'),
  )
  process.exitCode = most <= 5 && off <= 10 ? 0 : 6
}
