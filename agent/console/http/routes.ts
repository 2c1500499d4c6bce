// What each path answers. Views are read; orders are the only change, and take a token that may give them.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Address } from 'viem'
import { wishIn } from '../../runtime/wish.ts'
import type { Desk, Looks, Order } from '../view/desk.ts'
import { namesOf } from '../view/lines.ts'
import { capital, competitors, logs, network, opportunities, story, strategies } from '../view/others.ts'
import { overview } from '../view/overview.ts'
import { pnl } from '../view/pnl.ts'
import { settlements } from '../view/settlements.ts'
import { notReady } from '../view/tiles.ts'
import type { Power, Served, Views } from '../view/words.ts'
import { pageFile } from './files.ts'
import type { Asked } from './gate.ts'
import { findPath, type PathName } from './paths.ts'
import { bodyOf, refuse, send, sendFile, sendJson } from './reply.ts'
import type { Streams } from './stream.ts'
import type { Tokens } from './tokens.ts'

/** What the routes lead to. */
export type Rooms = {
  readonly desk: Desk
  readonly tokens: Tokens
  readonly streams: Streams
  /** Agents as they stood within the last moment: however many look, each is asked once. */
  readonly look: () => Promise<Looks>
  readonly alive: () => string | undefined
  readonly version: string
}

type Exchange = {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly asked: Asked
  /** Named parts of the path. */
  readonly account?: string
  readonly agent?: string
}

/** Answers one request that passed the gate. */
export async function answer(rooms: Rooms, exchange: Exchange): Promise<void> {
  const { asked, response, request } = exchange
  const found = findPath(asked.method, asked.path)
  if (found !== undefined) return handlers[found.name](rooms, { ...exchange, ...found.named })
  if (asked.method === 'POST') return refuse(response, 404, 'no such order')
  if (asked.path.startsWith('/api/')) return refuse(response, 404, 'no such view')
  const file = pageFile(asked.path)
  return file === undefined ? refuse(response, 404, 'no such page') : sendFile(request, response, file)
}

type Handler = (rooms: Rooms, exchange: Exchange) => void | Promise<void>

const alive: Handler = (rooms, { response }) => {
  const stuck = rooms.alive()
  health(response, stuck === undefined ? [] : [stuck])
}

const viewed =
  (name: keyof Views): Handler =>
  async (rooms, { response }) =>
    sendJson(response, 200, await viewOf(rooms, name))

/** What answers each path of the table. */
const handlers: { readonly [P in PathName]: Handler } = {
  'GET /livez': alive,
  'GET /healthz': alive,
  'GET /readyz': async (rooms, { response }) => health(response, notReady(rooms.desk, await rooms.look(), Date.now())),
  'GET /metrics': async (rooms, { response }) => {
    const { metricsOf } = await import('../metrics.ts')
    const { text, type } = await metricsOf(rooms.desk, await rooms.look())
    send(response, 200, type, text)
  },
  'GET /api/v1/openapi.json': async (_, { response }) =>
    sendJson(response, 200, (await import('./openapi.ts')).openApi()),
  'GET /api/v1/served': (rooms, { asked, response }) => sendJson(response, 200, served(rooms, asked.power ?? 'read')),
  'GET /api/v1/events': stream,
  'GET /api/v1/overview': viewed('overview'),
  'GET /api/v1/opportunities': viewed('opportunities'),
  'GET /api/v1/settlements': viewed('settlements'),
  'GET /api/v1/capital': viewed('capital'),
  'GET /api/v1/pnl': viewed('pnl'),
  'GET /api/v1/network': viewed('network'),
  'GET /api/v1/competitors': viewed('competitors'),
  'GET /api/v1/strategies': viewed('strategies'),
  'GET /api/v1/scenario': viewed('scenario'),
  'GET /api/v1/logs': viewed('logs'),
  'GET /api/v1/config': viewed('config'),
  'GET /api/v1/accounts/{account}': async (rooms, { response, account }) =>
    isAccount(account)
      ? sendJson(response, 200, story(rooms.desk, await rooms.look(), account, Date.now()))
      : refuse(response, 404, 'no such view'),
  'GET /api/v1/accounts/{account}/portfolio': portfolio,
  'POST /api/v1/session': session,
  'POST /api/v1/links': link,
  'POST /api/v1/faults': breakIt,
  'POST /api/v1/agents/{agent}/pause': (rooms, exchange) => order(rooms, exchange, 'pause'),
  'POST /api/v1/agents/{agent}/resume': (rooms, exchange) => order(rooms, exchange, 'resume'),
  'POST /api/v1/agents/{agent}/flatten': (rooms, exchange) => order(rooms, exchange, 'flatten'),
}

function health(response: ServerResponse, reasons: readonly string[]): void {
  send(
    response,
    reasons.length === 0 ? 200 : 503,
    'text/plain; charset=utf-8',
    `${reasons.length === 0 ? 'ok' : reasons.join('\n')}\n`,
  )
}

