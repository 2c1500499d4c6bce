// Whether the drills would notice: every broken agent is built from a copy of the sources and must be found out, and the
// agent that ships must pass the same drills.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { invariantBroken } from '../../domain/errors.ts'
import { type BrokenAgent, brokenAgents } from './broken-agents.ts'
import { applyPatch, copySources } from './source-copy.ts'

/** What came of one agent. A sound one has no findings. */
export type Found = { readonly name: string; readonly drill: string; readonly findings: readonly string[] }

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
  readonly signal: AbortSignal
}

/** Runs every drill on what ships, then every broken agent through its drill. */
export async function runBroken({ report, signal }: BrokenOptions): Promise<BrokenResult> {
  const folder = mkdtempSync(join(tmpdir(), 'lienmesh-broken-'))
  try {
    copySources(folder)
    const failedByTheSound: Found[] = []
    for (const drill of new Set(brokenAgents.map((one) => one.drill))) {
      const found = { name: 'what ships', drill, findings: await play(folder, drill, signal) }
      report(found, true)
      if (found.findings.length > 0) failedByTheSound.push(found)
    }
    const escaped: Found[] = []
    for (const agent of brokenAgents) {
      const found = { name: agent.name, drill: agent.drill, findings: await findingsOf(folder, agent, signal) }
      report(found, false)
      if (found.findings.length === 0) escaped.push(found)
    }
    const caught = brokenAgents.length - escaped.length
    return { brokenAgents: brokenAgents.length, brokenAgentsCaught: caught, escaped, failedByTheSound }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Breaks the copy, plays the drill, and mends it. */
async function findingsOf(
  folder: string,
  { patches, drill }: BrokenAgent,
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
