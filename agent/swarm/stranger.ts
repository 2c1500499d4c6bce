// A stranger in the network of a swarm, in a process of its own: floods its peers, forges what it hears, or says it again.
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { loadNetwork } from '../../config/network.ts'
import { fromBytes, SHAPES, toBytes } from '../adapters/gossip/codec.ts'
import { type Node, startNode } from '../adapters/gossip/libp2p.ts'
import { keepLinked } from '../adapters/gossip/links.ts'
import { KINDS, TOPICS, type TopicNames, topicNames } from '../adapters/gossip/topics.ts'
import type { Kind } from '../domain/message.ts'

/** What the process is told in its one file. */
export type StrangerConfig = {
  readonly network: string
  readonly peers: readonly string[]
  readonly act: 'spam' | 'forge' | 'replay'
  /** Messages a second. */
  readonly rate: number
}

type Heard = { readonly topic: string; readonly data: Uint8Array }

async function run({ network: file, peers, act, rate }: StrangerConfig): Promise<void> {
  const network = loadNetwork(file)
  const names = topicNames(network)
  const topics = new Map(KINDS.map((kind) => [names.of(kind), TOPICS[kind]]))
  const gate = { banned: () => false, bonded: () => false }
  const node = await startNode({
    ...{ listen: '127.0.0.1:0', identity: undefined, devnet: true, topics },
    ...{ standing: () => 0, gate },
  })
  const leaving = new AbortController()
  process.stdin.on('end', () => process.exit(0)).on('close', () => process.exit(0))
  process.stdin.resume()
  process.once('SIGTERM', () => leaving.abort())
  const heard: Heard[] = []
  node.router.addEventListener('gossipsub:message', ({ detail: { msg } }) => {
    heard.push({ topic: msg.topic, data: msg.data })
    if (heard.length > MEMORY) heard.shift()
  })
  for (const peer of peers) void keepLinked(node, peer, () => undefined, leaving.signal)
  let said = 0
  const timer = setInterval(() => process.stdout.write(`${JSON.stringify({ event: 'stranger', act, said })}\n`), 1_000)
  for (let next = performance.now(); !leaving.signal.aborted; next += 1_000 / rate) {
    await sleep(Math.max(0, next - performance.now()))
    const message = wordOf(act, heard, names)
    if (message !== undefined && (await send(node, message, act))) said++
  }
  clearInterval(timer)
  await node.host.stop()
  process.exit(0)
}

/** Messages of the past that are remembered. */
const MEMORY = 2_000

function wordOf(act: StrangerConfig['act'], heard: readonly Heard[], names: TopicNames): Heard | undefined {
  const one = heard[Math.floor(Math.random() * heard.length)]
  if (act === 'spam') return { topic: names.of(oneOf(KINDS)), data: randomBytes(300) }
  if (act === 'replay' || one === undefined) return one
  const kind = names.kind(one.topic)
  const data = kind === undefined ? undefined : forged(kind, one.data)
  return data === undefined ? undefined : { topic: one.topic, data }
}

/** The message with another content under the same signature or proof, still of its shape. */
function forged(kind: Kind, data: Uint8Array): Uint8Array | undefined {
  const shape = SHAPES[kind]
  const told = fromBytes<unknown>(shape as never, data)
  if (told === undefined) return undefined
  try {
    return toBytes<unknown>(shape as never, bent(told))
  } catch {
    return undefined // Bent out of its shape: another one next time.
  }
}

/** One number of it, somewhere, is another one. */
function bent(value: unknown): unknown {
  if (typeof value === 'bigint') return value + BigInt(1 + Math.floor(Math.random() * 1_000))
  if (Array.isArray(value)) {
    const at = Math.floor(Math.random() * value.length)
    return value.map((item, i) => (i === at ? bent(item) : item))
  }
  if (typeof value === 'string' && /^0x[0-9a-f]{64,}$/.test(value))
    return `0x${randomBytes((value.length - 2) / 2).toString('hex')}`
  if (typeof value !== 'object' || value === null) return value
  const fields = Object.entries(value).filter(([, held]) => typeof held === 'bigint' || typeof held === 'object')
  const [name] = oneOf(fields) ?? []
  return name === undefined ? value : { ...value, [name]: bent(Reflect.get(value, name)) }
}

/** What was heard goes out past our own memory of it: a peer that keeps to the rules says nothing twice. */
async function send({ router }: Node, { topic, data }: Heard, act: StrangerConfig['act']): Promise<boolean> {
  const peers = router.getSubscribers(topic).map(String)
  if (peers.length === 0) return false
  if (act !== 'replay') {
    await router.publish(topic, data, { floodPublish: true }).catch(() => undefined) // Nobody listens: nothing was said.
    return true
  }
  // Not of its public type: a router sends what it is told to.
  const raw = router as unknown as { sendRpc(peer: string, rpc: object): boolean }
  return peers.map((peer) => raw.sendRpc(peer, { ...EMPTY, messages: [{ topic, data }] })).some((sent) => sent)
}

const EMPTY = { subscriptions: [], control: undefined }

const oneOf = <T>(all: readonly T[]): T => all[Math.floor(Math.random() * all.length)] as T

// Last, when every constant above exists.
const told: StrangerConfig = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'))
await run(told)
