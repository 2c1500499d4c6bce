// Hosts of their own on one machine: network namespaces, each with an address, on one switch that leads nowhere else.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { onTestFinished } from 'vitest'

const ip = (...words: readonly string[]): void =>
  void execFileSync('ip', words, { stdio: ['ignore', 'ignore', 'pipe'] })

/** Whether this machine lets us: the kernel, the program and our rights. */
export function canMakeHosts(): boolean {
  const name = `lm-${process.pid}-try`
  const made = spawnSync('ip', ['netns', 'add', name], { stdio: 'ignore' }).status === 0
  const runs = made && spawnSync('ip', ['netns', 'exec', name, 'true'], { stdio: 'ignore' }).status === 0
  const links =
    runs && spawnSync('ip', ['-n', name, 'link', 'add', 'b', 'type', 'bridge'], { stdio: 'ignore' }).status === 0
  if (made) spawnSync('ip', ['netns', 'del', name], { stdio: 'ignore' })
  return links
}

/** One host. */
export type Host = {
  readonly address: string
  /** Runs a program there until the test is over. */
  readonly run: (command: string, words: readonly string[]) => ChildProcess
  /** Pulls its cable, or plugs it in again. */
  readonly cable: (state: 'up' | 'down') => void
}

/** So many hosts with addresses of their own, gone when the test is over. */
export function hosts(count: number): readonly Host[] {
  const base = `lm-${process.pid}`
  const wire = `${base}-sw`
  const made: string[] = []
  const make = (name: string): void => {
    ip('netns', 'add', name)
    made.push(name)
  }
  onTestFinished(() => {
    for (const name of made) spawnSync('ip', ['netns', 'del', name], { stdio: 'ignore' })
  })
  make(wire)
  ip('-n', wire, 'link', 'add', 'br0', 'type', 'bridge')
  ip('-n', wire, 'link', 'set', 'br0', 'up')
  return Array.from({ length: count }, (_, n) => {
    const name = `${base}-${n}`
    make(name)
    ip('-n', wire, 'link', 'add', `v${n}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name)
    ip('-n', wire, 'link', 'set', `v${n}`, 'master', 'br0', 'up')
    const address = `10.77.${n + 1}.10`
    ip('-n', name, 'addr', 'add', `${address}/16`, 'dev', 'eth0')
    ip('-n', name, 'link', 'set', 'eth0', 'up')
    ip('-n', name, 'link', 'set', 'lo', 'up')
    return {
      address,
      run: (command, words) => runIn(name, command, words),
      cable: (state) => ip('-n', wire, 'link', 'set', `v${n}`, state),
    }
  })
}

function runIn(name: string, command: string, words: readonly string[]): ChildProcess {
  const child = spawn('ip', ['netns', 'exec', name, command, ...words], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise((ended) => child.once('exit', ended))
    child.kill('SIGTERM')
    await gone
  })
  return child
}