/** Every view by its name. */
const views: { readonly [K in keyof Views]: (desk: Desk, looks: Looks, at: number) => Views[K] } = {
  overview,
  opportunities: (desk) => opportunities(desk),
  settlements,
  capital,
  pnl,
  network,
  competitors: (desk) => competitors(desk),
  strategies: (desk) => strategies(desk),
  scenario: (desk) => desk.scenario() ?? {},
  logs: (desk) => logs(desk),
  config: (desk) => desk.config(),
}

const isView = (name: string): name is keyof Views => Object.hasOwn(views, name)

/** One page's data. */
export const viewOf = async ({ desk, look }: Pick<Rooms, 'desk' | 'look'>, name: keyof Views): Promise<unknown> =>
  views[name](desk, await look(), Date.now())

const isAccount = (text: string | undefined): text is Address => /^0x[0-9a-fA-F]{40}$/.test(text ?? '')

/** An account over all chains; `?kind=trade&what=ETH-PERP&amount=-1.5` asks what if. */
async function portfolio({ desk }: Rooms, { asked, response, account }: Exchange): Promise<void> {
  if (!isAccount(account)) return refuse(response, 404, 'no such view')
  const wish = wishIn(Object.fromEntries(asked.query))
  if (wish === undefined && asked.query.size > 0)
    return refuse(response, 400, 'ask for kind=deposit, withdraw or trade, what=NAME and a decimal amount')
  const found = await desk.portfolio(account, wish)
  if (found.length === 0) return refuse(response, 404, 'no agent knows this account')
  sendJson(response, 200, { portfolios: found })
}

function served({ desk, version }: Rooms, power: Power): Served {
  const network = desk.network()
  return {
    ...{ kind: desk.kind, name: desk.name, mode: desk.mode, version, power, startedAt: desk.startedAt },
    timeScale: network?.timeScale ?? 1,
    agents: desk.agents().map(({ name }) => name),
    collaterals: (network?.vaults ?? []).flatMap(({ id, assets }) =>
      assets.map(({ collateral, symbol, decimals }) => ({ id: collateral, vault: id, symbol, decimals })),
    ),
    names: namesOf(desk),
  }
}

function stream({ streams }: Rooms, { asked, request, response }: Exchange): void {
  const since = Number(request.headers['last-event-id'] ?? asked.query.get('since') ?? 0)
  const view = asked.query.get('view') ?? ''
  const rows = (asked.query.get('rows') ?? '').split(',').filter((one) => one === 'decisions' || one === 'logs')
  const wanted = {
    since: Number.isSafeInteger(since) && since >= 0 ? since : 0,
    rows,
    view: isView(view) ? view : undefined,
  }
  if (!streams.open(response, wanted)) refuse(response, 503, 'too many streams are open')
}

/** The body of a change; undefined when it was refused. */
async function said({ request, response }: Exchange): Promise<Readonly<Record<string, unknown>> | undefined> {
  const body = await bodyOf(request)
  if (typeof body !== 'number') return body
  refuse(response, body, body === 413 ? 'too long' : 'not a JSON object')
  return undefined
}

async function session({ tokens }: Rooms, exchange: Exchange): Promise<void> {
  const body = await said(exchange)
  if (body === undefined) return
  const key = body['key']
  const opened = typeof key === 'string' ? tokens.redeem(key) : undefined
  if (opened !== undefined) return sendJson(exchange.response, 200, opened)
  refuse(exchange.response, 401, 'this link was used or is too old: lienmesh dashboard makes another')
}

async function link({ tokens }: Rooms, exchange: Exchange): Promise<void> {
  const body = await said(exchange)
  if (body === undefined) return
  sendJson(exchange.response, 200, { key: tokens.key(body['power'] === 'control' ? 'control' : 'read') })
}

/** A fault of a swarm, injected or healed. What is wrong with it is said in the swarm's own words. */
async function breakIt({ desk }: Rooms, exchange: Exchange): Promise<void> {
  const { response } = exchange
  const body = await said(exchange)
  if (body === undefined) return
  const { inject, heal } = body
  const wanted = typeof inject === 'string' ? { inject } : typeof heal === 'string' ? { heal } : undefined
  if (desk.break === undefined) return refuse(response, 404, 'nothing can be injected here')
  if (wanted === undefined)
    return refuse(response, 400, 'say {"inject": "latency 200ms on house-1"} or {"heal": "all"}')
  try {
    sendJson(response, 200, await desk.break(wanted))
  } catch (error) {
    refuse(response, 400, error instanceof Error ? error.message : String(error))
  }
}

async function order({ desk }: Rooms, exchange: Exchange, word: Order): Promise<void> {
  const { response, agent = '' } = exchange
  const body = await said(exchange)
  if (body === undefined) return
  if (!desk.agents().some(({ name }) => name === agent)) return refuse(response, 404, 'no such order')
  if (word === 'flatten' && body['confirm'] !== agent)
    return refuse(response, 400, `flatten ends the agent: say {"confirm": "${agent}"}`)
  try {
    sendJson(response, 200, await desk.order(agent, word))
  } catch {
    refuse(response, 502, `${agent} does not answer`)
  }
}
