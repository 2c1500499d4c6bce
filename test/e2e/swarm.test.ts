import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isAlive, listRuns } from '../../agent/swarm/run-directory.ts'

const PROGRAM = fileURLToPath(new URL('../../bin/lienmesh.js', import.meta.url))

let root: string
let home: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lienmesh-e2e-'))
  home = mkdtempSync(join(tmpdir(), 'lienmesh-home-'))
})
afterEach(() => {
  for (const run of listRuns(root))
    for (const one of run.record().processes) if (isAlive(one)) process.kill(one.pid, 'SIGKILL')
  for (const place of [root, home]) rmSync(place, { recursive: true, force: true })
})

/** A swarm started in an empty directory, with an empty home. */
function swarm(...words: readonly string[]): {
  readonly child: ChildProcess
  readonly lines: string[]
  readonly until: (word: string) => Promise<void>
} {
  const env = { ...process.env, HOME: home, NO_COLOR: '1' }
  const child = spawn(process.execPath, [PROGRAM, 'swarm', ...words], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: string[] = []
  const waiting: { readonly word: string; readonly resolve: () => void }[] = []
  let rest = ''
  const read = (chunk: Buffer): void => {
    const parts = (rest + String(chunk)).split('\n')
    rest = parts.pop() ?? ''
    lines.push(...parts)
    for (const { word, resolve } of waiting) if (lines.some((line) => line.includes(word))) resolve()
  }
  child.stdout?.on('data', read)
  child.stderr?.on('data', read)
  const until = (word: string): Promise<void> =>
    new Promise((resolve, reject) => {
      waiting.push({ word, resolve })
      child.once('exit', () => reject(new Error(`ended before "${word}":\n${lines.slice(-20).join('\n')}`)))
      read(Buffer.alloc(0))
    })
  return { child, lines, until }
}

/** Nothing of the run is left: no process, no port, no file outside the run directory. */
async function expectNothingLeft(): Promise<void> {
  const [run] = listRuns(root)
  if (run === undefined) throw new Error('the run left no record')
  await expect
    .poll(
      () =>
        run
          .record()
          .processes.filter(isAlive)
          .map(({ name }) => name),
      { timeout: 10_000 },
    )
    .toEqual([])
  for (const { url } of run.record().chains) await expect(fetch(url)).rejects.toThrow()
  expect([readdirSync(root), readdirSync(join(root, '.lienmesh')), readdirSync(home)]).toEqual([
    ['.lienmesh'],
    ['runs'],
    [],
  ])
}

test('a crash is traded from deposit to sale, judged, and leaves nothing behind', async () => {
  const { child, lines } = swarm('up', '--json')
  const [status] = await once(child, 'close')
  const said = lines.map((line): { readonly type?: string } => JSON.parse(line))
  const summary = said.at(-1)
  expect({ status, failed: lines.filter((line) => /assertion failed|"error"/.test(line)) }).toEqual({
    status: 0,
    failed: [],
  })
  expect(summary).toMatchObject({ type: 'summary', seed: 42, badDebt: '0', unsettled: 0, conservation: true })
  expect(Object.keys(summary ?? {})).toEqual([
    ...['type', 'seed', 'liquidated', 'missed', 'refused', 'badDebt', 'claims', 'settled', 'unsettled', 'conservation'],
    ...['agents', 'gossip', 'gaps', 'wallSeconds'],
  ])
  expect(said.filter(({ type }) => type === 'step').length).toBeGreaterThanOrEqual(8)
  await expectNothingLeft()
})

test('Ctrl-C ends everything cleanly', async () => {
  const { child, until } = swarm('up', '--accounts', '12', '--agents', '2')
  await until('agents')
  child.kill('SIGINT')
  expect(await once(child, 'close')).toEqual([130, null])
  await expectNothingLeft()
})

test('nothing outlives a swarm that was killed', async () => {
  const { child, until } = swarm('up', '--accounts', '12', '--agents', '2')
  await until('deposits')
  child.kill('SIGKILL')
  await once(child, 'close')
  await expectNothingLeft()
})

test('without a swarm there is no status, and nothing to take down', async () => {
  for (const word of ['status', 'down']) {
    const { child } = swarm(word)
    expect(await once(child, 'close')).toEqual([3, null])
  }
})
