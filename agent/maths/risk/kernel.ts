// What every law of log returns can do: add its mass below x, and its density at x, to two numbers.

/** Where a kernel adds: mass below x first, density at x second. */
export type Sums = Float64Array

/** A law, or a part of one, of log returns. Weights may sum to less than one: parts add up. */
export type Kernel = { readonly add: (x: number, sums: Sums) => void }

/** An empty pair of sums. */
export const noSums = (): Sums => new Float64Array(2)
