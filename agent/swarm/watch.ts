// Follows both chains and every process of a run, and keeps what the summary is made of.
import { type Address, type Hex, zeroHash } from 'viem'
import { hear } from '../console/chronicle/saying.ts'
import type { EngineTerms, MarginAccount, Mode } from '../domain/market.ts'
import { type AccountId, bps, type FeedId, instant, price, wad } from '../domain/units.ts'
import { ENGINE_ARTEFACTS } from '../suite/contracts.ts'
import { readAll } from './calls.ts'
import { followChain, type SeenBlock } from './chain-watch.ts'
import type { Console } from './console.ts'
import type { Deployment } from './deployment.ts'
import { short, usd } from './format.ts'
import type { Gallery } from './gallery.ts'
import { fromText } from './plain.ts'
import type { PublishedPrices } from './publishers.ts'
import { newRecord, note, type Record } from './record.ts'
import { key, openTruth, type Truth } from './truth.ts'
import { lineOf, refusalLine } from './voice-lines.ts'
import { listen, newVoices, type Voices } from './voices.ts'

/** The watcher of a run. */
export type Watch = {
  readonly record: Record
  readonly truth: Truth
  readonly voices: Voices
  /** Lines of an agent's standard output go here. */
  agentLine(agent: string, line: string): void
  /** Lines of the publishers go here. */
  publisherLine(line: string): void
  /** The market opened at this wall time: truth is counted from here on. */
  open(at: number): void
  /** Wall milliseconds since the opening. */
  at(): number
  /** From now on what happens is kept, but no longer printed. */
  hush(): void
  /** Follows the chains until the signal fires. Rejects when a chain is gone. */
  follow(signal: AbortSignal): Promise<void>
}

/** What there is to watch. */
export type Watched = {
  readonly deployment: Deployment
  readonly terms: readonly EngineTerms[]
  readonly console: Console
  readonly gallery: Gallery
}

/** Starts with empty books. */
export function openWatch({ deployment, terms, console, gallery }: Watched): Watch {
  const record = newRecord()
  const truth = openTruth((id) => terms[0]?.instruments[id]?.kind === 'option')
  const voices = newVoices()
  let [opened, quiet] = [undefined as number | undefined, false]
  const at = (): number => (opened === undefined ? 0 : Date.now() - opened)
  const print = (who: string, what: string, fields?: object): void => {
    if (!quiet && opened !== undefined) console.event(at(), who, what, { ...fields })
  }
  const ticker = priceLines(deployment, terms)
  return {
    ...{ record, truth, voices, at },
    agentLine(agent, line) {
      const saying = hear(agent, line)
      if (saying === undefined) return
      gallery.hear(saying)
      const known = refusalsOf(voices)
      listen(voices, saying)
      const text = refusalsOf(voices) > known ? refusalLine(saying) : lineOf(saying)
      if (text !== undefined) print(agent, text, { event: saying.event })
    },
    publisherLine(line) {
      const said = line.startsWith('{"event":"prices"') ? fromText<PublishedPrices>(line) : undefined
      const engine = terms.find((one) => one.chain === said?.engine)
      if (said === undefined || engine === undefined) return
      for (const [name, price] of spotPrices(engine, said)) gallery.price(name, said.sequence, price)
      if (opened === undefined) return
      for (const text of ticker(said)) print('price', text)
      for (const life of truth.tick(engine, pricesOf(said), Date.now()))
        print('market', `below maintenance: ${short(life.account)} (${life.mode})`)
    },
    open(moment) {
      opened = moment
    },
    hush() {
      quiet = true
    },
    async follow(signal) {
      const onBlock = (block: SeenBlock): Promise<void> => onSeen(block, { deployment, record, truth, gallery, print })
      await Promise.all(
        chainsOf(deployment).map(({ chain, addresses }) => followChain(chain, addresses, 0n, { onBlock, signal })),
      )
    },
  }
}

type Seeing = {
  readonly deployment: Deployment
  readonly record: Record
  readonly truth: Truth
  readonly gallery: Gallery
  readonly print: (who: string, what: string, fields?: object) => void
}

async function onSeen(block: SeenBlock, { deployment, record, truth, gallery, print }: Seeing): Promise<void> {
  const { touched, bids } = note(record, truth, deployment.network, block)
  for (const bid of bids) gallery.bid(bid)
  for (const debt of record.badDebts.splice(0)) {
    record.shortfalls.push(debt)
    print('chain', `BAD DEBT ${short(debt.account)} ${usd(debt.amount)}`)
  }
  const site = deployment.engines.find((one) => one.chain === block.chain)
  if (site === undefined || touched.size === 0) return
  for (const account of await accountsAt(deployment, site.engine, block, [...touched])) truth.learn(account)
}

