// A price file as a ground: the market moves as it once did, the accounts are drawn from a described book.
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { configError } from '../../domain/errors.ts'
import { backtestNetwork, backtestWorld, SYMBOLS } from '../../simulator/backtest/world.ts'
import { type PriceHistory, readPrices, readRounds, spanOf } from '../../simulator/history/prices.ts'
import { HOUR } from '../../simulator/venue.ts'
import { entrantsOf } from './entrants.ts'
import type { Opened } from './opened.ts'
import type { Plan, Spec } from './plan.ts'

/** Reads the file and loads the strategies. */
export async function openPrices(file: string, plan: Plan, lineups: readonly (readonly Spec[])[]): Promise<Opened> {
  const history = withRounds(readHistory(file, plan), plan)
  const network = backtestNetwork()
  const entrants = await Promise.all(lineups.map((lineup) => entrantsOf(lineup, network)))
  return {
    name: history.name,
    from: spanOf(history)[0],
    worldOf: async (seed, lineup) => backtestWorld(history, seed, plan.terms, entrants[lineup] ?? []),
  }
}

/** A price file, gzipped or not. Throws E_PRICE_FILE. */
export function readHistory(file: string, { gap, terms }: Pick<Plan, 'gap' | 'terms'>): PriceHistory {
  const name = nameOf(file)
  const history = readPrices(name, textOf(file), { gap })
  const missing = SYMBOLS.filter((symbol) => !history.prices.has(symbol))
  if (missing.length > 0)
    throw refused(`${name}: no column of ${missing.join(' and ')}`, `Give prices of ${SYMBOLS.join(' and ')}.`)
  const [from, to] = spanOf(history)
  const needed = terms.warmUp + terms.patience + 1
  if ((to - from) / HOUR < needed)
    throw refused(
      `${name}: expected at least ${needed} hours, found ${((to - from) / HOUR).toFixed(1)}`,
      'Give a longer file, or a shorter --warm-up.',
    )
  return history
}

/** Publishers say what the oracle's rounds said, where there are rounds of the whole stretch. */
function withRounds(history: PriceHistory, { rounds }: Pick<Plan, 'rounds'>): PriceHistory {
  const [from, to] = spanOf(history)
  const published = Object.entries(rounds).map(([symbol, file]) => {
    if (!history.prices.has(symbol))
      throw refused(`--oracle.rounds: ${history.name} has no prices of ${symbol}`, 'Name a symbol of the price file.')
    const found = readRounds(nameOf(file), textOf(file))
    const [first, last] = [found.times[0] ?? Number.NaN, found.times.at(-1) ?? Number.NaN]
    if (first <= from && last >= to - HOUR) return [symbol, found] as const
    const span = (a: number, b: number): string => `${day(a)} to ${day(b)}`
    throw refused(
      `${nameOf(file)}: rounds from ${span(first, last)}, expected them from ${span(from, to)}`,
      'Give rounds of the whole price file, or leave them out: the oracle is then modelled.',
    )
  })
  return published.length === 0 ? history : { ...history, rounds: new Map(published) }
}

const day = (at: number): string => new Date(at).toISOString().slice(0, 10)
const nameOf = (file: string): string => basename(file).replace(/\.(csv|gz|csv\.gz)$/, '')

function textOf(file: string): string {
  try {
    const bytes = readFileSync(file)
    return (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString('utf8')
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw refused(`${file} cannot be read: ${why}`, 'Name a CSV file of prices, gzipped or not.', cause)
  }
}

const refused = (what: string, fix: string, cause?: unknown) => configError('E_PRICE_FILE', what, fix, cause)
