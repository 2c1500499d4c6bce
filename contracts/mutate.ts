// How much the tests notice: changes the contracts one small step at a time and counts the changes that no test refuses.
// `npm run contracts:mutate -- [--match PATTERN] [--sample 1/8] [--shard 0/1] [--report]`. Verdicts are kept in
// contracts/cache/mutants-<shard>.json, so that the same command goes on; `--report` writes contracts/mutants.json.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { type Mutant, mutantsOf } from './mutants.ts'
import { type Bench, openBench } from './mutation-bench.ts'
import { deployableFrom, root } from './sources.ts'

const { values } = parseArgs({
  options: {
    match: { type: 'string', default: '' },
    sample: { type: 'string', default: '1/1' },
    shard: { type: 'string', default: '0/1' },
    report: { type: 'boolean', default: false },
  },
})
const [taken = 1, of = 1] = values.sample.split('/').map(Number)
const [shard = 0, shards = 1] = values.shard.split('/').map(Number)
const cache = join(root, 'contracts/cache')
const Verdict = z.enum(['killed', 'survived', 'invalid'])
const Verdicts = z.record(z.string(), Verdict)
type Verdict = z.infer<typeof Verdict>
/** Mutants that mean the same as the original, each with its reason: they count neither way. */
const Equivalent = z.record(z.string(), z.string())
const equivalent = readEquivalent()

if (values.report) report()
else await judgeAll()

async function judgeAll(): Promise<void> {
  const path = join(cache, `mutants-${shard}-of-${shards}.json`)
  const known = new Map(verdicts())
  const wanted = chosen().filter(({ id }) => !known.has(id) && equivalent[id] === undefined)
  const mine = wanted.filter((_, i) => i % shards === shard)
  console.log(`${mine.length} mutants to judge`)
  const bench = await openBench(join(cache, `bench-${shard}`), [...new Set(mine.map(({ source }) => source))])
  const own: Record<string, Verdict> = existsSync(path) ? Verdicts.parse(read(path)) : {}
  for (const [i, mutant] of mine.entries()) {
    const verdict = await judge(bench, mutant)
    own[mutant.id] = verdict
    writeFileSync(path, JSON.stringify(own))
    console.log(`${i + 1}/${mine.length} ${verdict} ${nameOf(mutant)}`)
  }
  report()
}

/** Compiles what the file is part of, then asks its own tests first, and all others if those saw nothing. */
async function judge(bench: Bench, mutant: Mutant): Promise<Verdict> {
  const targets = deployableFrom(mutant.source)
  if (!bench.install(mutant, targets)) return 'invalid'
  const verdict = (await bench.passes('near', mutant.source)) && (await bench.passes('all', mutant.source))
  bench.restore(mutant, targets)
  return verdict ? 'survived' : 'killed'
}

/** Every mutant of the files that match, thinned out evenly, in an order that says something wherever it is stopped. */
function chosen(): readonly Mutant[] {
  const folders = ['contracts/src', 'contracts/src/libraries']
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.sol') && new RegExp(values.match).test(name))
      .map((name) => `${folder}/${name}`),
  )
  return files
    .flatMap(mutantsOf)
    .filter(({ id }) => Number.parseInt(id.slice(0, 6), 16) % of < taken)
    .sort((a, b) => (a.id < b.id ? -1 : 1))
}

function report(): void {
  const judged = new Map(verdicts())
  const found = chosen().filter(({ id }) => judged.has(id) && equivalent[id] === undefined)
  const byFile = Map.groupBy(found, ({ source }) => source)
  const files = Object.fromEntries(
    [...byFile].map(([source, mutants]) => [
      source,
      { killed: count(mutants, 'killed'), survived: count(mutants, 'survived') },
    ]),
  )
  const survivors = found.filter(({ id }) => judged.get(id) === 'survived').map((one) => `${one.id} ${nameOf(one)}`)
  const [killed, survived] = [count(found, 'killed'), count(found, 'survived')]
  const share = killed / Math.max(1, killed + survived)
  if (values.report) {
    const summary = { killed, survived, files, survivors, equivalent }
    writeFileSync(join(root, 'contracts/mutants.json'), `${JSON.stringify(summary, undefined, 2)}\n`)
  }
  console.log(`mutants: ${killed} of ${killed + survived} killed, ${(share * 100).toFixed(1)} %`)

  function count(mutants: readonly Mutant[], verdict: Verdict): number {
    return mutants.filter(({ id }) => judged.get(id) === verdict).length
  }
}

function verdicts(): readonly (readonly [string, Verdict])[] {
  mkdirSync(cache, { recursive: true })
  const files = readdirSync(cache).filter((name) => /^mutants-\d+-of-\d+\.json$/.test(name))
  return files.flatMap((name) => Object.entries(Verdicts.parse(read(join(cache, name)))))
}

function readEquivalent(): Readonly<Record<string, string>> {
  const path = join(root, 'contracts/mutants.json')
  return existsSync(path) ? z.object({ equivalent: Equivalent }).parse(read(path)).equivalent : {}
}

function read(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'))
}

function nameOf({ source, line, operator, before, after }: Mutant): string {
  const short = (text: string): string => text.replace(/\s+/g, ' ').slice(0, 60)
  return `${source.replace('contracts/src/', '')}:${line} ${operator}: ${short(before)} => ${short(after)}`
}
