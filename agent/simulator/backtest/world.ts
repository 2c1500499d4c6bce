// One backtest: a stretch of history, a seed for everything that history does not tell, and who takes part.
import type { Setup } from '../../core/setup.ts'
import type { Network } from '../../domain/network.ts'
import { instant, millis, type Wad } from '../../domain/units.ts'
import { crowdOf, type TraderBook } from '../coverage/crowd.ts'
import { historyMarket, type OracleRule } from '../history/market.ts'
import { type PriceHistory, spanOf } from '../history/prices.ts'
import { networkOf } from '../network-of.ts'
import type { AgentSpec, WorldSpec } from '../spec.ts'
import { addressOf } from '../streams.ts'
import {
  dollars,
  engineTerms,
  HOUR,
  MINUTE,
  PRICES,
  PUBLISHERS,
  rivalsOf,
  SCALE,
  stalls,
  TIP,
  vaultsOf,
} from '../venue.ts'
import { stoppagesOver } from '../way-home.ts'

/** What is the same for every seed. Lengths in modelled hours. */
export type Terms = {
  readonly warmUp: number
  readonly patience: number
  readonly accounts: number
  /** Modelled minutes between two newcomers. */
  readonly every: number
  readonly book: TraderBook
  /** Cash of every agent with a core, in dollars. */
  readonly capital: number
  /** Searchers without a model of the gap, at most three. */
  readonly rivals: number
  readonly oracle: OracleRule
}

/** An agent with a core of its own. */
export type Entrant = { readonly name: string; readonly setup: Setup }

/** The symbols of the market's feeds. */
export const SYMBOLS = ['ETH', 'BTC'] as const

/** What the agents of a backtest are told; their setups are made from it. */
export const backtestNetwork = (): Network => {
  const terms = engineTerms()
  return networkOf({
    name: 'backtest',
    timeScale: SCALE,
    publishers: PUBLISHERS,
    terms,
    vaults: vaultsOf(0, terms, []),
  })
}

/** The executor of an entrant, the same in every seed. */
export const executorOf = (name: string) => addressOf(0, name)

/** The world of one seed. The market opens after the warm-up and closes early enough for everything to come home. */
export function backtestWorld(
  history: PriceHistory,
  seed: number,
  terms: Terms,
  entrants: readonly Entrant[],
): WorldSpec {
  const [from, to] = spanOf(history)
  const wall = (hours: number) => millis((hours * HOUR) / SCALE)
  const opensAt = from + terms.warmUp * HOUR
  const hours = (to - opensAt) / HOUR - terms.patience
  const opens = instant(opensAt)
  const engine = engineTerms()
  const end = opens + wall(hours) + wall(terms.patience)
  const stoppages = stoppagesOver([opens, end + wall(24)], stalls(seed))
  return {
    seed,
    timeScale: SCALE,
    opensAt: opens,
    warmUp: wall(terms.warmUp),
    duration: wall(hours),
    patience: wall(terms.patience),
    engine: {
      terms: engine,
      blockTime: millis(1_000),
      gasLimit: 30_000_000n,
      pool: dollars(1e9),
      insurance: dollars(1e6),
    },
    vaults: vaultsOf(seed, engine, stoppages),
    market: historyMarket(history, { symbols: SYMBOLS, opensAt, timeScale: SCALE, oracle: terms.oracle }),
    prices: PRICES,
    crowd: crowdOf({
      seed,
      terms: engine,
      count: terms.accounts,
      book: terms.book,
      every: (terms.every * MINUTE) / SCALE,
    }),
    agents: entrants.map((one) => specOf(one, seed, dollars(terms.capital))),
    rivals: rivalsOf(seed).slice(0, terms.rivals),
  }
}

/** An entrant as everybody is seated: as far from the chain, and with as much cash, as the others. */
export const specOf = ({ name, setup }: Entrant, seed: number, capital: Wad): AgentSpec => ({
  name,
  executor: executorOf(name),
  setup: { ...setup, seed },
  capital,
  tip: TIP,
  submitDelay: millis(120),
  nodeDelay: millis(80),
  refill: millis((30 * MINUTE) / SCALE),
  scenarios: 'added-up',
  tails: 'widened',
})
