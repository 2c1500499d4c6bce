// Signed prices between processes over TCP: how long until everybody has verified one, and how many arrive. Needs a quiet machine.
// Above 50 a second the budgets of one author and relay are lifted: what is measured then is what the checks can bear.
// node test/bench/network/processes.ts [processes] [messages a second] [seconds] [gossip | lane]
import { type ChildProcess, fork } from 'node:child_process'
import { newIdentity } from '../../../agent/adapters/gossip/identity.ts'
import { joinGossip } from '../../../agent/adapters/gossip/node.ts'
import type { PriceBatch } from '../../../agent/domain/market.ts'
import { instant } from '../../../agent/domain/units.ts'
import type { Gossip } from '../../../agent/ports/gossip.ts'
import * as a from '../../unit/gossip/builders.ts'

type Links = { readonly bootstrap: readonly string[]; readonly lanes: readonly string[] }
/** Moments in milliseconds of the clock that all processes share, by number of the price. */
type Moments = readonly (readonly [n: number, at: number])[]
/** What a child says. */
type Said = { readonly addresses: readonly string[] } | { readonly heard: Moments; readonly rss: number }

/** Prices are numbered from here. */
const FIRST = a.NOW
const clock = (): number => Number(process.hrtime.bigint()) / 1e6
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
    const child = fork(import.meta.filename, process.argv.slice(2))
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
  const batches = Array.from({ length: perSecond * length }, (_, n) => numbered(n))
  await new Promise((settled) => setTimeout(settled, 3_000))
  const cpu = process.cpuUsage()
  const sent = await publish(publisher, batches, perSecond)
  const { user, system } = process.cpuUsage(cpu)
  const answers = await Promise.all(children.map(stopped))
  report(answers, sent, {
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

/** At an even pace, whatever the last one took. Answers when each one was said. */
async function publish(
  publisher: Gossip,
  batches: readonly PriceBatch[],
  perSecond: number,
): Promise<readonly number[]> {
  const sent: number[] = []
  const began = clock()
  for (const [n, batch] of batches.entries()) {
    const early = began + (n * 1_000) / perSecond - clock()
    if (early > 0) await new Promise((due) => setTimeout(due, early))
    sent.push(clock())
    if (perSecond > 1_000) void publisher.publish('price', batch)
    else await publisher.publish('price', batch)
  }
  await new Promise((settled) => setTimeout(settled, 1_000))
  return sent
}

/** Signed before the run: what a signature costs its author is another figure. */
function numbered(n: number): PriceBatch {
  return a.priceBatch({ sequence: instant(FIRST + n), validUntil: instant(FIRST + 10_000_000) })
}

type Row = { readonly processes: number; readonly perSecond: number; readonly seconds: number } & Readonly<
  Record<string, unknown>
>

function report(answers: readonly Said[], sent: readonly number[], row: Row): void {
  const latencies = answers
    .flatMap((said) => ('heard' in said ? said.heard : []))
    .map(([n, at]) => at - (sent[n] ?? Number.NaN))
    .sort((x, y) => x - y)
  const at = (share: number): number => Math.round((latencies[Math.floor(share * latencies.length)] ?? 0) * 100) / 100
  const rss = Math.max(...answers.map((said) => ('rss' in said ? said.rss : 0)))
  const delivered = latencies.length / (row.perSecond * row.seconds * (row.processes - 1))
  const found = { p50Ms: at(0.5), p99Ms: at(0.99), delivered, mostRssMb: Math.round(rss / 2 ** 20) }
  process.stdout.write(`${JSON.stringify({ ...row, ...found })}\n`)
}

async function follow(links: Links): Promise<void> {
  const node = await join(links)
  const heard: [number, number][] = []
  process.once('disconnect', () => process.exit())
  process.on('message', (word) => {
    if (word === 'stop') process.send?.({ heard, rss: process.memoryUsage.rss() } satisfies Said)
  })
  const read = node.messages(({ kind, payload }) => {
    if (kind === 'price') heard.push([payload.sequence - FIRST, clock()])
    return { kind: 'accept' }
  }, new AbortController().signal)
  process.send?.({ addresses: node.addresses } satisfies Said)
  for await (const _ of read);
}

function join({ bootstrap, lanes }: Links, identity?: Uint8Array): Promise<Gossip> {
  const { signal } = new AbortController()
  const began = clock()
  const now = () => instant(Math.floor(a.NOW + 1_000_000 + clock() - began))
  const allowance = Math.max(1, Number(rate) / 50)
  const open = { network: a.network(), trust: a.trust(), now, devnet: true, signal, allowance }
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
