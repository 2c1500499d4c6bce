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
import { type Asked, SESSION } from './gate.ts'
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

type Exchange = { readonly request: IncomingMessage; readonly response: ServerResponse; readonly asked: Asked }

/** Answers one request that passed the gate. */
export async function answer(rooms: Rooms, exchange: Exchange): Promise<void> {
  const { asked, response, request } = exchange
  if (asked.method === 'POST') return change(rooms, exchange)
  switch (asked.path) {
    case '/livez':
    case '/healthz':
      return health(response, rooms.alive() === undefined ? [] : [rooms.alive() ?? ''])
    case '/readyz':
      return health(response, notReady(rooms.desk, await rooms.look(), Date.now()))
    case '/metrics': {
      const { metricsOf } = await import('../metrics.ts')
      const { text, type } = await metricsOf(rooms.desk, await rooms.look())
      return send(response, 200, type, text)
    }
    case '/api/v1/served':
      return sendJson(response, 200, served(rooms, asked.power ?? 'read'))
    case '/api/v1/events':
      return stream(rooms, exchange)
    default:
  }
  if (asked.path.startsWith('/api/')) return read(rooms, exchange)
  const file = pageFile(asked.path)
  return file === undefined ? refuse(response, 404, 'no such page') : sendFile(request, response, file)
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

async function read(rooms: Rooms, { asked, response }: Exchange): Promise<void> {
  const [, , , name = '', detail, more] = asked.path.split('/')
  if (detail === undefined && isView(name)) return sendJson(response, 200, await viewOf(rooms, name))
  if (name === 'accounts' && isAccount(detail) && more === undefined)
    return sendJson(response, 200, story(rooms.desk, await rooms.look(), detail, Date.now()))
  if (name === 'accounts' && isAccount(detail) && more === 'portfolio')
    return portfolio(rooms, { asked, response }, detail)
  refuse(response, 404, 'no such view')
}

const isAccount = (text: string | undefined): text is Address => /^0x[0-9a-fA-F]{40}$/.test(text ?? '')

/** An account over all chains; `?kind=trade&what=ETH-PERP&amount=-1.5` asks what if. */
async function portfolio(
  { desk }: Rooms,
  { asked, response }: Omit<Exchange, 'request'>,
  account: Address,
): Promise<void> {
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

async function change(rooms: Rooms, { asked, request, response }: Exchange): Promise<void> {
  const body = await bodyOf(request)
  if (typeof body === 'number') return refuse(response, body, body === 413 ? 'too long' : 'not a JSON object')
  if (asked.path === SESSION) {
    const key = body['key']
    const session = typeof key === 'string' ? rooms.tokens.redeem(key) : undefined
    return session === undefined
      ? refuse(response, 401, 'this link was used or is too old: lienmesh dashboard makes another')
      : sendJson(response, 200, session)
  }
  if (asked.path === '/api/v1/links')
    return sendJson(response, 200, { key: rooms.tokens.key(body['power'] === 'control' ? 'control' : 'read') })
  if (asked.path === '/api/v1/faults') return breakIt(rooms, response, body)
  return order(rooms, { asked, request, response }, body)
}

/** A fault of a swarm, injected or healed. What is wrong with it is said in the swarm's own words. */
async function breakIt(
  { desk }: Rooms,
  response: ServerResponse,
  body: Readonly<Record<string, unknown>>,
): Promise<void> {
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

const ORDER = /^\/api\/v1\/agents\/([a-z0-9][a-z0-9-]{0,39})\/(pause|resume|flatten)$/

async function order(
  { desk }: Rooms,
  { asked, response }: Exchange,
  body: Readonly<Record<string, unknown>>,
): Promise<void> {
  const [, agent = '', word] = ORDER.exec(asked.path) ?? []
  const known = desk.agents().some(({ name }) => name === agent)
  if (!known || word === undefined) return refuse(response, 404, 'no such order')
  if (word === 'flatten' && body['confirm'] !== agent)
    return refuse(response, 400, `flatten ends the agent: say {"confirm": "${agent}"}`)
  try {
    sendJson(response, 200, await desk.order(agent, word as Order))
  } catch {
    refuse(response, 502, `${agent} does not answer`)
  }
}
