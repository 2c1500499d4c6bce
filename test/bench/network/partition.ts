// Twenty processes in two network namespaces, ten in each; the cable between them is pulled for a minute. How soon after it
// is back does everybody hear everything, and what was said meanwhile? Needs Linux and `unshare`; where the kernel forbids
// namespaces the scenario `partition` of `npm run bench:network` plays the same in virtual time.
// node test/bench/network/partition.ts [processes] [seconds without a cable]
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { State } from '../../support/lone-node.ts'

const [count = 20, seconds = 60] = process.argv.slice(2).map(Number)
if (process.env.LIENMESH_NAMESPACE === undefined) enter()
else await run()

/** The same program as root of a namespace of its own. */
function enter(): void {
  const args = ['-rn', process.execPath, ...process.argv.slice(1)]
  const inside = spawnSync('unshare', args, { stdio: 'inherit', env: { ...process.env, LIENMESH_NAMESPACE: '1' } })
  if (inside.error !== undefined)
    process.stderr.write('no namespaces here: npm run bench:network plays it in virtual time\n')
  process.exitCode = inside.status ?? 1
}

async function run(): Promise<void> {
  const other = spawn('unshare', ['-n', 'sleep', '100000'])
  process.once('exit', () => other.kill('SIGKILL'))
  await wait(500)
  const inOther = ['-t', String(other.pid), '-n'] as const
  layCable(String(other.pid), inOther)
  const nodes: Node[] = []
  for (let n = 0; n < count; n++) nodes.push(await start(n, nodes, inOther))
  await until(nodes, (states) =>
    states.every(({ peers }) => peers.filter(({ mesh }) => mesh.includes('price')).length > 1),
  )
  for (const [half, node] of nodes.slice(0, 2).entries())
    node.child.send({ perSecond: 2, seconds: seconds + 60, entries: 2, as: `publisher ${half}` })
  await wait(5_000)
  ip('link', 'set', 'here', 'down')
  await wait(seconds * 500)
  nodes[0]?.child.send('state')
  await wait(seconds * 500)
  const cut = await askAll(nodes)
  ip('link', 'set', 'here', 'up')
  const healed = Date.now()
  let stateMillis = Number.NaN
  for (let tries = 0; tries < 60; tries++) {
    const states = await askAll(nodes)
    const knows = ({ stats }: State): boolean => stats.received.state > 0 || stats.published.state > 0
    if (Number.isNaN(stateMillis) && states.every(knows)) stateMillis = Date.now() - healed
    await wait(500)
  }
  report(await askAll(nodes), { cut, healed, stateMillis })
  for (const { child } of nodes) child.kill('SIGKILL')
  other.kill('SIGKILL')
}

type Node = { readonly child: ChildProcess; readonly addresses: readonly string[] }
type Found = { readonly cut: readonly State[]; readonly healed: number; readonly stateMillis: number }

function report(states: readonly State[], { cut, healed, stateMillis }: Found): void {
  const heard = states.map((state) => new Map(state.heard.map(({ id, at }) => [id, at])))
  const said = new Map(states.flatMap((state) => state.heard.map(({ id, at, age }) => [id, at - age] as const)))
  const last = Math.max(...said.values()) - 5_000
  const after = [...said].filter(([, at]) => at > healed && at < last)
  // The author of a price does not hear it.
  const everywhere = ([id]: readonly [string, number]): boolean =>
    heard.filter((one) => one.has(id)).length >= count - 1
  const missed = after.filter((one) => !everywhere(one))
  const fullAfterMillis = Math.max(0, ...missed.map(([, at]) => at - healed))
  const apart = cut.filter(
    ({ heard: all }) => new Set(all.slice(-20).map(({ id }) => id.split(':')[0])).size === 1,
  ).length
  const passed = after.length > 0 && fullAfterMillis <= 10_000 && stateMillis <= 10_000
  const row = { scenario: 'F07 partition in namespaces', processes: count, seconds, apart, prices: after.length }
  process.stdout.write(`${JSON.stringify({ ...row, fullAfterMillis, stateMillis, passed })}\n`)
  process.exitCode = passed ? 0 : 1
}

function ip(...args: readonly string[]): void {
  execFileSync('ip', args)
}

/** One end here, the other end there. */
function layCable(pid: string, inOther: readonly string[]): void {
  const there = (...args: readonly string[]): void => void execFileSync('nsenter', [...inOther, 'ip', ...args])
  ip('link', 'set', 'lo', 'up')
  ip('link', 'add', 'name', 'here', 'type', 'veth', 'peer', 'name', 'there')
  ip('link', 'set', 'there', 'netns', pid)
  ip('addr', 'add', '10.97.0.1/24', 'dev', 'here')
  ip('link', 'set', 'here', 'up')
  there('link', 'set', 'lo', 'up')
  there('addr', 'add', '10.97.0.2/24', 'dev', 'there')
  there('link', 'set', 'there', 'up')
}

/** Every other node stands on the other side and knows the last three. */
async function start(n: number, nodes: readonly Node[], inOther: readonly string[]): Promise<Node> {
  const script = fileURLToPath(new URL('../../support/lone-node.ts', import.meta.url))
  const [command = '', ...args] =
    n % 2 === 0 ? [process.execPath, script] : ['nsenter', ...inOther, process.execPath, script]
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const told = answer<readonly string[]>(child)
  const bootstrap = nodes.slice(-3).flatMap(({ addresses }) => addresses)
  child.send({ listen: `10.97.0.${1 + (n % 2)}:0`, bootstrap })
  return { child, addresses: await told }
}

function answer<T>(child: ChildProcess): Promise<T> {
  return new Promise((heard) => child.once('message', (said) => heard(said as T)))
}

function askAll(nodes: readonly Node[]): Promise<readonly State[]> {
  return Promise.all(
    nodes.map(({ child }) => {
      const told = answer<State>(child)
      child.send('tell')
      return told
    }),
  )
}

async function until(nodes: readonly Node[], so: (states: readonly State[]) => boolean): Promise<void> {
  for (let tries = 0; !so(await askAll(nodes)) && tries < 300; tries++) await wait(1_000)
}
