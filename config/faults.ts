// Faults of a running swarm, in toxiproxy's words where it has one: what goes wrong, on whom, when and for how long.
import { z } from 'zod'
import { rawOf } from './fault-line.ts'
import { suggest } from './nearest.ts'
import { change, clockOffset, dataRate, duration, frequency, gasPrice, ratio } from './units.ts'

const words = z
  .union([z.string().min(1), z.array(z.string().min(1)).min(1)], {
    error: ({ input }) => (input === undefined ? 'is missing; name one, or several with commas' : 'expected names'),
  })
  .transform((one): readonly string[] => (typeof one === 'string' ? one.split(/ *, */) : one))
const whole = z
  .union([
    z.int().positive(),
    z
      .string()
      .regex(/^[1-9]\d{0,8}$/, 'expected a whole number')
      .transform(Number),
  ])
  .describe('A whole number.')

const at = duration.prefault('0s').describe('Wall time from the opening of the market, or from its injection.')
const lasting = {
  at,
  for: duration.optional().describe('How long it lasts; until it is healed when not said.'),
}
const agents = words.prefault('all').describe('Agents by name, group or role, or `publishers`; all by default.')
const named = words.describe('Agents by name, group or role.')
const chain = words.prefault('all').describe('Chains between which and the agents it acts; all by default.')
const share = ratio.describe('How many of them.')

/** The first field of each, if it is not one of everybody's, may stand without its name in the one-line form. */
const link = { on: agents, to: words.prefault('all').describe('Whom they are linked to; all by default.'), ...lasting }
const rpc = { on: agents, chain, ...lasting }
const onChains = words.prefault('all').describe('Chains by name; all by default.')
const oracle = {
  on: words.prefault('all').describe('Feeds by name; all by default.'),
  by: words.prefault('all').describe('Publishers (publisher-1 and so on); all by default.'),
  ...lasting,
}
const route = { on: words.prefault('all').describe('Vaults by id; all by default.'), ...lasting }
const hostile = { rate: frequency.prefault('20/s').describe('How often.'), on: agents, ...lasting }

const kinds = [
  kind('latency', 'Bytes between agents arrive later.', {
    delay: duration.describe('How much later.'),
    jitter: duration.prefault('0s').describe('And up to so much more, drawn anew for every piece.'),
    ...link,
  }),
  kind('jitter', 'Bytes between agents arrive up to so much later.', { jitter: duration, ...link }),
  kind('loss', 'Packets between agents are lost: TCP sends them again, 200 ms later, then 400 ms.', { share, ...link }),
  kind('bandwidth', 'Bytes between agents trickle.', { rate: dataRate, ...link }),
  kind('partition', 'Nothing passes between agents; connections stay open until they give up.', link),
  kind('reset_peer', 'Connections between agents are reset, and again when they are made anew.', {
    after: duration.prefault('0s').describe('How long a connection may live.'),
    ...link,
  }),
  kind('rpc_lag', 'The nodes of an agent answer later.', {
    delay: duration,
    jitter: duration.prefault('0s'),
    ...rpc,
  }),
  kind('rpc_error', 'The nodes of an agent answer with an HTTP error.', {
    share: share.prefault('100 %'),
    status: whole.prefault(500).describe('The HTTP status.'),
    ...rpc,
  }),
  kind('rpc_limit', 'The nodes of an agent refuse for its rate (429).', { share: share.prefault('100 %'), ...rpc }),
  kind('rpc_down', 'Nobody answers where the nodes of an agent were.', rpc),
  kind('rpc_stale', 'The nodes of an agent know no newer block than now.', rpc),
  kind('rpc_wrong_chain', 'The nodes of an agent say that they serve another chain.', {
    id: whole.prefault(1).describe('The chain id they say.'),
    ...rpc,
  }),
  kind('duplicate', 'Requests to the nodes of an agent are made twice.', { share, ...rpc }),
  kind('reorder', 'Answers of the nodes of an agent overtake each other.', { share, ...rpc }),
  kind('halt', 'No more blocks.', { on: onChains, ...lasting }),
  kind('reorg', 'The newest blocks are replaced by others with the same transactions.', {
    depth: whole.describe('How many blocks.'),
    on: onChains,
    at,
  }),
  kind('gas_spike', 'The base fee of every block is so high.', {
    fee: gasPrice.describe('The base fee.'),
    on: onChains,
    ...lasting,
  }),
  kind('oracle_freeze', 'Publishers sign the price of that moment again and again.', oracle),
  kind('oracle_skew', 'Publishers are off by so much.', { move: change, ...oracle }),
  kind('oracle_lie', 'One publisher is off by so much.', {
    move: change,
    ...oracle,
    by: words.prefault('publisher-1').describe('Who lies; publisher-1 by default.'),
  }),
  kind('oracle_silence', 'Publishers sign nothing.', { by: oracle.by, ...lasting }),
  kind('message_delay', 'Messages of a route that goes by courier arrive later.', { delay: duration, ...route }),
  kind(
    'censor',
    'Nothing proves anything to a vault: its messages are withheld, or its root oracle stands still.',
    route,
  ),
  kind('clock_skew', 'The clock of a process is off.', { offset: clockOffset, on: named, ...lasting }),
  kind('crash', 'A process is killed; it starts again when the fault ends.', { on: named, ...lasting }),
  kind('pause', 'A process stands still (SIGSTOP).', { on: named, ...lasting }),
  kind('restart', 'A process ends as it wishes and starts again.', { on: named, at }),
  kind('spam', 'A stranger floods agents with messages that mean nothing.', hostile),
  kind('forge', 'A stranger sends agents states, prices and attestations that it forged.', hostile),
  kind('replay', 'A stranger sends agents again what it heard.', hostile),
] as const

