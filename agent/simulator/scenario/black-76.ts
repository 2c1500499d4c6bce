/** A European option. `years` is what is left to expiry. */
export type Option = {
  readonly kind: 'call' | 'put'
  readonly strike: number
  readonly years: number
  readonly volatility: number
}

/** The option's value in the underlying's dollars. At expiry, or without volatility, its intrinsic value. */
export function optionValue({ kind, strike, years, volatility }: Option, forward: number): number {
  const side = kind === 'call' ? 1 : -1
  const deviation = volatility * Math.sqrt(Math.max(years, 0))
  if (deviation === 0) return Math.max(0, side * (forward - strike))
  const up = (Math.log(forward / strike) + (deviation * deviation) / 2) / deviation
  return side * (forward * normalCdf(side * up) - strike * normalCdf(side * (up - deviation)))
}

/** The standard normal distribution function (Abramowitz and Stegun 26.2.17, error below 7.5e-8). */
export function normalCdf(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x))
  const tail = (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * t * series(t)
  return x >= 0 ? 1 - tail : tail
}

const series = (t: number): number =>
  0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429)))
