// A provider that can fail in every known way: a JSON-RPC proxy before a real node, with toxics that come and go.
import { Agent, request as ask, createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { seeded } from '../../simulator/scenario/random.ts'
import { tunnel } from './socket.ts'
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
import { openTurns, type Turns } from './turns.ts'

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
  /** The only methods it cares about. */
  readonly methods: ReadonlySet<string>
  /** The answer, undefined to ask the node. A rejection resets the connection. */
  answer(call: RawCall): Promise<object | undefined>
  heard(call: RawCall, answer: unknown): void
}

/** A running proxy on a free port of 127.0.0.1. */
export type RpcProxy = {
  readonly url: string
  /** The same for WebSockets. */
  readonly socketUrl: string
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
    sockets: new Set<Socket>(),
    turns: openTurns(),
  }
  const server = createServer((request, response) => {
    // A client that gave up is no failure of ours: its socket is gone, and so is the answer.
    serve(state, request, response).catch(() => request.socket.destroy())
  })
  server.on('upgrade', (request, socket: Socket) => join(state, request, socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens on TCP has an address of that kind.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    socketUrl: `ws://127.0.0.1:${port}`,
    add: (toxic) => {
      toxics.add(toxic)
      return () => toxics.delete(toxic)
    },
    clear: () => toxics.clear(),
    calls: state.calls,
    faults: state.faults,
    close: () => {
      server.closeAllConnections()
      for (const socket of state.sockets) socket.destroy()
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
  readonly sockets: Set<Socket>
  readonly turns: Turns
}

/** A client wants to talk by WebSocket. */
function join(state: State, request: IncomingMessage, socket: Socket): void {
  const acting = (methods: readonly string[]): readonly Toxic[] =>
    [...state.toxics].filter((toxic) => acts(state, toxic, methods))
  if (acting([]).some(({ kind }) => kind === 'down')) return void socket.resetAndDestroy()
  state.sockets.add(socket.on('close', () => state.sockets.delete(socket)))
  const { upstream, dice } = state
  tunnel({ upstream, dice, acting, turns: state.turns, came: (method) => count(state.calls, method) }, request, socket)
}

async function serve(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const text = await textOf(request)
  const body: unknown = JSON.parse(text)
  // Our own client writes these requests: method and params are there.
  const calls = [body].flat() as RawCall[]
  for (const { method } of calls) count(state.calls, method)
  const acting = [...state.toxics].filter((toxic) =>
    acts(
      state,
      toxic,
      calls.map(({ method }) => method),
    ),
  )
  const transport = acting.filter(ofTransport)
  if (transport.some(({ kind }) => kind === 'timeout')) return
  if (transport.some(({ kind }) => kind === 'reset_peer' || kind === 'down')) return void request.socket.destroy()
  for (const toxic of transport)
    if (toxic.kind === 'latency') await pause(toxic.millis + state.dice() * (toxic.jitter ?? 0))
  const instead = transport.find((toxic) => toxic.kind === 'status' || toxic.kind === 'garbage')
  if (instead !== undefined) return void refuse(response, instead)
  if (untouched(state, calls, acting)) return passOn(state.upstream, text, response)
  if (transport.some(({ kind }) => kind === 'duplicate')) await post(state.upstream, calls).catch(() => undefined)
  const answers = await exchange(state, calls, acting)
  if (transport.some(({ kind }) => kind === 'reorder')) await state.turns.overtaken()
  else state.turns.overtake()
  if (transport.some(({ kind }) => kind === 'drop_reply')) return void request.socket.destroy()
  const said = JSON.stringify(Array.isArray(body) ? answers : answers[0])
  response.writeHead(200, { 'content-type': 'application/json' })
  await answer(response, said, transport)
}

/** Nobody wants to read or change what the node says. */
const untouched = ({ gate }: State, calls: readonly RawCall[], acting: readonly Toxic[]): boolean =>
  acting.every(({ kind }) => kind === 'latency') && !calls.some(({ method }) => gate?.methods.has(method))

/** Hands on bytes as they come, unread. */
function passOn(upstream: string, body: string, response: ServerResponse): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  const passed = ask(upstream, { method: 'POST', headers, agent: KEPT_ALIVE }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, { 'content-type': 'application/json' })
    answer.pipe(response).on('close', resolve)
  })
  passed.on('error', reject).end(body)
  return promise
}

const KEPT_ALIVE = new Agent({ keepAlive: true })

/** Each toxic throws its dice once per request that it touches. One without methods touches everything that is said. */
function acts({ dice: roll, faults }: State, toxic: Toxic, methods: readonly string[]): boolean {
  if (toxic.methods !== undefined && !methods.some((method) => touches(toxic, method))) return false
  if (toxic.toxicity !== undefined && roll() >= toxic.toxicity) return false
  count(faults, toxic.kind)
  return true
}

function refuse(response: ServerResponse, toxic: Reach & Transport): void {
  response.writeHead(toxic.kind === 'status' ? toxic.status : 200)
  response.end(toxic.kind === 'garbage' ? toxic.body : '')
}

/** At once, or piece by piece; cut off where the connection has its limit. */
async function answer(response: ServerResponse, text: string, toxics: readonly Transport[]): Promise<void> {
  const most = toxics.find((toxic) => toxic.kind === 'limit_data')?.bytes ?? text.length
  const slicer = toxics.find((toxic) => toxic.kind === 'slicer')
  const slow = toxics.find((toxic) => toxic.kind === 'bandwidth')
  const size = slicer?.bytes ?? slow?.bytes ?? text.length
  for (let at = 0; at < Math.min(text.length, most) && !response.destroyed; at += size) {
    response.write(text.slice(at, Math.min(at + size, most)))
    if (at + size < text.length) await pause(slicer?.millis ?? 100)
  }
  if (most < text.length) response.socket?.destroy()
  else response.end()
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