/** One fault, every default filled in and every unit read. Times are milliseconds, rates are per second. */
export type Fault = z.output<(typeof kinds)[number]>
type FaultKind = Fault['kind']
/** One fault as files have it, when it is not one line of text. */
export const faultUnion = z.discriminatedUnion('kind', kinds)

/** What each fault is called, what it does, and which fields it takes; the main one, if any, comes first. */
export const FAULTS = new Map(
  kinds.map((one) => [
    one.shape.kind.value,
    { about: one.description ?? '', fields: Object.keys(one.shape).filter((field) => field !== 'kind') },
  ]),
)

/**
 * A fault as files and people write it: an object, or one line such as `latency 200ms jitter 50ms on house-2 for 30s`.
 * What is wrong is said in words, with the nearest word that is known.
 */
export const faultSchema = z.unknown().transform((raw, context): Fault => {
  const read = readFault(raw)
  if (!Array.isArray(read)) return read
  for (const message of read) context.issues.push({ code: 'custom', message, input: raw })
  return z.NEVER
})

/** A fault, or why it is none. */
export function readFault(written: unknown): Fault | string[] {
  const raw = typeof written === 'string' ? rawOf(written, fieldsOf) : written
  if (typeof raw === 'string') return [raw]
  if (typeof raw !== 'object' || raw === null) return ['expected a fault, such as latency 200ms on house-1 for 30s']
  const word = String(Reflect.get(raw, 'kind') ?? '').replaceAll('-', '_')
  const known = FAULTS.get(word as FaultKind)
  if (known === undefined) return [unknownKind(word)]
  const parsed = faultUnion.safeParse({ ...raw, kind: word })
  return parsed.success ? parsed.data : parsed.error.issues.map((issue) => inWords(word, known.fields, issue))
}

/** The fields of a fault by its name, undefined when there is none of that name. */
function fieldsOf(word: string): readonly string[] | string {
  return FAULTS.get(word as FaultKind)?.fields ?? unknownKind(word)
}

function unknownKind(word: string): string {
  if (word === '') return `kind is missing; it is one of ${[...FAULTS.keys()].join(', ')}`
  const hint = suggest(word, [...FAULTS.keys()])
  return `no fault is called ${word} – ${hint || `known: ${[...FAULTS.keys()].join(', ')}`}`
}

function inWords(word: string, fields: readonly string[], issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys
    return `${word} takes no ${key} – ${suggest(key, fields) || `it takes ${fields.join(', ')}`}`
  }
  const field = issue.path.join('.')
  return `${word}: ${field}${issue.message.startsWith('is ') ? ' ' : ': '}${issue.message}`
}

function kind<K extends string, S extends z.ZodRawShape>(name: K, about: string, fields: S) {
  return z.strictObject({ kind: z.literal(name), ...fields }).describe(about)
}
