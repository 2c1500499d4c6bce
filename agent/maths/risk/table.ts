// Smooth functions in tables: cubic Hermite pieces between evenly spaced places.

/** Values at evenly spaced places and slopes per place. */
export type Table = {
  readonly from: number
  readonly step: number
  readonly values: Float64Array
  readonly slopes: Float64Array
}

/** The table's function at x; outside, its value at the nearer end. */
export function lookUp({ from, step, values, slopes }: Table, x: number): number {
  const place = Math.min(values.length - 1, Math.max(0, (x - from) / step))
  const i = Math.min(values.length - 2, Math.floor(place))
  return cubic(values, slopes, i, place - i)
}

/** A function in a table; slopes by five-point differences of the function itself. */
export function tabulated(of: (x: number) => number, [from, to]: readonly [number, number], size: number): Table {
  const step = (to - from) / (size - 1)
  const wide = Float64Array.from({ length: size + 4 }, (_, i) => of(from + (i - 2) * step))
  const slopes = Float64Array.from(
    { length: size },
    (_, i) => ((wide[i] ?? 0) - (wide[i + 4] ?? 0) + 8 * ((wide[i + 3] ?? 0) - (wide[i + 1] ?? 0))) / 12,
  )
  return { from, step, values: wide.slice(2, size + 2), slopes }
}

/** Where a rising table takes a value. */
export function lookUpInverse({ from, step, values, slopes }: Table, value: number): number {
  if (value <= (values[0] ?? 0)) return from
  if (value >= (values[values.length - 1] ?? 0)) return from + step * (values.length - 1)
  let [low, high] = [0, values.length - 1]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((values[middle] ?? 0) <= value) low = middle
    else high = middle
  }
  return from + step * (low + within(values, slopes, low, value))
}

/** The part of a piece at which its cubic takes a value, by the secant rule between ends. */
function within(values: Float64Array, slopes: Float64Array, i: number, value: number): number {
  let [low, high] = [0, 1]
  let t = (value - (values[i] ?? 0)) / ((values[i + 1] ?? 0) - (values[i] ?? 0))
  for (let round = 0; round < 30 && high - low > 1e-13; round++) {
    const miss = cubic(values, slopes, i, t) - value
    if (Math.abs(miss) < 1e-15) return t
    if (miss > 0) high = t
    else low = t
    const rise = (cubic(values, slopes, i, t + 1e-6) - cubic(values, slopes, i, t - 1e-6)) / 2e-6
    const next = t - miss / rise
    t = next > low && next < high ? next : (low + high) / 2
  }
  return t
}

function cubic(values: Float64Array, slopes: Float64Array, i: number, t: number): number {
  const from = values[i] ?? 0
  const rise = (values[i + 1] ?? 0) - from
  return from + t * rise + t * (1 - t) * ((1 - t) * ((slopes[i] ?? 0) - rise) - t * ((slopes[i + 1] ?? 0) - rise))
}
