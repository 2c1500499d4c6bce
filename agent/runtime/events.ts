// The one place where logs come from: an event has a name, fields and a level decided by its reader.
import pino, { type Logger } from 'pino'

/** error: wake the operator. warn: capital works below plan. info: once per liquidation. debug: once per tick. */
export type Level = 'error' | 'warn' | 'info' | 'debug' | 'trace'

const levels = {
  'agent:started': 'info',
  'agent:recovered': 'info',
  'agent:ready': 'info',
  'agent:stopping': 'info',
  'agent:halted': 'error',
  'agent:resumed': 'info',
  'agent:summary': 'info',
  'agent:retried': 'warn',
  'agent:failed': 'error',
  'disk:mended': 'info',
  'doctor:found': 'warn',
  'mesh:joined': 'info',
  'link:connected': 'debug',
  'link:lost': 'debug',
  'link:listening': 'info',
  'link:unreachable': 'warn',
  'link:stalled': 'warn',
  'link:banned': 'warn',
  'link:other-network': 'warn',
  'link:stream-broken': 'warn',
  'link:silent': 'warn',
  'link:lane': 'info',
  'link:fault': 'warn',
  'link:slow-signatures': 'warn',
  'link:caught-up': 'info',
  'head:seen': 'debug',
  'head:reorg': 'warn',
  'chain:sight': 'warn',
  'candidate:found': 'info',
  decision: 'info',
  'bid:submitted': 'info',
  'bid:won': 'info',
  'bid:lost': 'info',
  'bid:declined': 'info',
  'bid:recovered': 'info',
  'bid:rival': 'debug',
  'auction:opened': 'info',
  'claim:opened': 'info',
  'claim:anchored': 'info',
  'claim:stuck': 'warn',
  'claim:playbook': 'warn',
  'claim:sold': 'info',
  'route:tripped': 'error',
  'proposal:struck': 'error',
  'proposal:frozen': 'error',
  'proposal:released': 'info',
  'books:unreconciled': 'error',
  'books:arrived': 'warn',
  'settlement:closed': 'info',
  'gap:realised': 'info',
  'offer:made': 'info',
  'offer:declined': 'info',
  'line:accepted': 'info',
  'line:declined': 'info',
  'line:moved': 'info',
  'line:refused': 'warn',
  'line:closed': 'info',
  'deposit:credited': 'info',
  'credit:waiting': 'debug',
  'state:shared': 'debug',
  'state:learned': 'debug',
  'evidence:found': 'error',
  'bond:slashed': 'error',
  'attestor:changed': 'warn',
  'message:refused': 'debug',
  'gossip:stats': 'info',
  'mesh:changed': 'info',
  'shadow:would-bid': 'info',
  'trade:done': 'info',
  'trade:refused': 'warn',
  'trade:closed': 'info',
  'strategy:boxed': 'info',
  'strategy:killed': 'error',
  'strategy:kept': 'warn',
  'strategy:reloaded': 'info',
  'strategy:tuned': 'info',
  'notify:failed': 'warn',
  alarm: 'warn',
} as const satisfies Record<string, Level>

export type EventName = keyof typeof levels
export type Fields = Readonly<Record<string, unknown>>
export type Emit = (event: EventName, fields?: Fields) => void

/** How loud an event is. */
export const levelOf = (event: EventName): Level => levels[event]

/** Settings of the log: a level for everything and one per module, the part of an event's name before the colon. */
export type LogSettings = {
  readonly level: Level | 'silent'
  readonly modules?: Readonly<Record<string, Level | 'silent'>>
  /** Marks every line: what it tells of is simulated. */
  readonly paper?: boolean
}

/** Fields whose values never reach a log, wherever they stand. */
const SECRETS = ['privateKey', 'password', 'token', 'secret', 'rpc', 'authorization']

/** The agent's voice: one JSON object per line on `stream`, amounts as decimal strings, secrets masked. */
export function createEmit(name: string, settings: LogSettings, stream: pino.DestinationStream): Emit {
  const logger = pino(
    {
      level: 'trace',
      base: { agent: name, ...(settings.paper === true && { paper: true }) },
      timestamp: () => `,"time":${Date.now()}`,
      formatters: { level: (label) => ({ level: label }), log: (fields) => plain(fields) },
      redact: { paths: SECRETS.flatMap((key) => [key, `*.${key}`]), censor: '[hidden]' },
    },
    stream,
  )
  const byModule = new Map<string, Logger>()
  const loggerFor = (event: EventName): Logger => {
    const module = event.split(':')[0] ?? event
    const known = byModule.get(module)
    if (known !== undefined) return known
    const child = logger.child({}, { level: settings.modules?.[module] ?? settings.level })
    byModule.set(module, child)
    return child
  }
  return (event, fields = {}) => loggerFor(event)[levels[event]]({ event, ...fields })
}

/** Fields as they may be shown outside the log: plain, secrets masked as the log masks them. */
export const shown = (fields: Fields): Record<string, unknown> => masked(plain(fields), 2)

const masked = (fields: Record<string, unknown>, depth: number): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields).map(([key, field]) => [key, SECRETS.includes(key) ? '[hidden]' : within(field, depth - 1)]),
  )

const within = (field: unknown, depth: number): unknown =>
  typeof field === 'object' && field !== null && !Array.isArray(field) && depth > 0
    ? masked({ ...field }, depth)
    : field

/** bigint as decimal strings, at any depth: a bare JSON number of that size would be rounded by its reader. */
export function plain(value: Fields): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, plainValue(field)]))
}

function plainValue(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Error) return { code: Reflect.get(value, 'code'), message: value.message }
  if (Array.isArray(value)) return value.map(plainValue)
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, field]) => [String(key), plainValue(field)]))
  if (typeof value === 'object' && value !== null) return plain(value as Fields)
  return value
}
