// The price at which an isolated position is liquidated: the same search, unit by unit, as MarginLens.sol.
import type { EngineTerms, MarginAccount, Prices } from '../domain/market.ts'
import { type InstrumentId, type Price, price } from '../domain/units.ts'
import { isBelowMaintenance, margin } from './margin.ts'

const LOWEST = 1n
const HIGHEST = 2n ** 64n - 1n

/**
 * The last mark at which the account is not liquidated: one unit beyond it, against the position, it is. Every price that
 * reads the instrument's mark feed moves along; all others stay. Undefined when no price liquidates the account, when
 * none saves it, and while another price is missing.
 */
export function liquidationPrice(
  account: MarginAccount,
  instrument: InstrumentId,
  terms: EngineTerms,
  prices: Prices,
): Price | undefined {
  const held = account.positions.find((one) => one.instrument === instrument)
  const listed = terms.instruments.find((one) => one.id === instrument)
  const quoted = listed && prices.get(listed.markFeed)
  if (account.mode !== 'isolated' || held === undefined || quoted === undefined || listed?.payoff !== undefined) return
  const failsAt = (mark: bigint): boolean | undefined => {
    const moved = new Map(prices).set(quoted.feed, { ...quoted, price: price(mark), degraded: false })
    const found = margin(account, terms, moved)
    return found && isBelowMaintenance(found)
  }
  const now = failsAt(quoted.price)
  if (now === undefined) return undefined
  const long = held.size > 0n
  const end = now === long ? HIGHEST : LOWEST
  if (failsAt(end) === now) return undefined
  return price(now ? between(end, quoted.price, failsAt) : between(quoted.price, end, failsAt))
}

/** Halves the way from a price that is safe to one that fails until they are neighbours; answers the safe one. */
function between(safe: bigint, failing: bigint, failsAt: (mark: bigint) => boolean | undefined): bigint {
  let [good, bad] = [safe, failing]
  while (good - bad > 1n || bad - good > 1n) {
    const middle = (good + bad) / 2n
    if (failsAt(middle)) bad = middle
    else good = middle
  }
  return good
}
