// Plays tasks of a plan in this thread: files are read and strategies are loaded once.
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { configError } from '../../domain/errors.ts'
import { simulatedSetup } from '../../runtime/simulated.ts'
import { type Played, playSeed } from '../../simulator/backtest/run.ts'
import { backtestNetwork, type Entrant, executorOf, SYMBOLS } from '../../simulator/backtest/world.ts'
import { type PriceHistory, readPrices, spanOf } from '../../simulator/history/prices.ts'
import { HOUR } from '../../simulator/venue.ts'
import { type Plan, type Spec, type Task, TESTED } from './plan.ts'

/** Ready to play any seed. */
export type Player = (task: Task) => Played

/** Reads the files and loads the strategies of every line-up. */
export async function openPlayer(plan: Plan, lineups: readonly (readonly Spec[])[]): Promise<Player> {
  const histories = plan.files.map((file) => readHistory(file, plan))
  const entrants = await Promise.all(lineups.map(entrantsOf))
  return ({ file, seed, lineup }) => {
    const [history, those] = [histories[file], entrants[lineup]]
    if (history === undefined || those === undefined) throw new RangeError(`no file ${file} or line-up ${lineup}`)
    return playSeed(history, seed, plan.terms, those)
  }
}

/** A price file, gzipped or not. Throws E_PRICE_FILE. */
export function readHistory(file: string, { gap, terms }: Pick<Plan, 'gap' | 'terms'>): PriceHistory {
  const name = basename(file).replace(/\.(csv|gz|csv\.gz)$/, '')
  const history = readPrices(name, textOf(file), { gap })
  const missing = SYMBOLS.filter((symbol) => !history.prices.has(symbol))
  if (missing.length > 0)
    throw configError(
      'E_PRICE_FILE',
      `${name}: no column of ${missing.join(' and ')}`,
      `Give prices of ${SYMBOLS.join(' and ')}.`,
    )
  const [from, to] = spanOf(history)
  const needed = terms.warmUp + terms.patience + 1
  if ((to - from) / HOUR < needed)
    throw configError(
      'E_PRICE_FILE',
      `${name}: expected at least ${needed} hours, found ${((to - from) / HOUR).toFixed(1)}`,
      'Give a longer file, or a shorter --warm-up.',
    )
  return history
}

function textOf(file: string): string {
  try {
    const bytes = readFileSync(file)
    return (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString('utf8')
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw configError(
      'E_PRICE_FILE',
      `${file} cannot be read: ${why}`,
      'Name a CSV file of prices, gzipped or not.',
      cause,
    )
  }
}

async function entrantsOf(lineup: readonly Spec[]): Promise<readonly Entrant[]> {
  const network = backtestNetwork()
  return Promise.all(
    lineup.map(async (one, i) => {
      const name = i === 0 ? TESTED : `${one.use.replace(/^.*\//, '')} ${i}`
      const strategies = [{ use: one.use, params: { ...one.params } }]
      return {
        name,
        setup: await simulatedSetup(network, { executor: executorOf(name), bonded: true, seed: 1, strategies }),
      }
    }),
  )
}
