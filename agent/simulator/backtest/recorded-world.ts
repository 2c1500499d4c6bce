// A market that was recorded, played again with others in it: the same publishers say the same at the same times, and
// the accounts begin as they were first seen. What competitors did then is not played: who takes part is chosen anew.
import type { Input } from '../../core/core.ts'
import type { EngineTerms, MarginAccount, PriceBatch } from '../../domain/market.ts'
import type { Network } from '../../domain/network.ts'
import { type AccountId, bps, type Instant, millis, type Wad, wad } from '../../domain/units.ts'
import { quorumPrices } from '../../maths/oracle.ts'
import { rowAt } from '../history/prices.ts'
import type { SimulatedMarket, WorldSpec } from '../spec.ts'
import { dollars, drawnWay, PRICES, rivalsOf } from '../venue.ts'
import { type Entrant, specOf } from './world.ts'

/** What is known of the market. Times are wall milliseconds, as they were. */
export type RecordedMarket = {
  readonly name: string
  readonly network: Network
  readonly terms: EngineTerms
  readonly batches: readonly PriceBatch[]
  readonly accounts: readonly MarginAccount[]
  readonly capital: Wad
  readonly opensAt: Instant
  readonly closesAt: Instant
}

/** Reads a market out of everything that an agent was told; undefined where it was told too little to play it. */
export function recordedMarket(name: string, network: Network, inputs: readonly Input[]): RecordedMarket | undefined {
  const terms = inputs.findLast((one) => one.kind === 'terms')?.terms
  const batches = inputs.flatMap((one) => (one.kind === 'prices' && one.batch.engine === terms?.chain ? one.batch : []))
  const accounts = firstSeen(inputs, terms)
  const first = inputs.find((one) => one.kind === 'account')
  const last = batches.at(-1)
  if (terms === undefined || last === undefined || first === undefined || accounts.length === 0) return undefined
  const capital = inputs.find((one) => one.kind === 'cash')?.cash ?? dollars(100_000)
  return { name, network, terms, batches, accounts, capital, opensAt: first.at, closesAt: last.sequence }
}

/** The state in which our own node first told of every account that holds something. */
function firstSeen(inputs: readonly Input[], terms: EngineTerms | undefined): readonly MarginAccount[] {
  const seen = new Map<AccountId, MarginAccount>()
  for (const input of inputs) {
    if (input.kind !== 'account' || input.account.engine !== terms?.chain || input.source === 'peer') continue
    const { account } = input
    if (!seen.has(account.id) && account.positions.some(({ size }) => size !== 0n)) seen.set(account.id, account)
  }
  return [...seen.values()].map((account) => ({ ...account, auctionStartedAt: undefined }))
}

/** The world of one seed: ways home and races are drawn, everything else is as it was. */
export function recordedWorld(
  market: RecordedMarket,
  seed: number,
  rivals: number,
  entrants: readonly Entrant[],
): WorldSpec {
  const { network, terms, opensAt, closesAt, batches, accounts, capital } = market
  const { timeScale } = network
  const begins = batches[0]?.sequence ?? opensAt
  const publishers = [...new Set(batches.map(({ publisher }) => publisher))].sort()
  return {
    ...{ seed, timeScale, opensAt },
    warmUp: millis(Math.max(0, opensAt - begins)),
    duration: millis(Math.max(1_000, closesAt - opensAt)),
    patience: PATIENCE,
    engine: {
      terms,
      blockTime: millis(1_000),
      gasLimit: 30_000_000n,
      pool: dollars(1e9),
      insurance: dollars(1e6),
    },
    vaults: network.vaults.map(({ id, chain, latency }) => ({
      ...{ id, chain, prior: latency },
      pools: new Map(
        terms.collaterals
          .filter(({ vault }) => vault === id)
          .map((one) => [one.id, { fee: bps(30), depth: undefined }]),
      ),
      way: drawnWay({ seed, route: id, timeScale, stoppages: [] }, latency),
    })),
    market: saidAgain(market, publishers),
    prices: { ...PRICES, publishers, interval: STEP, warmInterval: STEP, maxAge: terms.priceMaxAge },
    crowd: { first: () => accounts, turnover: undefined },
    agents: entrants.map((one) => specOf(one, seed, wad(capital))),
    rivals: rivalsOf(seed).slice(0, rivals),
  }
}

const STEP = millis(250)
const PATIENCE = millis(120_000)

/** Every publisher says what it said last; nothing of a later time. */
function saidAgain({ batches, opensAt }: RecordedMarket, publishers: readonly string[]): SimulatedMarket {
  const series = publishers.map((publisher) => {
    const own = batches.filter((batch) => batch.publisher === publisher).sort((a, b) => a.sequence - b.sequence)
    return { own, times: Float64Array.from(own, ({ sequence }) => sequence) }
  })
  const lastOf = (nth: number, time: number): PriceBatch | undefined => {
    const { own, times } = series[nth] ?? { own: [], times: new Float64Array() }
    return own[rowAt({ times }, opensAt + time)]
  }
  return {
    entries: (time, publisher) => lastOf(publisher, time)?.entries ?? [],
    spot: (feed, time) => {
      const now = quorumPrices(publishers.flatMap((_, nth) => lastOf(nth, time) ?? []))
      return Number(now.get(feed)?.price ?? Number.NaN) / 1e8
    },
  }
}
