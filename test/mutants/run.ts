// How much the tests notice: changes the journal and the transaction manager one small step at a time and counts the
// changes that no test refuses. `npm run test:mutants -- [--count 100] [--seed 1] [--match PATTERN] [--workers 2] [--again] [--list]`.
// Verdicts are kept in .lienmesh/mutants.json, so that the same command goes on where it stopped; `--again` judges
// survivors once more. The result is written to test/mutants/report.json.
import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { programRoot } from '../../agent/swarm/chaos/source-copy.ts'
import { openBench, proveTests } from './bench.ts'
import { equivalents } from './equivalents.ts'
import { type Mutant, mutantsOf } from './mutants.ts'

const SENDING = ['transactor', 'pump', 'pending', 'evidence', 'finality', 'fees', 'attempt', 'send-answer', 'receipt']
const FILES = [
  ...globSync('agent/adapters/store/*.ts', { cwd: programRoot }).toSorted(),
  ...[...SENDING, 'data-fee', 'chain-time'].map((name) => `agent/adapters/chain/${name}.ts`),
  'agent/domain/life.ts',
  ...['recover', 'settle'].map((name) => `agent/runtime/${name}.ts`),
]

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    match: { type: 'string', default: '' },
    workers: { type: 'string', default: '1' },
    again: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
})

const kept = join(programRoot, '.lienmesh/mutants.json')
const Verdicts = z.record(z.string(), z.enum(['killed', 'survived', 'hung']))
const verdicts = existsSync(kept) ? Verdicts.parse(JSON.parse(readFileSync(kept, 'utf8'))) : {}

const sample = drawn()
if (values.list) for (const mutant of sample) say(`${mutant.id} ${nameOf(mutant)}`)
else await judgeAll()

/** A seed's order of all mutants, cut to the count. What is known to mean the same is left out before. */
function drawn(): readonly Mutant[] {
  const order = ({ id }: Mutant) => createHash('sha256').update(`${values.seed} ${id}`).digest('hex')
  return FILES.filter((file) => new RegExp(values.match).test(file))
    .flatMap(mutantsOf)
    .filter(({ id }) => equivalents[id] === undefined)
    .map((mutant) => ({ mutant, rank: order(mutant) }))
    .toSorted((a, b) => (a.rank < b.rank ? -1 : 1))
    .slice(0, Number(values.count))
    .map(({ mutant }) => mutant)
}

async function judgeAll(): Promise<void> {
  const open = sample.filter(({ id }) => verdicts[id] === undefined || (values.again && verdicts[id] === 'survived'))
  say(`${open.length} of ${sample.length} mutants to judge`)
  if (open.length > 0) await within((folder) => proveTests(folder, [...new Set(open.map(({ file }) => file))]))
  const queue = open.entries()
  const workers = Math.min(open.length, Number(values.workers))
  await Promise.all(Array.from({ length: workers }, () => work(queue, open)))
  report()
}

/** Judges what the queue still holds, on a bench of its own. */
function work(queue: Iterable<readonly [number, Mutant]>, open: readonly Mutant[]): Promise<void> {
  return within(async (folder) => {
    const bench = openBench(folder)
    for (const [i, mutant] of queue) {
      const verdict = await bench.judge(mutant)
      verdicts[mutant.id] = verdict
      mkdirSync(join(programRoot, '.lienmesh'), { recursive: true })
      writeFileSync(kept, JSON.stringify(verdicts))
      say(`${i + 1}/${open.length} ${verdict} ${nameOf(mutant)}`)
    }
  })
}

async function within(act: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'lienmesh-mutants-'))
  try {
    await act(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function report(): void {
  const of = (verdict: string) => sample.filter(({ id }) => verdicts[id] === verdict)
  const [survived, hung] = [of('survived'), of('hung')]
  const caught = of('killed').length + hung.length
  const share = caught / Math.max(1, sample.length)
  const summary = {
    ...{ seed: Number(values.seed), mutants: sample.length, caught, hung: hung.length },
    survivors: survived.map((mutant) => `${mutant.id} ${nameOf(mutant)}`),
  }
  if (values.match === '')
    writeFileSync(join(programRoot, 'test/mutants/report.json'), `${JSON.stringify(summary, undefined, 2)}\n`)
  say(`mutants: ${caught} of ${sample.length} caught, ${(100 * share).toFixed(1)} %`)
  for (const line of summary.survivors) say(`survived ${line}`)
  process.exitCode = share >= 0.9 ? 0 : 6
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

function nameOf({ file, line, operator, before, after }: Mutant): string {
  const short = (text: string): string => text.replace(/\s+/g, ' ').slice(0, 70)
  return `${file}:${line} ${operator}: ${short(before)} => ${short(after)}`
}
