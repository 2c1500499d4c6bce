// A swarm left to itself: does anything grow, and is anything left behind? `npm run soak` (12 agents, 30 minutes);
// `--minutes 3` for a look. One JSON line; exit status 1 when a figure is missed.
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { isAlive, listRuns, type RunRecord } from '../../agent/swarm/run-directory.ts'

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '30' }, agents: { type: 'string', default: '12' } },
})
const minutes = z.coerce.number().positive().parse(values.minutes)
const agents = z.coerce.number().int().min(3).parse(values.agents)

/** Most growth of an agent's memory, in MB per hour, after the warm-up. */
const MOST = 2
/** The share of the run that warms up: code is compiled, books and pools fill. */
const WARM_UP = Math.min(1 / 3, 10 / minutes)
const EVERY = 5_000

type Sample = { readonly at: number; readonly bytes: number; readonly files: number }
type Found = { readonly name: string; readonly samples: Sample[] }

const before = leftovers()
const folder = mkdtempSync(join(tmpdir(), 'lienmesh-soak-'))
const began = Date.now()
const words = ['swarm', 'up', 'first-steps', '--agents', String(agents), '--duration', `${Math.round(60 * minutes)}s`]
const program = join(import.meta.dirname, '..', '..', 'bin', 'lienmesh.js')
const swarm = spawn(process.execPath, [program, ...words, '--run-dir', folder], {
  stdio: ['ignore', 'ignore', 'inherit'],
})
const ended = new Promise<number | string>((resolve) =>
  swarm.once('exit', (code, signal) => resolve(code ?? signal ?? 1)),
)
process.once('SIGINT', () => swarm.kill('SIGINT'))

const found = new Map<number, Found>()
let record: RunRecord | undefined
let over = false
void ended.then(() => {
  over = true
})
while (!over) {
  record = listRuns(folder)[0]?.record() ?? record
  if (record?.phase === 'running') for (const one of record.processes) look(one.name, one.pid)
  await Promise.race([ended, sleep(EVERY)])
}
const status = await ended
const leaked = {
  processes: alive(record),
  ports: await open(record),
  files: leftovers().filter((one) => !before.includes(one)),
}
const figures = [...found.values()].filter(({ name }) => isAgent(name)).map(growth)
const worst = Math.max(...figures.map(({ mbPerHour }) => mbPerHour))
const filesWorst = Math.max(...figures.map(({ filesPerHour }) => filesPerHour))
const ok =
  status === 0 &&
  figures.length >= agents &&
  worst < MOST &&
  filesWorst < 10 &&
  Object.values(leaked).every((all) => all.length === 0)
const summary = {
  minutes,
  agents: figures.length,
  status,
  seconds: Math.round((Date.now() - began) / 1_000),
  worst,
  filesWorst,
}
process.stdout.write(`${JSON.stringify({ type: 'soak', ok, ...summary, most: MOST, leaked, each: figures })}\n`)
rmSync(folder, { recursive: true, force: true })
process.exitCode = ok ? 0 : 1

/** Memory that is this process's own, and how many files it holds. */
function look(name: string, pid: number): void {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
    const of = (field: string): number => 1_024 * Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(rollup)?.[1] ?? 0)
    const bytes = of('Private_Dirty') + of('Private_Clean')
    const files = readdirSync(`/proc/${pid}/fd`).length
    const known = found.get(pid) ?? { name, samples: [] }
    found.set(pid, known)
    known.samples.push({ at: Date.now(), bytes, files })
  } catch {
    // It ended between two looks.
  }
}

/** Slopes after the warm-up, by Theil and Sen: the median of all pairs, which a collection of garbage does not bend. */
function growth({ name, samples }: Found) {
  const [first] = samples
  const last = samples.at(-1)
  const from = (first?.at ?? 0) + WARM_UP * ((last?.at ?? 0) - (first?.at ?? 0))
  const warm = samples.filter(({ at }) => at >= from)
  const slope = (of: (one: Sample) => number): number => {
    const pairs = warm.flatMap((a, i) => warm.slice(i + 1).map((b) => (of(b) - of(a)) / ((b.at - a.at) / 3_600_000)))
    return pairs.sort((a, b) => a - b)[Math.floor(pairs.length / 2)] ?? Number.POSITIVE_INFINITY
  }
  const round = (value: number): number => Math.round(100 * value) / 100
  return {
    name,
    samples: warm.length,
    mb: round((last?.bytes ?? 0) / 1e6),
    mbPerHour: round(slope(({ bytes }) => bytes) / 1e6),
    filesPerHour: round(slope(({ files }) => files)),
  }
}

/** Agents, and neither chains nor publishers. */
function isAgent(name: string): boolean {
  return /^(house|provider)-\d+$/.test(name)
}

function alive(of: RunRecord | undefined): readonly string[] {
  return (of?.processes ?? []).filter(isAlive).map(({ name }) => name)
}

/** Ports of the run that still answer. */
async function open(of: RunRecord | undefined): Promise<readonly string[]> {
  const answers = (of?.chains ?? []).map(async ({ url }) => {
    const { port } = new URL(url)
    const answered = await new Promise<boolean>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1')
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
      socket.once('connect', () => socket.destroy())
    })
    return answered ? [url] : []
  })
  return (await Promise.all(answers)).flat()
}

/** Sockets, locks and folders of ours in the temporary directory, and files in it that somebody deleted and holds. */
function leftovers(): readonly string[] {
  const own = readdirSync(tmpdir()).filter((name) => /^lienmesh-(?!soak-|test-)/.test(name))
  const held = readdirSync(`/proc/${process.pid}/fd`).flatMap((fd) => {
    try {
      return readlinkSync(`/proc/${process.pid}/fd/${fd}`).endsWith('(deleted)') ? [fd] : []
    } catch {
      return [] // Closed between the two looks.
    }
  })
  return [...own, ...held]
}
