// The product end to end: one command, two chains, six agents, one crash. And nothing of it left afterwards.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { lienmesh } from '../support/command-line.ts'
import { temporaryFolder } from '../support/config-file.ts'
import { root } from '../support/cruise.ts'

const decimal = z.string().regex(/^-?\d+$/)

/** The last line of `swarm up --json`, as other programs may rely on it. */
const summary = z.strictObject({
  type: z.literal('summary'),
  seed: z.int(),
  liquidated: z.int(),
  missed: z.int(),
  refused: z.int(),
  badDebt: decimal,
  claims: z.int(),
  settled: z.int(),
  unsettled: z.int(),
  conservation: z.boolean(),
  agents: z.array(
    z.strictObject({
      name: z.string(),
      strategy: z.string(),
      wins: z.int(),
      lost: z.int(),
      pnl: decimal,
      capital: decimal,
      gapPredicted: decimal,
      gapRealised: decimal,
    }),
  ),
  gossip: z.strictObject({ messages: z.int(), p50Ms: z.number(), p99Ms: z.number() }),
  wallSeconds: z.number(),
})

/** Command lines of the processes that work below a folder. */
function processesOf(folder: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
        return `${readlinkSync(`/proc/${pid}/cwd`)} ${words}`.includes(folder) ? [words] : []
      } catch {
        return [] // It ended while we looked.
      }
    })
}

/** Resolves when nothing works below a folder any more, or with what still does after `patience` ms. */
async function leftBehind(folder: string, patience: number): Promise<readonly string[]> {
  for (const end = performance.now() + patience; performance.now() < end; await wait(100)) {
    if (processesOf(folder).length === 0) return []
  }
  return processesOf(folder)
}

/** Starts a swarm and resolves once so many processes run, or fails with what it printed. */
async function startedSwarm(folder: string, processes: number): Promise<ChildProcess> {
  const words = [join(root, 'bin', 'lienmesh.js'), 'swarm', 'up', '--run-dir', folder]
  const child = spawn(process.execPath, words, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line)
    if (processesOf(folder).length >= processes) return child
  }
  throw new Error(`the swarm ended early:\n${lines.join('\n')}`)
}

describe.skipIf(process.platform !== 'linux')('lienmesh swarm up', () => {
  test('plays the default scenario, holds its assertions and leaves nothing behind', async () => {
    const folder = temporaryFolder()
    const { status, out, err } = await lienmesh(['swarm', 'up', '--json'], { cwd: folder })
    const last = summary.parse(JSON.parse(out.trimEnd().split('\n').at(-1) ?? ''))
    expect(err).toBe('')
    expect(last).toMatchObject({ seed: 42, badDebt: '0', unsettled: 0, conservation: true })
    expect(last.settled).toBe(last.claims)
    expect(status).toBe(0)
    expect(await leftBehind(folder, 5_000)).toEqual([])
    expect(readdirSync(folder)).toEqual(['.lienmesh'])
  })

  test('ends with everything it started on Ctrl-C during set-up, with status 130', async () => {
    const folder = temporaryFolder()
    const child = await startedSwarm(folder, 3)
    child.kill('SIGINT')
    expect(await once(child, 'exit')).toEqual([130, null])
    expect(await leftBehind(folder, 5_000)).toEqual([])
  })

  test('takes its chains and agents with it when it is killed', async () => {
    const folder = temporaryFolder()
    const child = await startedSwarm(folder, 9)
    child.kill('SIGKILL')
    expect(await leftBehind(folder, 10_000)).toEqual([])
  })
})