/** The engine's word on accounts, at a block. Agents' own accounts are left out: they are nobody's candidates. */
async function accountsAt(
  deployment: Deployment,
  engine: Address,
  { chain, number }: SeenBlock,
  ids: readonly AccountId[],
): Promise<readonly MarginAccount[]> {
  const own = new Set(deployment.seats.map((seat) => key(seat.executor)))
  const traders = ids.filter((id) => !own.has(id))
  const views = traders.map((id) => ({
    to: engine,
    abi: ENGINE_ARTEFACTS.MarginEngine.abi,
    name: 'accountState',
    args: [id],
  }))
  const states = await readAll<AccountState>(chain.rpc, views, number)
  return states.flatMap((state, i) => {
    const [id, mode] = [traders[i], MODES[state.mode]]
    if (id === undefined || mode === undefined || state.owner.toLowerCase() !== deployment.desk.toLowerCase()) return []
    const anchor = { chain: chain.id, number, hash: zeroHash as Hex }
    const positions = state.positions.map(({ instrument, size }) => ({ instrument, size: wad(size) }))
    const { owner, version, credit } = state
    return [
      {
        engine: chain.id,
        id,
        owner,
        version,
        mode,
        cash: wad(state.cash),
        positions,
        credit,
        auctionStartedAt: undefined,
        anchor,
      },
    ]
  })
}

type AccountState = {
  readonly owner: Address
  readonly version: bigint
  readonly mode: number
  readonly cash: bigint
  readonly positions: readonly { readonly instrument: number; readonly size: bigint }[]
  readonly credit: readonly { readonly collateral: number; readonly amount: bigint }[]
}

const MODES: readonly (Mode | undefined)[] = [undefined, 'isolated', 'cross', 'unified']

function chainsOf({ engines, vaultChains, network }: Deployment) {
  const mirrors = (chain: number): readonly Address[] =>
    network.vaults.filter((one) => one.engine === chain).map((one) => one.mirror)
  const vaults = (chain: number): readonly Address[] =>
    network.vaults.filter((one) => one.chain === chain).map((one) => one.vault)
  return [
    ...engines.map((site) => ({
      chain: site.chain,
      addresses: [site.engine, site.auction, site.creditLines, site.registry, ...mirrors(site.chain.id)],
    })),
    ...vaultChains.map((site) => ({ chain: site.chain, addresses: [site.registry, ...vaults(site.chain.id)] })),
  ]
}

const pricesOf = ({ feeds, sequence }: PublishedPrices) =>
  new Map(
    feeds.map((one) => [
      one.feed,
      {
        feed: one.feed,
        price: price(one.price),
        confidence: bps(one.confidence),
        shocks: one.shocks,
        sequence: instant(sequence),
      },
    ]),
  )

/** Prices of the assets that are collateral, by symbol, in dollars. */
const spotPrices = ({ collaterals }: EngineTerms, { feeds }: PublishedPrices): ReadonlyMap<string, number> =>
  new Map(
    feeds.flatMap(({ feed, price: now }) => {
      const symbol = collaterals.find((one) => one.feed === feed)?.symbol
      return symbol === undefined ? [] : [[symbol, Number(now) / 1e8] as const]
    }),
  )

/** A line whenever a spot feed moved by 2 % since its last line. */
function priceLines(
  { network }: Deployment,
  terms: readonly EngineTerms[],
): (said: PublishedPrices) => readonly string[] {
  const nameOf = (feed: FeedId): string =>
    terms[0]?.collaterals.find((one) => one.feed === feed)?.symbol ?? `feed ${feed}`

  const shown = new Map<FeedId, bigint>()
  const first = network.engines[0]?.chain
  return ({ feeds, engine, at }) => {
    if (engine !== first || at < 0) return []
    return feeds.flatMap(({ feed, price: now, shocks }) => {
      const before = shown.get(feed)
      if (shocks !== 0n || (before !== undefined && abs(now - before) * 50n < before)) return []
      shown.set(feed, now)
      const change =
        before === undefined
          ? ''
          : ` (${now > before ? '+' : ''}${(Number(((now - before) * 10_000n) / before) / 100).toFixed(1)} %)`
      return [`${nameOf(feed)} ${usd(now * 10n ** 10n)}${change}`]
    })
  }
}

const abs = (n: bigint): bigint => (n < 0n ? -n : n)
const refusalsOf = ({ refusals }: Voices): number =>
  [...refusals.values()].reduce((sum, agents) => sum + agents.size, 0)
