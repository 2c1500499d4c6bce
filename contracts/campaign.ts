// A long campaign against a stolen operator key: random calls by the hundred million, in chunks that can be resumed.
// `node contracts/campaign.ts [--calls 100000000] [--chunk 1000000] [--workers 1]`. Each chunk has its own seed, and so many
// run side by side; what is done is summed up in contracts/stolen-key.json, for one bytecode of the executor, and the same
// command goes on from there.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { readArtifact } from './artifact.ts'
import { forgeBinary, forgeEnvironment } from './forge-binary.ts'
import { root } from './sources.ts'

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '100000000' },
    chunk: { type: 'string', default: '1000000' },
    workers: { type: 'string', default: '1' },
  },
})
const chunk = Number(values.chunk)
const wanted = Number(values.calls)
const recordPath = join(root, 'contracts/stolen-key.json')
const cache = join(root, 'contracts/cache')

/** In the order in which the test reports them: sums, then the largest seen. */
const summed = [
  ...['calls', 'performed', 'batches', 'accepted', 'around', 'insideCalls'],
  ...['approvals', 'sales', 'claims', 'visits', 'trickSales', 'bids', 'closings'],
  ...['capExceeded', 'callFailed', 'callForbidden', 'argumentPinned', 'alreadyExecuted', 'deadlinePassed'],
  ...['belowFloor', 'paused'],
] as const
const largest = ['cap', 'worstHourOfSales', 'worstHourOfBids'] as const
const Record = z.object({ executor: z.string(), seeds: z.number(), figures: z.record(z.string(), z.number()) })
type Record = z.infer<typeof Record>

const executor = createHash('sha256')
  .update(readArtifact('LiquidatorExecutor')?.bytecode ?? '')
  .digest('hex')
let record = readRecord()
const startedAt = performance.now()
const before = made(record)
while (made(record) < wanted) {
  const seeds = Array.from({ length: Number(values.workers) }, (_, i) => record.seeds + i)
  const found = await Promise.all(seeds.map(steal))
  record = { executor, seeds: record.seeds + seeds.length, figures: found.reduce(together, record.figures) }
  writeFileSync(recordPath, `${JSON.stringify(record, undefined, 2)}\n`)
  progress()
}
console.log(`stolen key: ${made(record)} calls, no hour above the cap`)

/** One chunk; a failing one ends the campaign with its seed. */
async function steal(seed: number): Promise<Record['figures']> {
  const reportPath = join(cache, `stolen-key-${seed}.json`)
  mkdirSync(cache, { recursive: true })
  rmSync(reportPath, { force: true })
  const campaign = { FOUNDRY_PROFILE: 'campaign', CAMPAIGN_CALLS: String(chunk), CAMPAIGN_SEED: String(seed) }
  const { status, output } = await forge({ ...forgeEnvironment, ...campaign, CAMPAIGN_REPORT: reportPath })
  if (status !== 0 || !output.includes('1 tests passed, 0 failed')) {
    console.error(output)
    console.error(
      `stolen key: seed ${seed} with ${chunk} calls fails: see it alone with CAMPAIGN_SEED and CAMPAIGN_CALLS`,
    )
    process.exit(1)
  }
  const figures = figuresOf(readFileSync(reportPath, 'utf8'))
  rmSync(reportPath)
  return figures
}

function forge(env: NodeJS.ProcessEnv): Promise<{ status: number; output: string }> {
  const options = ['test', '--match-path', 'contracts/test/executor/StolenKey.t.sol', '--match-test', 'at_most_one']
  const child = spawn(forgeBinary(), options, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ status: code ?? 1, output }))
  })
}

function figuresOf(report: string): Record['figures'] {
  const found = z.array(z.number()).parse(JSON.parse(report))
  const names = [...summed.slice(0, 6), ...largest, ...summed.slice(6)]
  return Object.fromEntries(names.map((name, i) => [name, found[i] ?? 0]))
}

function together(sum: Record['figures'], more: Record['figures']): Record['figures'] {
  const added = summed.map((name) => [name, (sum[name] ?? 0) + (more[name] ?? 0)])
  const highest = largest.map((name) => [name, Math.max(sum[name] ?? 0, more[name] ?? 0)])
  return Object.fromEntries([...added, ...highest])
}

/** What was done to other bytecode says nothing about this one. */
function readRecord(): Record {
  const none = { executor, seeds: 0, figures: {} }
  if (!existsSync(recordPath)) return none
  const kept = Record.parse(JSON.parse(readFileSync(recordPath, 'utf8')))
  return kept.executor === executor ? kept : none
}

function made({ figures }: Record): number {
  return figures.calls ?? 0
}

function progress(): void {
  const rate = (made(record) - before) / ((performance.now() - startedAt) / 1000)
  const [millions, minutes] = [made(record) / 1e6, (wanted - made(record)) / rate / 60]
  const worst = Math.max(record.figures.worstHourOfSales ?? 0, record.figures.worstHourOfBids ?? 0)
  const share = ((100 * worst) / (record.figures.cap ?? 1)).toFixed(6)
  const passed = ((100 * (record.figures.accepted ?? 0)) / (record.figures.batches ?? 1)).toFixed(1)
  console.log(
    `${millions.toFixed(1)} million calls, ${Math.round(rate)} a second, ${passed} % of batches went through, ` +
      `worst hour ${share} % of the cap, ${Math.round(minutes)} minutes to go`,
  )
}
