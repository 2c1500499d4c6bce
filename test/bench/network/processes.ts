// Signed prices between processes over TCP: how long until everybody has verified one, and how many arrive. Needs a quiet machine.
// node test/bench/network/processes.ts [processes] [messages a second] [seconds] [gossip | lane]
import { type ChildProcess, fork } from 'node:child_process'
import { newIdentity } from '../../../agent/adapters/gossip/identity.ts'
import { joinGossip } from '../../../agent/adapters/gossip/node.ts'
import { instant } from '../../../agent/domain/units.ts'
import type { Gossip } from '../../../agent/ports/gossip.ts'
import * as a from '../../unit/gossip/builders.ts'

type Links = { readonly bootstrap: readonly string[]; readonly lanes: readonly string[] }
/** What a child says. Latencies in nanoseconds of the clock that all processes share. */
type Said = { readonly addresses: readonly string[] } | { readonly latencies: readonly number[]; readonly rss: number }

const ENTRIES = a.priceBatch().entries
const [, , count = '2', rate = '50', seconds = '10', how = 'gossip'] = process.argv
if (process.send === undefined) await lead(Number(count), Number(rate), Number(seconds))
else process.once('message', (links) => void follow(links as Links))

async function lead(processes: number, perSecond: number, length: number): Promise<void> {
  const identity = await newIdentity()
  const once = await join({ bootstrap: [], lanes: [] }, identity)
  await once.stop()
  const children: ChildProcess[] = []
  const addresses: string[] = []
  for (let n = 1; n < processes; n++) {
    const child = fork(import.meta.filename)
    child.send({
      bootstrap: addresses.slice(-8),
      lanes: how === 'lane' ? [`/ip4/127.0.0.1/tcp/1/p2p/${once.peerId}`] : [],
    })
    const said = await next(child)
    if ('addresses' in said) addresses.push(...said.addresses)
    children.push(child)
  }
  const lanes = how === 'lane' ? addresses : []
  const publisher = await join({ bootstrap: addresses.slice(-8), lanes }, identity)
  await new Promise((settled) => setTimeout(settled, 3_000))
  const cpu = process.cpuUsage()
  await publish(publisher, perSecond, length)
  const { user, system } = process.cpuUsage(cpu)
  const answers = await Promise.all(children.map(stopped))
  report(answers, {
    scenario: how,
    processes,
    perSecond,
    seconds: length,
    publisherCpuMs: Math.round((user + system) / 1e3),
  })
  for (const child of children) child.kill()
  await publisher.stop()
  process.exit(0)
}

/** At an even pace, whatever the last one took. */
async function publish(publisher: Gossip, perSecond: number, length: number): Promise<void> {
  const began = performance.now()
  for (let n = 0; n < perSecond * length; n++) {
    const early = began + (n * 1_000) / perSecond - performance.now()
    if (early > 0) await new Promise((due) => setTimeout(due, early))
    await publisher.publish('price', stamped(n))
  }
  await new Promise((settled) => setTimeout(settled, 1_000))
}

/** The shocks of the first entry carry the moment of signing. */
function stamped(n: number) {
  const entries = ENTRIES.map((entry) => ({ ...entry, shocks: process.hrtime.bigint() }))
  return a.priceBatch({ sequence: instant(a.NOW + n), validUntil: instant(a.NOW + 10_000_000), entries })
}

type Row = { readonly processes: number; readonly perSecond: number; readonly seconds: number } & Readonly<
  Record<string, unknown>
>

function report(answers: readonly Said[], row: Row): void {
  const latencies = answers.flatMap((said) => ('latencies' in said ? said.latencies : [])).sort((x, y) => x - y)
  const at = (share: number): number => Math.round((latencies[Math.floor(share * latencies.length)] ?? 0) / 1e4) / 100
  const rss = Math.max(...answers.map((said) => ('rss' in said ? said.rss : 0)))
  const delivered = latencies.length / (row.perSecond * row.seconds * (row.processes - 1))
  const found = { p50Ms: at(0.5), p99Ms: at(0.99), delivered, mostRssMb: Math.round(rss / 2 ** 20) }
  process.stdout.write(`${JSON.stringify({ ...row, ...found })}\n`)
}

async function follow(links: Links): Promise<void> {
  const node = await join(links)
  const latencies: number[] = []
  process.on('message', (word) => {
    if (word === 'stop') process.send?.({ latencies, rss: process.memoryUsage.rss() } satisfies Said)
  })
  const read = node.messages(({ kind, payload }) => {
    if (kind === 'price') latencies.push(Number(process.hrtime.bigint() - (payload.entries[0]?.shocks ?? 0n)))
    return { kind: 'accept' }
  }, new AbortController().signal)
  process.send?.({ addresses: node.addresses } satisfies Said)
  for await (const _ of read);
}

function join({ bootstrap, lanes }: Links, identity?: Uint8Array): Promise<Gossip> {
  const { signal } = new AbortController()
  const open = { network: a.network(), trust: a.trust(), now: () => instant(a.NOW + 1_000_000), devnet: true, signal }
  return joinGossip({ ...open, listen: '127.0.0.1:0', bootstrap, lanes, ...(identity && { identity }) })
}

function next(child: ChildProcess): Promise<Said> {
  return new Promise((heard) => child.once('message', (said) => heard(said as Said)))
}

function stopped(child: ChildProcess): Promise<Said> {
  const said = next(child)
  child.send('stop')
  return said
}
