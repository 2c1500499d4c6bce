// Timing for comparisons: what is compared runs in turns within one process, in batches shorter than a scheduler's slice,
// so that a busy machine is busy for both. Ratios are of medians; absolute figures are guides.

/** What was found, against what was asked. */
export type Row = {
  readonly id: string
  readonly what: string
  /** The figure, in the unit of the limit. */
  readonly seen: number
  readonly unit: string
  readonly limit: number
  /** Ratios gate a run, absolute figures and what a busy machine distorts only inform. */
  readonly kind: 'ratio' | 'count' | 'guide'
  readonly direction: 'at-least' | 'at-most'
  readonly against?: string
}

export const holds = ({ seen, limit, direction }: Row): boolean =>
  direction === 'at-least' ? seen >= limit : seen <= limit

/** Microseconds per call, median over batches that alternate between the contestants. */
export function inTurns<Name extends string>(
  contestants: Readonly<Record<Name, () => unknown>>,
  { rounds = 60, micros = 300, warm = 20 } = {},
): Readonly<Record<Name, number>> {
  const names = Object.keys(contestants) as Name[]
  const sizes = new Map<Name, number>()
  for (const name of names) {
    const start = performance.now()
    for (let i = 0; i < warm; i++) sink = contestants[name]()
    const once = ((performance.now() - start) * 1_000) / warm
    sizes.set(name, Math.max(1, Math.floor(micros / Math.max(once, 0.001))))
  }
  const times = new Map<Name, number[]>(names.map((name) => [name, []]))
  for (let round = 0; round < rounds; round++)
    for (const name of names) {
      const calls = sizes.get(name) ?? 1
      const start = performance.now()
      for (let i = 0; i < calls; i++) sink = contestants[name]()
      times.get(name)?.push(((performance.now() - start) * 1_000) / calls)
    }
  return Object.fromEntries(names.map((name) => [name, percentile(times.get(name) ?? [], 0.5)])) as Record<Name, number>
}

/** Keeps what is computed from being optimised away. */
export let sink: unknown

/** A value below which that share lies. */
export function percentile(values: Iterable<number>, share: number): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}

export const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length

/** Rows go to the parent as one line of JSON; whatever else is printed is for people. */
export const report = (rows: readonly Row[]): unknown => process.stdout.write(`\n@rows ${JSON.stringify(rows)}\n`)

/** At least so many times better than what it is compared with. */
export const atLeast = (id: string, what: string, [seen, limit]: Figure, against: string): Row => ({
  ...{ id, what, seen, unit: 'x', limit, kind: 'ratio', direction: 'at-least', against },
})

/** At most so much, on a quiet machine. */
export const guide = (id: string, what: string, [seen, limit]: Figure, unit: string): Row => ({
  ...{ id, what, seen, unit, limit, kind: 'guide', direction: 'at-most' },
})

/** What was seen, and the limit. */
type Figure = readonly [seen: number, limit: number]
