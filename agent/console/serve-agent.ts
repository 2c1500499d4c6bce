// The console of one agent: hears what it says, looks at it when somebody asks, hands on an operator's word.
import type { AgentConfig } from '../../config/schema.ts'
import { readPrivate } from '../adapters/signer/private-file.ts'
import { configError } from '../domain/errors.ts'
import type { Network } from '../domain/network.ts'
import type { Adapters } from '../runtime/adapters.ts'
import { levelOf, shown } from '../runtime/events.ts'
import type { House } from '../runtime/house.ts'
import { hearSaying, notePrice, openChronicle } from './chronicle/chronicle.ts'
import { flattener } from './flatten.ts'
import { serve } from './http/server.ts'
import type { Desk, Known } from './view/desk.ts'
import type { ConfigView } from './view/words.ts'

/** What a console is opened for. */
export type AgentConsole = {
  readonly config: AgentConfig
  readonly network: Network
  readonly port: number
  readonly settings: ConfigView['settings']
  readonly version: string
  /** Told the link once the server listens. */
  readonly opened: (link: string, url: string) => void
}

/** The adapters of an agent that is watched: its voice is heard, and the console runs as one of its tasks. */
export function watched(usual: Adapters, opening: AgentConsole): Adapters {
  const { config } = opening
  const chronicle = openChronicle()
  const { now } = usual.clock
  return {
    ...usual,
    emit(emit) {
      const voice = usual.emit(emit)
      return (event, fields = {}) => {
        hearSaying(chronicle, { agent: config.name, at: now(), level: levelOf(event), event, fields: shown(fields) })
        voice(event, fields)
      }
    },
    async attend(house, signal) {
      const desk = deskOf(opening, chronicle, house)
      const { watch, token } = config.api
      const read =
        token === undefined ? undefined : readToken(await readPrivate({ path: token, what: 'token file' }), token)
      const place = { port: opening.port, watch, folder: config.dataDir }
      const server = await serve({ desk, ...place, token: read, version: opening.version })
      opening.opened(server.link('control'), server.url)
      const prices = setInterval(() => notePrices(desk, house), 1_000)
      await new Promise<void>((ended) => {
        if (signal.aborted) ended()
        signal.addEventListener('abort', () => ended(), { once: true })
      })
      clearInterval(prices)
      await server.close()
    },
  }
}

/** As the server makes them: 32 bytes in base64url. */
function readToken(text: string, path: string): string {
  const token = text.trim()
  if (/^[A-Za-z0-9_-]{43}$/.test(token)) return token
  throw configError(
    'E_KEY_FORMAT',
    `${path} holds no reading token: expected 43 letters, found ${token.length}`,
    'Make one: head -c 32 /dev/urandom | basenc --base64url | tr -d = > read.token',
  )
}

function deskOf({ config, network, settings }: AgentConsole, chronicle: Desk['chronicle'], house: House): Desk {
  const flatten = flattener()
  const known: Known = {
    name: config.name,
    role: config.role,
    strategies: config.strategies.map(({ use, params, share, shortfall }) => ({
      ...{ use, params },
      share: String(share),
      shortfall: String(shortfall),
    })),
    addresses: [...house.core.self].map((one) => one.toLowerCase()),
  }
  return {
    ...{ kind: 'agent', name: config.name, mode: config.mode, startedAt: Date.now(), chronicle },
    network: () => network,
    agents: () => [known],
    look: async () => new Map([[config.name, house.snapshot()]]),
    order: (_, order) => flatten.give(order, { ask: house.order, left: async () => leftIn(house) }),
    portfolio: async (account, wish) => house.portfolio(account, wish),
    scenario: () => undefined,
    config: () => ({ settings }),
    progress: () => ({ taken: house.taken(), waiting: house.waiting() }),
  }
}

/** Bids and claims that are not settled. */
function leftIn(house: House): number {
  const { status } = house.snapshot()
  return status.reserved + status.claims
}

/** Names of feeds are those of the assets they price. */
function notePrices({ chronicle }: Desk, { core }: House): void {
  for (const [engine, prices] of core.book.lastPrices) {
    const names = new Map(core.book.terms.get(engine)?.collaterals.map(({ feed, symbol }) => [feed, symbol]))
    for (const { feed, price, sequence } of prices.values())
      if (names.has(feed)) notePrice(chronicle, names.get(feed) ?? '', sequence, Number(price) / 1e8)
  }
}
