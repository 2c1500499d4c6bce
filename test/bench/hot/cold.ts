// What it costs to start: the processor time of a process that loads all that an agent loads until it is ready, from the
// sources and from the bundle, in turns; and of printing help. node test/bench/hot/cold.ts [turns]
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { atLeast, guide, report } from './measure.ts'

const TURNS = Number(process.argv[2] ?? 4)
const ROOT = join(import.meta.dirname, '..', '..', '..')
const HOME = join(ROOT, 'node_modules', '.cache', 'lienmesh')

execFileSync(process.execPath, [join(ROOT, 'bin', 'bundle.js')], { stdio: 'inherit' })
const bundle: { readonly main: string; readonly agent: readonly string[] } = JSON.parse(
  readFileSync(join(HOME, 'bundle.json'), 'utf8'),
)
const cache = mkdtempSync(join(tmpdir(), 'lienmesh-cold-'))
const href = (file: string): string => JSON.stringify(pathToFileURL(file).href)
const load = (files: readonly string[]): string => files.map((file) => `await import(${href(file)})`).join('\n')

/** The same modules on both sides. Whoever starts from the bundle also pays for knowing that it is fresh. */
const sources = load(
  ['cli/main', 'cli/run', 'runtime/run', 'runtime/plugins', 'adapters/gossip/node', 'adapters/gossip/identity']
    .concat('console/serve-agent')
    .map((name) => join(ROOT, 'agent', `${name}.ts`)),
)
const bundled = `
const { bundledIn } = await import(${href(join(ROOT, 'bin', 'bundled.js'))})
if (bundledIn(${JSON.stringify(ROOT)}).main === undefined) throw new Error('expected a fresh bundle')
${load([bundle.main, ...bundle.agent].map((file) => join(HOME, file)))}`

const starts = {
  sources: { text: sources, cached: false },
  'sources, compiled before': { text: sources, cached: true },
  bundle: { text: bundled, cached: false },
  'bundle, compiled before': { text: bundled, cached: true },
}

/** Milliseconds of processor time of one process from its first instruction. */
function once({ text, cached }: (typeof starts)[keyof typeof starts]): number {
  const { NODE_COMPILE_CACHE: _, ...env } = process.env
  const told = `${text}\nconst { user, system } = process.cpuUsage()\nprocess.stdout.write(String((user + system) / 1000))`
  const flags = ['--no-warnings', '--input-type=module', '--eval', `${told}\nprocess.exit()`]
  return Number(execFileSync(process.execPath, flags, { env: cached ? { ...env, NODE_COMPILE_CACHE: cache } : env }))
}

/** Milliseconds of processor time until the launcher has printed its help and ended. */
function help(): number {
  const told = `process.on('exit', () => {
    const { user, system } = process.cpuUsage()
    process.stderr.write(String((user + system) / 1000))
  })`
  const flags = ['--import', `data:text/javascript,${encodeURIComponent(told)}`]
  const { status, stderr } = spawnSync(process.execPath, [...flags, join(ROOT, 'bin', 'lienmesh.js'), '--help'])
  if (status !== 0) throw new Error('expected help')
  return Number(stderr)
}

const least = new Map<string, number>()
const keep = (name: string, millis: number) => least.set(name, Math.min(millis, least.get(name) ?? Infinity))
for (const start of Object.values(starts)) if (start.cached) once(start)
for (let turn = 0; turn < TURNS; turn++) {
  for (const [name, start] of Object.entries(starts)) keep(name, once(start))
  keep('help', help())
}
rmSync(cache, { recursive: true })
for (const [name, millis] of least) process.stdout.write(`${name}: ${millis.toFixed(0)} ms, the least of ${TURNS}\n`)
const of = (name: string): number => least.get(name) ?? Number.NaN
const ready = of('bundle, compiled before')
report([
  atLeast('B14', 'processor time of a cold start, bundled and compiled before', [of('sources') / ready, 6], 'sources'),
  guide('B14', 'processor time of a cold start', [ready, 160], 'ms'),
  guide('B14', 'processor time of lienmesh --help', [of('help'), 300], 'ms'),
])
