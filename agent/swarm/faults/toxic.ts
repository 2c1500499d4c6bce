// Faults of a JSON-RPC provider, in toxiproxy's words where it has one.

/** Which calls a toxic touches: all methods and every time unless said otherwise. */
export type Reach = {
  readonly methods?: readonly string[]
  /** Share of the matching requests, from 0 to 1. */
  readonly toxicity?: number
}

/** What happens to a whole request: nothing is answered, or not as it should be. */
export type Transport =
  /** The answer comes later: so many ms, and up to `jitter` more. */
  | { readonly kind: 'latency'; readonly millis: number; readonly jitter?: number }
  /** Nothing ever comes; the connection stays open. */
  | { readonly kind: 'timeout' }
  /** The connection is reset before the request is passed on. */
  | { readonly kind: 'reset_peer' }
  /** The request is passed on, and the connection is reset instead of an answer. */
  | { readonly kind: 'drop_reply' }
  /** An HTTP status without JSON-RPC: 429, 500. */
  | { readonly kind: 'status'; readonly status: number }
  /** Bytes instead of an answer. */
  | { readonly kind: 'garbage'; readonly body: string }
  /** The answer trickles: so many bytes, then a pause of 100 ms, and so on. */
  | { readonly kind: 'bandwidth'; readonly bytes: number }
  /** The answer comes in slices of so many bytes, with so many ms between them. */
  | { readonly kind: 'slicer'; readonly bytes: number; readonly millis: number }
  /** The connection is closed after so many bytes. */
  | { readonly kind: 'limit_data'; readonly bytes: number }
  /** The request is passed on twice; the first answer counts. */
  | { readonly kind: 'duplicate' }
  /** The answer waits until the next one overtook it, for a second at most. */
  | { readonly kind: 'reorder' }
  /** Nobody is there: connections are reset as they are made. */
  | { readonly kind: 'down' }

/** What happens to one call's answer. */
export type Content =
  /** A JSON-RPC error instead of the result. */
  | { readonly kind: 'error'; readonly code: number; readonly message: string }
  /**
   * Another value at a path of the result (`logs.0.data`; empty for the whole result). Null has no paths. What a
   * subscription tells is a result of the method `eth_subscription`.
   */
  | { readonly kind: 'lie'; readonly path: string; readonly value: unknown }
  /** The newest block known is this one; later ones do not exist. */
  | { readonly kind: 'stale'; readonly height: number }
  /** A transaction is answered with its hash and thrown away. */
  | { readonly kind: 'swallow'; readonly hashOf: (raw: string) => string }

export type Toxic = Reach & (Transport | Content)

/** A JSON-RPC call on the wire. */
export type RawCall = { readonly id: unknown; readonly method: string; readonly params: readonly unknown[] }

/** A toxic that acts on a whole request. */
export const ofTransport = (toxic: Toxic): toxic is Reach & Transport => TRANSPORT.has(toxic.kind)

const TRANSPORT: ReadonlySet<string> = new Set<Transport['kind']>([
  'latency',
  'timeout',
  'reset_peer',
  'drop_reply',
  'status',
  'garbage',
  'bandwidth',
  'slicer',
  'limit_data',
  'duplicate',
  'reorder',
  'down',
])

/** Whether a toxic is about this method. */
export const touches = ({ methods }: Reach, method: string): boolean => methods?.includes(method) ?? true

/** The answer without asking upstream; undefined when upstream must be asked. */
export function answered(toxic: Toxic, call: RawCall): object | undefined {
  if (toxic.kind === 'error')
    return { jsonrpc: '2.0', id: call.id, error: { code: toxic.code, message: toxic.message } }
  if (toxic.kind === 'swallow' && call.method === 'eth_sendRawTransaction')
    return { jsonrpc: '2.0', id: call.id, result: toxic.hashOf(String(call.params[0])) }
  const beyond =
    toxic.kind === 'stale' && call.method === 'eth_getBlockByNumber' && Number(call.params[0]) > toxic.height
  return beyond ? { jsonrpc: '2.0', id: call.id, result: null } : undefined
}

/** The call as it is passed on. */
export function asked(toxic: Toxic, call: RawCall): RawCall {
  if (toxic.kind !== 'stale') return call
  const newest = `0x${toxic.height.toString(16)}`
  return { ...call, params: call.params.map((param) => (param === 'latest' ? newest : param)) }
}

/** The answer as it is handed on. */
export function told(toxic: Toxic, call: RawCall, answer: unknown): unknown {
  if (typeof answer !== 'object' || answer === null || !('result' in answer)) return answer
  if (toxic.kind === 'stale' && call.method === 'eth_blockNumber')
    return { ...answer, result: `0x${toxic.height.toString(16)}` }
  if (toxic.kind !== 'lie') return answer
  const path = toxic.path === '' ? [] : toxic.path.split('.')
  if (answer.result === null && path.length > 0) return answer
  return { ...answer, result: replaced(answer.result, path, toxic.value) }
}

function replaced(value: unknown, [step, ...rest]: readonly string[], by: unknown): unknown {
  if (step === undefined) return by
  if (Array.isArray(value)) return value.map((item, i) => (String(i) === step ? replaced(item, rest, by) : item))
  if (typeof value !== 'object' || value === null) return value
  return { ...value, [step]: replaced(Reflect.get(value, step), rest, by) }
}
