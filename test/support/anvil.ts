// A throw-away anvil per test file: its own port, no history on disk, gone when the process is.
import { type ChildProcess, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { type } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'

export type AnvilOptions = {
  readonly chainId: number
  /** Osaka by default. */
  readonly hardfork?: string
  /** More flags, after and above the defaults: `['--block-time', '1']`. */
  readonly args?: readonly string[]
}

/** A running devnet. `stop` resolves when the process is gone. */
export type Anvil = {
  readonly url: string
  readonly chainId: number
  readonly pid: number
  /** A raw request, for the methods that only a devnet has: `anvil.ask('evm_mine')`. */
  ask(method: string, ...params: readonly unknown[]): Promise<unknown>
  stop(): Promise<void>
}

/** Starts the platform's anvil on a free port of 127.0.0.1. Mines per transaction unless the flags say otherwise. */
export async function startAnvil({ chainId, hardfork = 'osaka', args = [] }: AnvilOptions): Promise<Anvil> {
  const child = spawn(anvilBinary(), [...defaults, '--chain-id', String(chainId), '--hardfork', hardfork, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  const url = await listening(child)
  const ask = (method: string, ...params: readonly unknown[]) => request(url, method, params)
  return { url, chainId, pid: child.pid ?? 0, ask, stop: () => stop(child, kill) }
}

/** The binary of this platform; the npm bin of the same name is a wrapper that outlives its child. */
export function anvilBinary(): string {
  const os = type() === 'Windows_NT' ? 'win32' : type().toLowerCase()
  const cpu = process.arch === 'x64' ? 'amd64' : process.arch
  const fromHere = createRequire(import.meta.url)
  const home = dirname(fromHere.resolve(`@foundry-rs/anvil-${os}-${cpu}/package.json`))
  return join(home, 'bin', os === 'win32' ? 'anvil.exe' : 'anvil')
}

const defaults = [
  ['--host', '127.0.0.1'],
  ['--port', '0'],
  ['--prune-history', '256'],
  ['--base-fee', '0'],
  ['--gas-limit', '200000000'],
  ['--no-request-size-limit'],
].flat()

async function request(url: string, method: string, params: readonly unknown[]): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  const { result, error } = (await answer.json()) as { result?: unknown; error?: { message: string } }
  if (error) throw new Error(`${method}: ${error.message}`)
  return result
}

async function listening(child: ChildProcess): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const said: string[] = []
  child.once('error', reject)
  child.once('exit', (code) => reject(new Error(`anvil ended with ${code} before it listened:\n${said.join('\n')}`)))
  child.stderr?.on('data', (chunk: Buffer) => said.push(String(chunk)))
  if (!child.stdout) throw new Error('anvil has no stdout')
  createInterface(child.stdout).on('line', (line) => {
    const address = /Listening on (127\.0\.0\.1:\d+)/.exec(line)?.[1]
    if (address) resolve(`http://${address}`)
  })
  return promise
}

function stop(child: ChildProcess, kill: () => void): Promise<void> {
  process.removeListener('exit', kill)
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  const { promise, resolve } = Promise.withResolvers<void>()
  child.once('exit', () => resolve())
  child.kill('SIGKILL')
  return promise
}
