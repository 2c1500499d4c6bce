// Everything that can be asked of the server: what it takes, what it answers and who may. The router and the OpenAPI
// description both stand on this table.
import { z } from 'zod'
import * as pages from '../view/pages.ts'
import { power } from '../view/shapes.ts'
import type { Views } from '../view/words.ts'

/** One thing that can be asked. `text` is plain text, `stream` server-sent events. */
export type Asking = {
  readonly summary: string
  /** The token it takes. */
  readonly token: 'none' | 'read' | 'control'
  readonly answers: z.ZodType | 'text' | 'stream'
  readonly query?: z.ZodObject
  readonly body?: z.ZodObject
  /** Why it may be refused, besides what the gate says. */
  readonly refusals?: Readonly<Record<number, string>>
}

const view = (name: keyof Views, summary: string): Asking => ({
  summary,
  token: 'read',
  answers: pages.views.shape[name],
})

const health = (summary: string): Asking => ({
  summary,
  token: 'none',
  answers: 'text',
  refusals: { 503: 'One reason per line.' },
})

const amount = z.string().describe('A decimal amount, in whole units of what it is of.')
const wish = z.object({
  kind: z.enum(['deposit', 'withdraw', 'trade']).optional().describe('Show it as this act would leave it.'),
  what: z.string().optional().describe("An instrument's name, or an asset as SYMBOL:vault."),
  amount: amount.optional(),
})
const watched = z.object({
  since: z.string().optional().describe('Id of the last row that was seen; the header Last-Event-ID says it too.'),
  rows: z.string().optional().describe('decisions, logs, or both with a comma.'),
  view: z.string().optional().describe('A page to send again whenever it changed.'),
})
const order = (summary: string): Asking => ({
  summary,
  token: 'control',
  body: z.object({ confirm: z.string().optional().describe("flatten: the agent's name, once more.") }),
  answers: pages.orderDone,
  refusals: { 400: 'Flatten was not confirmed.', 404: 'No such agent.', 502: 'The agent does not answer.' },
})

/** By method and path; a part in braces is named. */
export const paths = {
  'GET /livez': health('Whether the loop takes its inputs.'),
  'GET /healthz': health('The same as /livez.'),
  'GET /readyz': health('Whether it would bid, or why not: a stale head, no prices, no mesh, a tripped protection.'),
  'GET /metrics': { summary: 'Prometheus families, prefix lienmesh_.', token: 'read', answers: 'text' },
  'GET /api/v1/openapi.json': { summary: 'This description.', token: 'read', answers: z.looseObject({}) },
  'GET /api/v1/served': {
    summary: 'What is served, and what this token may do.',
    token: 'read',
    answers: pages.served,
  },
  'GET /api/v1/events': {
    ...{ summary: 'Rows as they come, and one page whenever it changed.', token: 'read' },
    ...{ query: watched, answers: 'stream', refusals: { 503: 'Too many streams are open.' } },
  },
  'GET /api/v1/overview': view(
    'overview',
    'Capital, P&L, what is in flight against its limits, health, nearest accounts.',
  ),
  'GET /api/v1/opportunities': view('opportunities', 'Decisions with their reasons.'),
  'GET /api/v1/settlements': view('settlements', 'Liquidations on their way, and those that are home.'),
  'GET /api/v1/capital': view('capital', 'What lies where: free, reserved, in flight.'),
  'GET /api/v1/pnl': view('pnl', 'Settled P&L by part, agent, strategy, way home and asset, and its calibration.'),
  'GET /api/v1/network': view('network', 'Peers, messages, what was refused, delivery times, heads.'),
  'GET /api/v1/competitors': view('competitors', 'Who takes which share, how large and how fast.'),
  'GET /api/v1/strategies': view('strategies', 'What each strategy decided, and with which parameters.'),
  'GET /api/v1/scenario': view('scenario', "A swarm's prices, events, assertions and processes; empty for an agent."),
  'GET /api/v1/logs': view('logs', 'The newest lines.'),
  'GET /api/v1/config': view('config', 'Every setting and where it came from.'),
  'GET /api/v1/accounts/{account}': {
    ...{ summary: 'Everything about one account.', token: 'read', answers: pages.story },
    refusals: { 404: 'No address.' },
  },
  'GET /api/v1/accounts/{account}/portfolio': {
    ...{ summary: 'One account over all chains, also as one act would leave it.', token: 'read', query: wish },
    answers: z.strictObject({ portfolios: z.array(pages.portfolio) }),
    refusals: { 400: 'The act is malformed.', 404: 'No agent knows this account.' },
  },
  'POST /api/v1/session': {
    ...{ summary: 'Turns the key of a link into a token, once.', token: 'none' },
    body: z.object({ key: z.string() }),
    answers: z.strictObject({ token: z.string(), power }),
    refusals: { 401: 'The key was used, is too old or never was.' },
  },
  'POST /api/v1/links': {
    ...{ summary: 'Makes the key of another link.', token: 'control', body: z.object({ power: power.optional() }) },
    answers: z.strictObject({ key: z.string() }),
  },
  'POST /api/v1/faults': {
    ...{ summary: 'Injects a fault into a running swarm, or heals some.', token: 'control' },
    body: z.object({
      inject: z.string().optional().describe('A fault in one line, such as latency 200ms on house-1.'),
      heal: z.string().optional().describe('A fault by number, kind or name, or all.'),
    }),
    answers: z.looseObject({}),
    refusals: { 400: 'What is wrong with the words.', 404: 'Nothing can be injected here.' },
  },
  'POST /api/v1/agents/{agent}/pause': order('Stops bidding; what is under way still settles.'),
  'POST /api/v1/agents/{agent}/resume': order('Bids again.'),
  'POST /api/v1/agents/{agent}/flatten': order('Stops bidding, waits for every claim, ends the agent.'),
} as const satisfies Readonly<Record<string, Asking>>

/** A method and a path of the table. */
export type PathName = keyof typeof paths

/** What the named parts of a path may be. */
export const NAMED = { account: '0x[0-9a-fA-F]{40}', agent: '[a-z0-9][a-z0-9-]{0,39}' } as const
type Named = Readonly<Partial<Record<keyof typeof NAMED, string>>>

/** The entry that a request asks for, with the named parts of its path. */
export function findPath(method: string, path: string): { readonly name: PathName; readonly named: Named } | undefined {
  for (const { name, pattern } of patterns) {
    const found = pattern.exec(`${method} ${path}`)
    if (found !== null) return { name, named: found.groups ?? {} }
  }
  return undefined
}

const patterns = (Object.keys(paths) as PathName[]).map((name) => ({
  name,
  pattern: new RegExp(
    `^${name
      .replaceAll('.', '\\.')
      .replaceAll('{account}', `(?<account>${NAMED.account})`)
      .replaceAll('{agent}', `(?<agent>${NAMED.agent})`)}$`,
  ),
}))
