// Realised volatility of one feed in modelled time: an exponentially weighted mean of squared returns, with a floor.

/** What was learnt so far. `variance` is per year of modelled time. */
export type VolatilityState = { readonly at: number; readonly price: number; readonly variance: number }

/** `floor` is an annual volatility, prior and least value at once; lengths are in modelled milliseconds. */
export type VolatilityTerms = { readonly floor: number; readonly halfLife: number; readonly spacing: number }

/** A year in milliseconds. */
export const YEAR = 365 * 24 * 3_600_000

/** Returns beyond this many deviations are jumps: they have a price of their own and must not swell the diffusion. */
const JUMP = 4.1

/**
 * The state after a price at modelled time `at`. Prices closer than `spacing` are left out: they measure noise. Squared
 * returns are cut at `JUMP` deviations (threshold estimator, Mancini 2009), so that one crash does not price a week.
 */
export function observe(
  state: VolatilityState | undefined,
  at: number,
  price: number,
  terms: VolatilityTerms,
): VolatilityState {
  if (state === undefined) return { at, price, variance: terms.floor ** 2 }
  const elapsed = at - state.at
  if (elapsed < terms.spacing || !(price > 0)) return state
  const most = JUMP ** 2 * Math.max(state.variance, terms.floor ** 2)
  const annual = Math.min(most, (Math.log(price / state.price) ** 2 * YEAR) / elapsed)
  const weight = 1 - 2 ** (-elapsed / terms.halfLife)
  return { at, price, variance: state.variance + weight * (annual - state.variance) }
}

/** Annual volatility to price with: never below the floor. */
export const volatility = (state: VolatilityState | undefined, terms: VolatilityTerms): number =>
  Math.max(terms.floor, Math.sqrt(state?.variance ?? 0))
