import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openProcesses } from '../../../agent/swarm/processes.ts'
import { createRun, isAlive, listRuns, startOf, sweepRuns } from '../../../agent/swarm/run-directory.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lienmesh-run-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const IDLE = ['-e', 'setInterval(() => {}, 1000)']

test('a process is known by when it started, so that a reused pid is somebody else', () => {
  const self = { name: 'self', pid: process.pid, started: startOf(process.pid) ?? '' }
  expect([isAlive(self), isAlive({ ...self, started: '1' })]).toEqual([true, false])
})

test('a living run is left alone by the sweep', () => {
  const run = createRun(root, 'flash-crash', 42)
  expect(sweepRuns(root, 0)).toEqual([])
  expect(existsSync(run.path)).toBe(true)
})

test('orphans of a dead supervisor are ended, and its directory is forgotten in time', async () => {
  const orphan = spawn(process.execPath, IDLE, { stdio: 'ignore' })
  const [pid, gone] = [orphan.pid ?? 0, once(orphan, 'exit')]
  const run = createRun(root, 'flash-crash', 42)
  run.update({
    supervisor: { name: 'supervisor', pid: 1, started: 'long ago' },
    processes: [{ name: 'anvil', pid, started: startOf(pid) ?? '' }],
  })
  expect(sweepRuns(root, 0)).toEqual([{ run: run.id, pids: [pid] }])
  await gone
  expect([startOf(pid), existsSync(run.path)]).toEqual([undefined, false])
})

test("a stranger under an orphan's pid is not touched", () => {
  const run = createRun(root, 'flash-crash', 42)
  const stranger = { name: 'anvil', pid: process.pid, started: 'another time' }
  run.update({ supervisor: { name: 'supervisor', pid: 1, started: 'long ago' }, processes: [stranger] })
  expect(sweepRuns(root, 5)).toEqual([])
  expect(listRuns(root).map((one) => one.record().phase)).toEqual(['ended'])
})

test('a stop is asked for first and forced after its grace', async () => {
  const processes = openProcesses(createRun(root, 'flash-crash', 42))
  const lines: string[] = []
  const start = (name: string, script: string) => {
    const ready = Promise.withResolvers<void>()
    const onLine = (line: string): void => {
      lines.push(line)
      ready.resolve()
    }
    return {
      child: processes.start({ name, command: process.execPath, args: ['-e', script], onLine }),
      ready: ready.promise,
    }
  }
  const polite = start(
    'polite',
    "process.on('SIGTERM', () => process.exit(3)); console.log('up'); setInterval(() => {}, 1000)",
  )
  const deaf = start('deaf', "process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000)")
  await Promise.all([polite.ready, deaf.ready])
  await processes.stop(processes.all(), 300)
  expect(await Promise.all([polite.child.exited, deaf.child.exited])).toEqual([3, 'SIGKILL'])
  expect(lines).toEqual(['up', 'up'])
})

test('children die with a parent that was killed', async () => {
  const library = new URL('../../../agent/swarm/', import.meta.url)
  const script = join(root, 'parent.ts')
  writeFileSync(
    script,
    `import { openProcesses } from '${new URL('processes.ts', library).pathname}'
     import { createRun } from '${new URL('run-directory.ts', library).pathname}'
     const child = openProcesses(createRun('${root}', 'flash-crash', 1)).start({ name: 'child', command: process.execPath, args: ['-e', "console.log('up'); setInterval(() => {}, 1000)"], onLine: () => console.log(child.pid) })`,
  )
  const parent = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(parent.stdout, 'data')
  const pid = Number(String(line))
  expect(startOf(pid)).toBeDefined()
  parent.kill('SIGKILL')
  await once(parent, 'exit')
  await expect.poll(() => startOf(pid), { timeout: 5_000 }).toBeUndefined()
})
