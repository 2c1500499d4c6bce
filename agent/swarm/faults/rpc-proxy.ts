// A provider that can fail in every known way: a JSON-RPC proxy before a real node, with toxics that come and go.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { seeded } from '../../simulator/scenario/random.ts'
import {
  answered,
  asked,
  ofTransport,
  type RawCall,
  type Reach,
  type Toxic,
  type Transport,
  told,
  touches,
} from './toxic.ts'

export type ProxyOptions = {
  /** The node behind. */
  readonly upstream: string
  /** Seed of the dice that `toxicity` and `jitter` throw. */
  readonly seed?: number
  /** Stands before the node. */
  readonly gate?: Gate
}

/** Somebody who answers calls in the node's place, or hears what the node answers before the client does. */
export type Gate = {
  /** The answer, undefined to ask the node. A rejection resets the connection. */
  answer(call: RawCall): Promise<object | undefined>
  heard(call: RawCall, answer: unknown): void
}

/** A running proxy on a free port of 127.0.0.1. */
export type RpcProxy = {
  readonly url: string
  /** Adds a fault; the result takes it away. */
  add(toxic: Toxic): () => void
  /** No faults any more. */
  clear(): void
  /** Calls that came, by method. */
  readonly calls: ReadonlyMap<string, number>
  /** How often a toxic acted, by kind. */
  readonly faults: ReadonlyMap<string, number>
  close(): Promise<void>
}

/** Starts a proxy without faults. */
export async function openRpcProxy({ upstream, seed = 1, gate }: ProxyOptions): Promise<RpcProxy> {
  const toxics = new Set<Toxic>()
  const state = {
    upstream,
    gate,
    toxics,
    dice: seeded(seed, 'rpc proxy'),
    calls: new Map<string, number>(),
    faults: new Map<string, number>(),
  }
  const server = createServer((request, response) => {
    // A client that gave up is no failure of ours: its socket is gone, and so is the answer.
    serve(state, request, response).catch(() => request.socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens on TCP has an address of that kind.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    add: (toxic) => {
      toxics.add(toxic)
      return () => toxics.delete(toxic)
    },
    clear: () => toxics.clear(),
    calls: state.calls,
    faults: state.faults,
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

type State = {
  readonly upstream: string
  readonly gate: Gate | undefined
  readonly toxics: ReadonlySet<Toxic>
  readonly dice: () => number
  readonly calls: Map<string, number>
  readonly faults: Map<string, number>
}

async function serve(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body: unknown = JSON.parse(await textOf(request))
  // Our own client writes these requests: method and params are there.
  const calls = [body].flat() as RawCall[]
  for (const { method } of calls) count(state.calls, method)
  const acting = [...state.toxics].filter((toxic) => acts(state, toxic, calls))
  const transport = acting.filter(ofTransport)
  if (transport.some(({ kind }) => kind === 'timeout')) return
  if (transport.some(({ kind }) => kind === 'reset_peer')) return void request.socket.destroy()
  for (const toxic of transport)
    if (toxic.kind === 'latency') await pause(toxic.millis + state.dice() * (toxic.jitter ?? 0))
  const instead = transport.find((toxic) => toxic.kind === 'status' || toxic.kind === 'garbage')
  if (instead !== undefined) return void refuse(response, instead)
  const answers = await exchange(state, calls, acting)
  if (transport.some(({ kind }) => kind === 'drop_reply')) return void request.socket.destroy()
  const text = JSON.stringify(Array.isArray(body) ? answers : answers[0])
  const slow = transport.find((toxic) => toxic.kind === 'bandwidth')
  response.writeHead(200, { 'content-type': 'application/json' })
  if (slow?.kind === 'bandwidth') await trickle(response, text, slow.bytes)
  response.end(slow === undefined ? text : '')
}

/** Each toxic throws its dice once per request that it touches. */
function acts({ dice: roll, faults }: State, toxic: Toxic, calls: readonly RawCall[]): boolean {
  if (!calls.some(({ method }) => touches(toxic, method))) return false
  if (toxic.toxicity !== undefined && roll() >= toxic.toxicity) return false
  count(faults, toxic.kind)
  return true
}

function refuse(response: ServerResponse, toxic: Reach & Transport): void {
  response.writeHead(toxic.kind === 'status' ? toxic.status : 200)
  response.end(toxic.kind === 'garbage' ? toxic.body : '')
}

async function trickle(response: ServerResponse, text: string, bytes: number): Promise<void> {
  for (let at = 0; at < text.length && !response.destroyed; at += bytes) {
    response.write(text.slice(at, at + bytes))
    await pause(100)
  }
}

/** Passes on what upstream must be asked, and changes what the toxics change. */
async function exchange(
  { upstream, gate }: Pick<State, 'upstream' | 'gate'>,
  calls: readonly RawCall[],
  toxics: readonly Toxic[],
): Promise<unknown[]> {
  const planned = calls.map(async (call) => {
    const own = toxics.filter((toxic) => touches(toxic, call.method))
    const refused = own.map((toxic) => answered(toxic, call)).find((answer) => answer !== undefined)
    const ready = refused ?? (await gate?.answer(call))
    return { call, own, ready, passed: own.reduce((passed, toxic) => asked(toxic, passed), call) }
  })
  const plans = await Promise.all(planned)
  const open = plans.filter(({ ready }) => ready === undefined)
  const found =
    open.length === 0
      ? []
      : await post(
          upstream,
          open.map(({ passed }) => ({ jsonrpc: '2.0', ...passed })),
        )
  const byId = new Map(found.map((answer) => [answer.id, answer]))
  for (const { call } of open) gate?.heard(call, byId.get(call.id))
  return plans.map(
    ({ call, own, ready }) =>
      ready ?? own.reduce<unknown>((answer, toxic) => told(toxic, call, answer), byId.get(call.id)),
  )
}

async function post(upstream: string, calls: readonly object[]): Promise<readonly { readonly id: unknown }[]> {
  const body = JSON.stringify(calls)
  const response = await fetch(upstream, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  // A batch to a node is answered by a batch.
  return (await response.json()) as readonly { readonly id: unknown }[]
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString()
}

const count = (counts: Map<string, number>, key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1)
