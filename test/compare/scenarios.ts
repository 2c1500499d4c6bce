// Every scenario of the library over seeds: npm run scenarios -- [--seeds N] [--only NAME,NAME] [--out FILE]
// One swarm at a time, about a minute each; goes on where FILE (NDJSON) ends. Exit 6 when an assertion did not hold.
import { spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { scenarioNames } from '../../config/scenario.ts'
import { root } from '../support/cruise.ts'

/** What became of one run. `failed` are the assertions that did not hold, with what was found. */
type Line = {
  readonly scenario: string
  readonly seed: number
  readonly status: number
  readonly seconds: number
  readonly failed: readonly string[]
}

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '5' },
    only: { type: 'string', default: scenarioNames().join(',') },
    out: { type: 'string', default: 'scenarios.ndjson' },
  },
})
const lines: Line[] = existsSync(values.out)
  ? readFileSync(values.out, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line))
  : []

for (const scenario of values.only.split(','))
  for (let seed = 1; seed <= Number(values.seeds); seed++) {
    if (lines.some((one) => one.scenario === scenario && one.seed === seed)) continue
    const line = play(scenario, seed)
    lines.push(line)
    appendFileSync(values.out, `${JSON.stringify(line)}\n`)
    const { status, seconds, failed } = line
    process.stdout.write(`${scenario.padEnd(22)} seed ${seed}  exit ${status}  ${seconds} s  ${failed.join(' · ')}\n`)
  }

for (const [scenario, runs] of Map.groupBy(lines, (line) => line.scenario)) {
  const passed = runs.filter(({ status }) => status === 0).length
  const mean = runs.reduce((sum, { seconds }) => sum + seconds, 0) / runs.length
  process.stdout.write(`${scenario.padEnd(22)} ${passed} of ${runs.length} passed, ${mean.toFixed(0)} s each\n`)
}
process.exitCode = lines.every(({ status }) => status === 0) ? 0 : 6

/** In a directory of its own, which goes with it. */
function play(scenario: string, seed: number): Line {
  const folder = mkdtempSync(join(tmpdir(), 'lienmesh-scenario-'))
  const started = Date.now()
  try {
    const words = ['swarm', 'up', scenario, '--seed', String(seed), '--run-dir', folder, '--json']
    const launcher = join(root, 'bin', 'lienmesh.js')
    const { stdout, stderr, status } = spawnSync(process.execPath, [launcher, ...words], {
      encoding: 'utf8',
      maxBuffer: 1e9,
    })
    const said = stdout.split('\n').filter((line) => line.includes('"type":"assertion"'))
    const verdicts = said.map((line): { claim: string; holds: boolean; found: string } => JSON.parse(line))
    const broken = verdicts.filter(({ holds }) => !holds).map(({ claim, found }) => `${claim}: ${found}`)
    const failed = verdicts.length === 0 ? [stderr.trim().split('\n')[0] ?? 'no verdict'] : broken
    return { scenario, seed, status: status ?? 1, seconds: Math.round((Date.now() - started) / 1_000), failed }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
