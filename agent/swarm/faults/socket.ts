// A WebSocket between a client and a node, with the same toxics as requests over HTTP: those of transport act on what the
// node sends, those of content on calls, answers and the notifications of subscriptions.
import type { IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { type Frame, frameBytes, frameReader, TEXT } from './frames.ts'
import { answered, asked, ofTransport, type RawCall, type Toxic, told } from './toxic.ts'
import type { Turns } from './turns.ts'

/** What a tunnel needs of its proxy. */
export type TunnelState = {
  readonly upstream: string
  /** Toxics that act now on something said with these methods; each throws its dice. */
  acting(methods: readonly string[]): readonly Toxic[]
  /** A call came. */
  came(method: string): void
  readonly dice: () => number
  readonly turns: Turns
}

/** Joins a client that asked for an upgrade to the node. */
export function tunnel(state: TunnelState, request: IncomingMessage, client: Socket): void {
  const { hostname, port } = new URL(state.upstream)
  const node = connect(Number(port), hostname)
  const mouth = mouthTo(client, state)
  const calls = new Map<unknown, RawCall>()
  const hear = frameReader((frame) => pass(state, calls, frame, { node, mouth }))
  const answer = frameReader((frame) =>
    mouth.say(frameBytes(changed(state, calls, frame), false), state.acting(methodsIn(calls, frame))),
  )
  node.write(handshake(request))
  let greeting = Buffer.alloc(0)
  node.on('data', (bytes: Buffer) => {
    if (greeting.length === 0 || !greeting.includes(END)) {
      const whole = Buffer.concat([greeting, bytes])
      const end = whole.indexOf(END)
      greeting = whole
      if (end < 0) return
      mouth.say(whole.subarray(0, end + END.length), state.acting([]))
      return answer(whole.subarray(end + END.length))
    }
    answer(bytes)
  })
  client.on('data', hear)
  for (const [one, other] of [
    [client, node],
    [node, client],
  ] as const) {
    one.on('error', () => other.destroy())
    one.on('close', () => other.destroy())
  }
}

const END = Buffer.from('\r\n\r\n')

/** The client's own request, but for extensions: compressed frames could not be read. */
function handshake({ url = '/', rawHeaders }: IncomingMessage): string {
  const lines = rawHeaders.flatMap((name, i) =>
    i % 2 === 0 && name.toLowerCase() !== 'sec-websocket-extensions' ? [`${name}: ${rawHeaders[i + 1] ?? ''}`] : [],
  )
  return [`GET ${url} HTTP/1.1`, ...lines, '', ''].join('\r\n')
}

type Ways = { readonly node: Socket; readonly mouth: Mouth }

/** What the client says: calls are counted, answered by a toxic, or passed on. */
function pass(state: TunnelState, calls: Map<unknown, RawCall>, frame: Frame, { node, mouth }: Ways): void {
  const call = frame.opcode === TEXT ? callIn(frame.payload) : undefined
  if (call === undefined) return void node.write(frameBytes(frame, true))
  state.came(call.method)
  calls.set(call.id, call)
  const toxics = state.acting([call.method])
  const ready = toxics.map((toxic) => answered(toxic, call)).find((answer) => answer !== undefined)
  if (ready !== undefined) return mouth.say(frameBytes(textOf(ready), false), toxics)
  const passed = toxics.reduce((one, toxic) => asked(toxic, one), call)
  const said = frameBytes(textOf({ jsonrpc: '2.0', ...passed }), true)
  node.write(said)
  if (toxics.some(({ kind }) => kind === 'duplicate')) node.write(said)
}

/** What the node says, after the toxics of content. */
function changed(state: TunnelState, calls: Map<unknown, RawCall>, frame: Frame): Frame {
  const said = frame.opcode === TEXT ? parsed(frame.payload) : undefined
  if (said === undefined) return frame
  const toxics = state.acting(methodsIn(calls, frame)).filter((toxic) => !ofTransport(toxic))
  if (said['method'] === SUBSCRIPTION) {
    const { params } = said
    const notice: RawCall = { id: undefined, method: SUBSCRIPTION, params: [] }
    return textOf({ ...said, params: toxics.reduce((told_, toxic) => told(toxic, notice, told_), params) })
  }
  const call = calls.get(said['id'])
  if (call === undefined) return frame
  return textOf(toxics.reduce<unknown>((answer, toxic) => told(toxic, call, answer), said))
}

/** What a notification of a subscription is called. */
const SUBSCRIPTION = 'eth_subscription'

/** The methods that a frame from the node is about: the call it answers, or a subscription. */
function methodsIn(calls: ReadonlyMap<unknown, RawCall>, { opcode, payload }: Frame): readonly string[] {
  const said = opcode === TEXT ? parsed(payload) : undefined
  if (said?.['method'] === SUBSCRIPTION) return [SUBSCRIPTION]
  const call = calls.get(said?.['id'])
  return call === undefined ? [] : [call.method]
}

type Mouth = { say(bytes: Buffer, toxics: readonly Toxic[]): void }

/** Says one thing after the other, each as its toxics will have it. */
function mouthTo(client: Socket, { dice, turns }: Pick<TunnelState, 'dice' | 'turns'>): Mouth {
  let turn = Promise.resolve()
  let said = 0
  const speak = async (bytes: Buffer, toxics: readonly Toxic[]): Promise<void> => {
    const acting = toxics.filter(ofTransport)
    if (acting.some(({ kind }) => kind === 'timeout' || kind === 'drop_reply')) return
    if (acting.some(({ kind }) => kind === 'reset_peer' || kind === 'down')) return void client.resetAndDestroy()
    for (const toxic of acting) if (toxic.kind === 'latency') await pause(toxic.millis + dice() * (toxic.jitter ?? 0))
    const most = acting.find((toxic) => toxic.kind === 'limit_data')?.bytes ?? Number.POSITIVE_INFINITY
    const rest = bytes.subarray(0, Math.max(0, most - said))
    said += rest.length
    await inPieces(client, rest, acting)
    if (rest.length < bytes.length) client.end()
  }
  return {
    say: (bytes, toxics) => {
      if (toxics.some(({ kind }) => kind === 'reorder')) {
        void turns.overtaken().then(() => speak(bytes, toxics).catch(() => void client.destroy()))
        return
      }
      turns.overtake()
      turn = turn.then(() => speak(bytes, toxics)).catch(() => void client.destroy())
    },
  }
}

/** As a whole, or in slices with pauses between them. */
async function inPieces(client: Socket, bytes: Buffer, toxics: readonly Toxic[]): Promise<void> {
  const slicer = toxics.find((toxic) => toxic.kind === 'slicer')
  const slow = toxics.find((toxic) => toxic.kind === 'bandwidth')
  const size = slicer?.bytes ?? slow?.bytes ?? bytes.length
  for (let at = 0; at < bytes.length && !client.destroyed; at += size) {
    client.write(bytes.subarray(at, at + size))
    if (at + size < bytes.length) await pause(slicer?.millis ?? 100)
  }
}

const textOf = (said: unknown): Frame => ({ opcode: TEXT, payload: Buffer.from(JSON.stringify(said)) })

function callIn(payload: Buffer): RawCall | undefined {
  const said = parsed(payload)
  if (said === undefined || typeof said['method'] !== 'string') return undefined
  return { id: said['id'], method: said['method'], params: Array.isArray(said['params']) ? said['params'] : [] }
}

function parsed(payload: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const said: unknown = JSON.parse(payload.toString())
    return typeof said === 'object' && said !== null ? { ...said } : undefined
  } catch {
    // Not JSON-RPC: passed on as it is.
    return undefined
  }
}
