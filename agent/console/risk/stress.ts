// What the book of the records would lose on days that did happen, with every route an hour late, and both at once.
import type { GapRecord, MarketState } from '../../domain/gap-record.ts'
import { returnLaw, YEAR_SECONDS } from '../../maths/risk/law.ts'
import { tailOf } from '../../maths/risk/loss.ts'
import type { PriceModel } from '../../maths/risk/model.ts'
import { type AssetClass, STRESSES } from '../../maths/risk/stress.ts'
import { marketOf } from './market.ts'

/** The most that was carried at once, and what would have become of it. Dollars; a negative loss is a profit. */
export type StressPage = {
  /** Whether the book was carried by us, or is every quote as if it had been. */
  readonly carried: boolean
  readonly positions: number
  readonly debt: number
  readonly crashes: readonly CrashLoss[]
  readonly stalls: readonly StallLoss[]
}

/** Loss on one day, if all collateral were of one class; `stalled`: in the worst 2.5 % of an hour's stall after it. */
export type CrashLoss = {
  readonly name: string
  readonly losses: Readonly<Record<AssetClass, number>>
  readonly stalled: Readonly<Record<AssetClass, number>>
}

/** ES at 97.5 % of a route's share of the book: as its mean gap was, and with an hour more. Added up over positions. */
export type StallLoss = {
  readonly route: string
  readonly debt: number
  readonly usual: number
  readonly stalled: number
}

/** How late a stalled route is, in seconds. */
const STALL = 3_600
const TAIL = 0.025

/** The page over some records; an empty one over none. */
export function stressPage(records: readonly GapRecord[]): StressPage {
  const taken = records.filter(({ realised }) => realised.taken)
  const book = mostAtOnce(taken.length > 0 ? taken : records)
  const meanSeconds = byRoute(
    records,
    (own) => own.reduce((sum, { realised }) => sum + realised.seconds, 0) / own.length,
  )
  const factor = tailFactors(meanSeconds)
  const classes: readonly AssetClass[] = ['bitcoin', 'ether', 'alt', 'stable']
  const crash = (of: (one: AssetClass) => (record: GapRecord) => number): Readonly<Record<AssetClass, number>> => {
    const [bitcoin = 0, ether = 0, alt = 0, stable = 0] = classes.map((one) =>
      book.reduce((sum, record) => sum + lossAt(record, of(one)(record)), 0),
    )
    return { bitcoin, ether, alt, stable }
  }
  return {
    carried: taken.length > 0,
    positions: book.length,
    debt: book.reduce((sum, { forecast }) => sum + forecast.debt, 0),
    crashes: STRESSES.map(({ name, returns }) => ({
      name,
      losses: crash((one) => () => Math.exp(returns[one])),
      stalled: crash((one) => (record) => Math.exp(returns[one]) * factor(record, 'cascade', STALL)),
    })),
    stalls: [...new Set(book.map(({ forecast }) => forecast.vault))].sort().map((route) => {
      const own = book.filter(({ forecast }) => forecast.vault === route)
      const sum = (extra: number): number =>
        own.reduce((total, one) => total + lossAt(one, factor(one, one.forecast.state, extra)), 0)
      const debt = own.reduce((total, { forecast }) => total + forecast.debt, 0)
      return { route, debt, usual: sum(0), stalled: sum(STALL) }
    }),
  }
}

/** Loss in dollars when a dollar of collateral is worth `gross`. */
const lossAt = ({ forecast: { debt, K, h } }: GapRecord, gross: number): number => debt * (K - h * gross)

/** The set of records that were open together and bound the most debt. */
function mostAtOnce(records: readonly GapRecord[]): readonly GapRecord[] {
  const starts = [...records].sort((a, b) => a.forecast.modelledAt - b.forecast.modelledAt)
  let [open, best, most]: [GapRecord[], readonly GapRecord[], number] = [[], [], 0]
  for (const one of starts) {
    const now = one.forecast.modelledAt
    open = open.filter(({ forecast, realised }) => forecast.modelledAt + 1_000 * realised.seconds > now)
    open.push(one)
    const debt = open.reduce((sum, { forecast }) => sum + forecast.debt, 0)
    if (debt > most) [best, most] = [[...open], debt]
  }
  return best
}

function byRoute<T>(records: readonly GapRecord[], of: (own: readonly GapRecord[]) => T): ReadonlyMap<string, T> {
  return new Map([...Map.groupBy(records, ({ forecast }) => forecast.vault)].map(([route, own]) => [route, of(own)]))
}

/** E[exp X | worst 2.5 %] after a route's mean gap and some seconds more. The volatility is the one of the quote. */
function tailFactors(meanSeconds: ReadonlyMap<string, number>) {
  const known = new Map<string, number>()
  return ({ forecast }: GapRecord, state: MarketState, extra: number): number => {
    const usual = Math.max(1, meanSeconds.get(forecast.vault) ?? 1)
    const yearly = forecast.deviation / Math.sqrt(usual / YEAR_SECONDS)
    const volatility = Math.min(20, 2 ** (Math.round(8 * Math.log2(yearly)) / 8))
    const key = `${state} ${volatility} ${usual} ${extra}`
    const found = known.get(key) ?? tailMean(marketOf(state, volatility), usual + extra)
    known.set(key, found)
    return found
  }
}

const tailMean = (model: PriceModel, seconds: number): number =>
  tailOf(returnLaw({ model, latency: { type: 'fixed', l: seconds } }, 24), TAIL).g
