// The guest's process: started with nothing, read line by line, watched for what it uses, and killed without asking.
import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process'
import { readFileSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'

/** A process that answers frames with lines, in order. */
export type Guest = {
  send(frame: Uint8Array): void
  readonly pid: number
  kill(): void
}

/** Told of every line, and once of its end. */
export type Listener = { readonly line: (text: string) => void; readonly gone: () => void }

/** Starts a guest. It may read its own sources and SES, has no environment, and on Linux no network where that can be had. */
export function startGuest({ line, gone }: Listener): Guest {
  const [ses, guest] = [sesAt(), guestAt()]
  const own = [process.execPath, ...flags(guest, ses.folder), guest, ses.file]
  const [program = process.execPath, ...args] = [...apart(), ...own]
  const child = spawn(program, args, { env: {}, cwd: '/', stdio: ['pipe', 'pipe', 'ignore'] })
  child.once('error', gone)
  child.once('exit', gone)
  child.stdin.on('error', () => {}) // It has gone, and `gone` says so.
  readLines(child, line)
  return {
    pid: child.pid ?? 0,
    send: (frame) => void child.stdin.write(frame),
    kill: () => void child.kill('SIGKILL'),
  }
}

/** The longest line that is read: answers are short, and a guest may send what it likes. */
const LONGEST = 1 << 22

function readLines(child: ChildProcessByStdio<Writable, Readable, null>, line: (text: string) => void): void {
  let held = ''
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    const lines = (held + part).split('\n')
    held = lines.pop() ?? ''
    if (held.length > LONGEST) child.kill('SIGKILL')
    for (const text of lines) line(text)
  })
}

const SUFFIX = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
/** A real path: where a folder is a link, the guest could not even read where it leads. */
const guestAt = (): string => realpathSync(fileURLToPath(new URL(`./guest${SUFFIX}`, import.meta.url)))

/** SES in one file, and the folder of its package. It is handed to the guest, which walks through nobody's node_modules. */
function sesAt(): { readonly folder: string; readonly file: string } {
  const { resolve } = createRequire(import.meta.url)
  return { folder: realpathSync(dirname(resolve('ses/package.json'))), file: realpathSync(resolve('ses')) }
}

/** What it may read, and how much V8 gives it before it ends itself. */
function flags(guest: string, ses: string): readonly string[] {
  const agent = join(dirname(guest), '../..')
  const readable = [agent, join(agent, '../package.json'), ses]
  return [
    '--permission',
    ...readable.map((path) => `--allow-fs-read=${path}`),
    '--max-old-space-size=64',
    '--max-semi-space-size=2',
    '--no-warnings',
  ]
}

/** A network namespace with nothing in it, where users may make one. */
function apart(): readonly string[] {
  const command = ['unshare', '--user', '--map-root-user', '--net']
  separable ??= process.platform === 'linux' && spawnSync('unshare', [...command.slice(1), 'true']).status === 0
  return separable ? command : []
}

let separable: boolean | undefined

/** What a process has used: memory in bytes, time on processors in milliseconds; undefined where nobody can say. */
export function usageOf(pid: number): { readonly memory: number; readonly busy: number } | undefined {
  try {
    const [, pages = '0'] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return { memory: Number(pages) * 4_096, busy: (Number(fields[11]) + Number(fields[12])) * 10 }
  } catch {
    // Not Linux, or it has just ended.
    return undefined
  }
}
