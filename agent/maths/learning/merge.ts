// One price out of what several sources say within a second. With fewer than half of them lying, the median stays among
// the honest ones, so that a lie moves a return by no more than honest sources differ.

/** What one source said. `at` is when we heard it, in modelled milliseconds: a liar must not set our clock. */
export type Said = { readonly source: string; readonly at: number; readonly price: number }

/** A merged price: `at` is the end of its bucket; `rejected` names the sources that nobody else agrees with. */
export type Merged = {
  readonly at: number
  readonly price: number
  readonly sources: number
  readonly rejected: readonly string[]
}

/** The bucket that is filling. A source counts once per bucket, with the last it said. */
export type Bucket = { readonly index: number; readonly said: Readonly<Record<string, number>> }

/** Length of a bucket in modelled milliseconds. */
const BUCKET = 1000

/** How many median absolute deviations a price may be off. */
const FAR = 5

/** Least deviation that counts as one, as a share of the price: sources that agree to the last digit reject nobody. */
const NEAR = 1e-4

/** Takes a price in. A price in a later bucket closes the one before; one of an earlier bucket, or no price, is left out. */
export function collect(
  bucket: Bucket | undefined,
  { source, at, price }: Said,
): { readonly bucket: Bucket | undefined; readonly closed: Merged | undefined } {
  if (!Number.isFinite(at) || !isPrice(price)) return { bucket, closed: undefined }
  const index = Math.floor(at / BUCKET)
  const fresh = { index, said: { [source]: price } }
  if (bucket === undefined) return { bucket: fresh, closed: undefined }
  if (index < bucket.index) return { bucket, closed: undefined }
  if (index > bucket.index) return { bucket: fresh, closed: merged(bucket) }
  return { bucket: { index, said: { ...bucket.said, [source]: price } }, closed: undefined }
}

/**
 * The price of a bucket: the median of all that was said. Sources more than five median absolute deviations off are
 * rejected by name and do not count; the median is not taken again without them, because liars who stay near could then
 * outvote honest sources that do not.
 */
export function merged({ index, said }: Bucket): Merged | undefined {
  const prices = Object.entries(said).filter(([, price]) => isPrice(price))
  if (prices.length === 0) return undefined
  const price = median(prices.map(([, one]) => one))
  const spread = Math.max(NEAR * price, median(prices.map(([, one]) => Math.abs(one - price))))
  const rejected = prices.filter(([, one]) => Math.abs(one - price) > FAR * spread).map(([source]) => source)
  return { at: (index + 1) * BUCKET, price, sources: prices.length - rejected.length, rejected }
}

const isPrice = (price: number): boolean => price > 0 && price < Infinity

/** The middle one; between two middle ones their mean. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length >> 1
  const [low, high] = [sorted[half - 1] ?? 0, sorted[half] ?? 0]
  return sorted.length % 2 === 1 ? high : (low + high) / 2
}
