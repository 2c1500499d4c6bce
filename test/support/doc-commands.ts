// The commands of a document, as its reader would type them: blocks marked `sh journey`, line by line.
import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isAlive, listRuns } from '../../agent/swarm/run-directory.ts'
import { root } from './cruise.ts'

/** Every command of a document's marked blocks, in order. */
function commandsOf(file: string): readonly string[] {
  const text = readFileSync(join(root, file), 'utf8')
  return [...text.matchAll(/^```sh journey\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) =>
    block.split('\n').filter((line) => line.trim() !== ''),
  )
}

/** A page to be read from top to bottom, in a directory of its own. */
export function openPage(file: string) {
  const cwd = mkdtempSync(join(tmpdir(), 'lienmesh-page-'))
  const shell = shellIn(cwd)
  const lines = commandsOf(file)
  const done: Line[] = []
  return {
    ...{ cwd, shell, lines, done },
    /** Runs every line, up to the first that fails; then nothing stays in the background either. */
    async read(before: (line: string) => Promise<void> = async () => {}): Promise<void> {
      for (const line of lines) {
        await before(line)
        done.push(await shell.run(line))
        if (done.at(-1)?.status !== 0) return shell.close()
      }
    },
    /** What the first line with a word printed. */
    outOf: (word: string): string => done.find(({ line }) => line.includes(word))?.out ?? '',
    /** The lines that failed, with what they said. */
    failed: () => done.filter(({ status }) => status !== 0).map(({ line, status, out }) => ({ line, status, out })),
    /** Ends what the lines left running, and takes the directory away. */
    async close(): Promise<void> {
      await shell.close()
      for (const run of listRuns(cwd)) {
        const { supervisor, processes } = run.record()
        for (const one of [supervisor, ...processes]) if (isAlive(one)) process.kill(one.pid, 'SIGKILL')
      }
      rmSync(cwd, { recursive: true, force: true })
    },
  }
}

/** How a line ended. `status` is undefined while it runs in the background. */
type Line = {
  readonly line: string
  readonly status: number | null
  readonly out: string
  readonly seconds: number
}

/** A shell in a directory, with `lienmesh` on its path. A line that ends in `&` is left running. */
function shellIn(cwd: string) {
  const bin = join(cwd, 'bin')
  mkdirSync(bin, { recursive: true })
  const program = join(bin, 'lienmesh')
  writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${join(root, 'bin', 'lienmesh.js')}" "$@"\n`)
  chmodSync(program, 0o755)
  const env = { ...process.env, NO_COLOR: '1', PATH: `${bin}:${process.env['PATH'] ?? ''}` }
  const background = new Map<string, { readonly pid: number | undefined; readonly ended: Promise<number | null> }>()
  const start = (line: string) =>
    spawn('/bin/sh', ['-c', line], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  return {
    /** Runs a line and waits for its end, unless it is to stay in the background. */
    run(line: string): Promise<Line> {
      const [, kept] = /^(.*)&\s*$/.exec(line) ?? []
      const child = start(kept === undefined ? line : `exec ${kept}`)
      const began = performance.now()
      const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
      let out = ''
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (part: string) => (out += part))
      const told = (status: number | null): Line => ({
        line,
        status,
        out,
        seconds: (performance.now() - began) / 1_000,
      })
      if (kept === undefined) return ended.then(told)
      background.set(line, { pid: child.pid, ended })
      return Promise.resolve(told(0))
    },
    /** How a line in the background ended. */
    ended: (line: string) => background.get(line)?.ended,
    /** Ends what still runs in the background. */
    async close(): Promise<void> {
      for (const { pid, ended } of background.values()) {
        if (pid !== undefined) endGroup(pid)
        await ended
      }
    },
  }
}

function endGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}
