// How good forecasts were on average, as scores that the truth would win.

/** VaR and ES of a fall in price (one minus the gross return), with the fall that came. */
export type TailForecast = { readonly fall: number; readonly VaR: number; readonly ES: number }

/** Quasi-likelihood of a variance: ln s^2 + x^2 / s^2 (Patton 2011: robust to noise in x^2). Lower is better. */
export const qlike = (x: number, deviation: number): number => 2 * Math.log(deviation) + (x / deviation) ** 2
