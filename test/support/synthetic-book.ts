// A synthetic book of a unified-margin engine in columns, and the ticks that move it: fifty assets by popularity, one to
// eight legs, distances to liquidation log-normal around a quarter of the gross.
import type { Legs } from '../../agent/maths/triggers/legs.ts'

export const ASSETS = 50

/** Prices, and one account after the other. */
export type SyntheticBook = { readonly prices: Float64Array; readonly accounts: () => Generator<Legs> }

export function syntheticBook(count: number, seed = 7): SyntheticBook {
  const start = uniform(seed)
  const prices = Float64Array.from({ length: ASSETS }, (_, j) => (isStable(j) ? 1 : Math.exp(gauss(start) * 2 + 3)))
  return {
    prices,
    *accounts() {
      const random = uniform(seed + 1)
      for (let i = 0; i < count; i++) yield drawAccount(random, prices)
    },
  }
}

function drawAccount(random: () => number, prices: Float64Array): Legs {
  const share = random()
  const many = 1 + LEGS.findIndex((most) => share <= most)
  const columns = new Set<number>()
  while (columns.size < Math.max(1, many)) columns.add(popular(random))
  const debts = columns.size === 1 ? 0 : 1 + Math.floor(random() * Math.min(columns.size - 1, 3))
  const size = Math.exp(gauss(random) * 2 + 8)
  const values = [...columns].map((column, i) => ({
    column,
    value: size * (0.2 + random()),
    debt: i >= columns.size - debts,
  }))
  const sum = (debt: boolean) => values.reduce((all, one) => all + (one.debt === debt ? one.value : 0), 0)
  const distance = Math.min(0.9, 0.25 * Math.exp(1.2 * gauss(random)))
  const owed = (sum(false) * (1 - distance)) / (1 + distance)
  const scale = debts === 0 ? 0 : owed / sum(true)
  const legs = values.map(({ column, value, debt }) => ({
    column,
    weight: (debt ? -value * scale : value) / (prices[column] ?? 1),
  }))
  return { base: debts === 0 ? -owed : 0, legs, spread: undefined }
}

/** One asset per tick, by popularity; nine in ten moves of two basis points, one in a hundred of a percent. */
export function* ticks(prices: Float64Array, count: number, seed = 99): Generator<{ column: number; price: number }> {
  const random = uniform(seed)
  const now = Float64Array.from(prices)
  for (let i = 0; i < count; i++) {
    const column = popular(random)
    const kind = random()
    const deviation = (kind < 0.9 ? 2e-4 : kind < 0.99 ? 1e-3 : 1e-2) * volatility(column)
    const price = (now[column] ?? 1) * Math.exp(deviation * gauss(random))
    now[column] = price
    yield { column, price }
  }
}

const isStable = (asset: number): boolean => asset === 1 || asset === 2 || asset === 7
const volatility = (asset: number): number => (isStable(asset) ? 0.03 : asset < 10 ? 1 : 1.5)

/** Shares of accounts with at most so many legs: 3.3 in the mean. */
const LEGS = [0.03, 0.43, 0.66, 0.79, 0.87, 0.92, 0.96, 1]

const weights = Array.from({ length: ASSETS }, (_, j) => (j + 1) ** -1.1)
const whole = weights.reduce((a, b) => a + b, 0)
/** Zipf, exponent 1.1. */
const POPULARITY = weights.map((_, j) => weights.slice(0, j + 1).reduce((a, b) => a + b, 0) / whole)
const popular = (random: () => number): number => {
  const at = random()
  return Math.max(
    0,
    POPULARITY.findIndex((share) => at <= share),
  )
}

function gauss(random: () => number): number {
  return Math.sqrt(-2 * Math.log(random() + 1e-300)) * Math.cos(2 * Math.PI * random())
}

/** Numbers in [0, 1) that a seed always gives again (xorshift32). */
export function uniform(seed: number): () => number {
  let state = seed >>> 0 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state / 2 ** 32
  }
}
