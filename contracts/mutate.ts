// How much the tests notice: changes the contracts one small step at a time and counts the changes that no test refuses.
// `npm run contracts:mutate -- [--match PATTERN] [--each 20] [--minutes 60] [--all-tests] [--report]`: so many mutants of
// every file, drawn by their hash, against the tests nearest to the file; with `--all-tests` what these did not see against
// all others. A few of each file at a time, so that it says something wherever it is stopped. Verdicts are kept in
// contracts/cache/mutants.json, by what the file is made of: the same command goes on. contracts/mutation.json sums up.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Mutant, mutantsOf, type Parsed, parse } from './mutants.ts'
import { type Bench, compileQuick, openBench } from './mutation-bench.ts'
import { reasonable, report, type Verdict, Verdicts } from './mutation-report.ts'
import { choose, mutated, type Schema, schemaOf } from './schemata.ts'
import { closure, deployableFrom, root, type Target } from './sources.ts'
import { direct, everything, near, nearest } from './test-map.ts'

const { values } = parseArgs({
  options: {
    match: { type: 'string', default: '' },
    each: { type: 'string', default: '20' },
    minutes: { type: 'string', default: '600' },
    'all-tests': { type: 'boolean', default: false },
    report: { type: 'boolean', default: false },
  },
})
/** Mutants of one file before the next file has its turn. */
const AT_ONCE = 4
const verdictsPath = join(root, 'contracts/cache/mutants.json')
const verdicts: Record<string, Verdict> = existsSync(verdictsPath) ? Verdicts.parse(read(verdictsPath)) : {}
mkdirSync(join(root, 'contracts/cache'), { recursive: true })
const until = performance.now() + Number(values.minutes) * 60_000
const suspects = sources().map((source) => suspect(source))

if (!values.report) await judgeAll()
report(
  suspects.flatMap(({ parsed, chosen }) => chosen.map((mutant) => ({ mutant, key: keyOf(parsed, mutant) }))),
  verdicts,
)

/** A file, its mutants in the order of the draw, and what of it is compiled together. */
interface Suspect {
  readonly parsed: Parsed
  readonly chosen: readonly Mutant[]
}

function suspect(source: string): Suspect {
  const parsed = parse(source)
  const all = mutantsOf(parsed).filter(reasonable)
  const drawn = all.toSorted((a, b) => (a.id < b.id ? -1 : 1)).slice(0, Number(values.each))
  return { parsed, chosen: drawn }
}

async function judgeAll(): Promise<void> {
  const bench = await openBench(join(root, 'contracts/cache/bench'))
  const rigs = new Map<Suspect, Promise<Rig | undefined>>()
  const rigFor = (one: Suspect): Promise<Rig | undefined> => {
    const rig = rigs.get(one) ?? rigOf(bench, one)
    rigs.set(one, rig)
    return rig
  }
  let done = 0
  for (const { one, mutant } of rounds()) {
    if (performance.now() > until) return
    const rig = await rigFor(one)
    if (rig === undefined) continue
    const verdict = await judge(bench, rig, mutant)
    verdicts[keyOf(one.parsed, mutant)] = verdict
    writeFileSync(verdictsPath, JSON.stringify(verdicts))
    console.log(`${++done} ${verdict} ${mutant.source}:${mutant.line} ${mutant.operator}`)
  }
}

/** Open mutants: a few of one file, a few of the next, and around again. */
function rounds(): readonly { readonly one: Suspect; readonly mutant: Mutant }[] {
  const open = suspects.map((one) => ({ one, left: one.chosen.filter((mutant) => isOpen(one, mutant)) }))
  const most = Math.max(0, ...open.map(({ left }) => left.length))
  return Array.from({ length: Math.ceil(most / AT_ONCE) }, (_, round) => round * AT_ONCE).flatMap((start) =>
    open.flatMap(({ one, left }) => left.slice(start, start + AT_ONCE).map((mutant) => ({ one, mutant }))),
  )
}

function isOpen({ parsed }: Suspect, mutant: Mutant): boolean {
  const known = verdicts[keyOf(parsed, mutant)]
  return values['all-tests'] ? known === 'unseen' : known === undefined
}

