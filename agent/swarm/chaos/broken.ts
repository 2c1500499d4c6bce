// Whether the drills would notice: every broken agent is built from a copy of the sources and must be found out, and the
// agent that ships must pass the same drills.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { invariantBroken } from '../../domain/errors.ts'
import { type BrokenAgent, brokenAgents } from './broken-agents.ts'
import { type DrillRecord, type Found, openDrillRecord } from './drill-record.ts'
import { sideBySide } from './side-by-side.ts'
import { applyPatch, copySources } from './source-copy.ts'

/** What came of all: broken agents that were found out, and drills that the agent that ships fails. */
export type BrokenResult = {
  readonly brokenAgents: number
  readonly brokenAgentsCaught: number
  readonly escaped: readonly Found[]
  readonly failedByTheSound: readonly Found[]
}

export type BrokenOptions = {
  /** Told of every agent as soon as it is done. */
  readonly report: (found: Found, sound: boolean) => void
  /** Takes up what an earlier run of the same sources found. */
  readonly resume: boolean
  /** Where the record is made; the working directory by default. */
  readonly folder?: string
  readonly signal: AbortSignal
}

/** An agent before its drill: one that ships has nothing changed. */
type Candidate = BrokenAgent & { readonly sound: boolean }

/** Runs every drill on what ships, and every broken agent through its drill. */
export async function runBroken(options: BrokenOptions): Promise<BrokenResult> {
  const record = openDrillRecord(options)
  const folder = mkdtempSync(join(tmpdir(), 'lienmesh-broken-'))
  const copies = new Set<string>()
  const [broken, sound]: [Found[], Found[]] = [[], []]
  try {
    await sideBySide(CANDIDATES, async (candidate, lane) => {
      const copy = join(folder, String(lane))
      const known = record.read(candidate.name, candidate.drill)
      if (known === undefined && !copies.has(copy)) copySources(copy)
      if (known === undefined) copies.add(copy)
      const found = known ?? (await judged(copy, candidate, { record, signal: options.signal }))
      ;(candidate.sound ? sound : broken).push(found)
      options.report(found, candidate.sound)
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  const escaped = broken.filter(({ findings }) => findings.length === 0)
  const caught = broken.length - escaped.length
  const failedByTheSound = sound.filter(({ findings }) => findings.length > 0)
  return { brokenAgents: broken.length, brokenAgentsCaught: caught, escaped, failedByTheSound }
}

/** What ships through every drill that is used, then every broken agent through its own. */
const CANDIDATES: readonly Candidate[] = [
  ...[...new Set(brokenAgents.map(({ drill }) => drill))].map((drill) => ({
    ...{ name: 'what ships', patches: [], drill },
    sound: true,
  })),
  ...brokenAgents.map((agent) => ({ ...agent, sound: false })),
]

type Judging = { readonly record: DrillRecord; readonly signal: AbortSignal }

async function judged(copy: string, candidate: Candidate, { record, signal }: Judging): Promise<Found> {
  const { name, drill } = candidate
  const found = { name, drill, findings: await findingsOf(copy, candidate, signal) }
  record.keep(found)
  return found
}
/** Breaks the copy, plays the drill, and mends it. */
async function findingsOf(
  folder: string,
  { patches, drill }: Pick<BrokenAgent, 'patches' | 'drill'>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const whole = new Map(patches.map(({ file }) => [file, readFileSync(join(folder, file), 'utf8')]))
  try {
    for (const patch of patches) applyPatch(folder, patch)
    return await play(folder, drill, signal)
  } finally {
    for (const [file, text] of whole) writeFileSync(join(folder, file), text)
  }
}

/** Longest time (ms) of a drill. An agent that hangs is found out. */
const LIMIT = 180_000

async function play(folder: string, drill: string, signal: AbortSignal): Promise<readonly string[]> {
  signal.throwIfAborted()
  const entry = join(folder, 'agent/swarm/chaos/drills/drill.ts')
  const env = { ...process.env, NODE_COMPILE_CACHE: join(folder, 'compiled') }
  const child = spawn(process.execPath, ['--no-warnings', entry, drill], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
    signal,
  })
  let said = ''
  let complained = ''
  child.stdout.on('data', (text: Buffer) => {
    said += text
  })
  child.stderr.on('data', (text: Buffer) => {
    complained += text
  })
  const hung = setTimeout(() => child.kill('SIGKILL'), LIMIT)
  const status = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  }).finally(() => clearTimeout(hung))
  if (said !== '') return findingsIn(said)
  if (status === null) return ['hung']
  // An agent that does not even start was found out by nobody.
  const why = complained.trim().split('\n').slice(0, 3).join(' ')
  throw invariantBroken(`The drill ${drill} ended with status ${String(status)} before it began: ${why}`, { drill })
}

function findingsIn(said: string): readonly string[] {
  // One line of our own drill.
  const { findings } = JSON.parse(said) as { readonly findings: readonly string[] }
  return findings
}