/** A file ready for trials: its schema, compiled for the contracts that its own tests deploy. */
interface Rig {
  readonly parsed: Parsed
  readonly schema: Schema
  code(target: Target, mutant: Mutant): string | undefined
}

/** Undefined where the tests fail on the bench without any mutant: they would say nothing. */
async function rigOf(bench: Bench, { parsed, chosen }: Suspect): Promise<Rig | undefined> {
  const [first] = nearest(parsed.source)
  const schema = fitting(parsed, chosen, first)
  const rig: Rig = {
    parsed,
    schema,
    code(target, mutant) {
      const number = schema.mutants.indexOf(mutant) + 1
      if (number === 0) return compileQuick(target, { [parsed.source]: mutated(parsed.bytes, mutant) })
      const template = compileQuick(target, { [parsed.source]: schema.text })
      return template === undefined ? undefined : choose(template, number)
    },
  }
  const sound = nearest(parsed.source).map((target) => {
    const template = compileQuick(target, { [parsed.source]: schema.text })
    return [target.name, choose(template ?? '', 0)] as const
  })
  bench.place(Object.fromEntries(sound))
  if (await bench.passes(near(parsed.source))) return rig
  console.log(`not judged: the tests of ${parsed.source} fail on the bench without any mutant`)
  return undefined
}

/** The schema of all of them, or without those that do not compile beside the others. */
function fitting(parsed: Parsed, mutants: readonly Mutant[], target: Target | undefined): Schema {
  const schema = schemaOf(parsed, mutants)
  if (target === undefined || compileQuick(target, { [parsed.source]: schema.text }) !== undefined) return schema
  if (mutants.length <= 1) return schemaOf(parsed, [])
  const middle = mutants.length >> 1
  const halves = [mutants.slice(0, middle), mutants.slice(middle)].map((half) => fitting(parsed, half, target).mutants)
  return schemaOf(parsed, halves.flat())
}

/** By its own tests, or by all that may reach it; what is random runs longest and last. */
function judge(bench: Bench, rig: Rig, mutant: Mutant): Promise<Verdict> {
  return values['all-tests'] ? byAll(bench, rig, mutant) : byOwn(bench, rig, mutant)
}

async function byOwn(bench: Bench, rig: Rig, mutant: Mutant): Promise<Verdict> {
  if (!place(bench, rig, mutant, nearest(mutant.source))) return 'invalid'
  const alone = direct(mutant.source)
  const globs = [...(alone === undefined ? [] : [alone]), near(mutant.source)]
  return (await survives(bench, rig, mutant, globs)) ? 'unseen' : 'killed'
}

async function byAll(bench: Bench, rig: Rig, mutant: Mutant): Promise<Verdict> {
  if (!place(bench, rig, mutant, deployableFrom(mutant.source))) return 'invalid'
  return (await survives(bench, rig, mutant, everything(mutant.source))) ? 'survived' : 'killed'
}

/** Tests that compile a library into themselves get the mutant in its text. */
async function survives(bench: Bench, { parsed }: Rig, mutant: Mutant, globs: readonly string[]): Promise<boolean> {
  const text = mutant.source.includes('/libraries/') && direct(mutant.source) !== undefined
  if (text) bench.write(mutant.source, mutated(parsed.bytes, mutant))
  let survived = true
  for (const glob of globs) survived = survived && (await bench.passes(glob))
  if (text) bench.write(mutant.source, undefined)
  return survived
}

function place(bench: Bench, rig: Rig, mutant: Mutant, targets: readonly Target[]): boolean {
  const codes = targets.map((target) => [target.name, rig.code(target, mutant)] as const)
  if (codes.some(([, code]) => code === undefined)) return false
  bench.place(Object.fromEntries(codes.map(([name, code]) => [name, code ?? ''])))
  return true
}

function sources(): readonly string[] {
  return ['contracts/src', 'contracts/src/libraries'].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.sol') && new RegExp(values.match).test(basename(name, '.sol')))
      .map((name) => `${folder}/${name}`),
  )
}

/** A verdict stands as long as the file and all it is made of do. */
function keyOf({ source }: Parsed, mutant: Mutant): string {
  const { hash } = closure(source)
  return `${createHash('sha256').update(hash).digest('hex').slice(0, 8)}-${mutant.id}`
}

function read(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'))
}
