// Timing for comparisons: what is compared runs in turns within one process, in batches shorter than a scheduler's slice,
// so that a busy machine is busy for both, and by the thread's CPU time, which does not pass while others run. Ratios gate,
// absolute figures are guides.

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

/** CPU time of this thread in microseconds: computing is timed by it, waiting is not. Some kernels count it in ticks of 4 ms. */
export function cpuMicros(): number {
  const { user, system } = process.threadCpuUsage()
  return user + system
}

/** CPU microseconds of one call, in the mean over at least so long. */
export function cpuOf(call: () => unknown, micros = 300_000): number {
  const start = cpuMicros()
  let calls = 0
  for (; cpuMicros() - start < micros; calls++) sink = call()
  return (cpuMicros() - start) / calls
}

/** CPU microseconds per call, in the mean over turns that alternate between the contestants. */
export function inTurns<Name extends string>(
  contestants: Readonly<Record<Name, () => unknown>>,
  turns = 5,
): Readonly<Record<Name, number>> {
  const names = Object.keys(contestants) as Name[]
  const sums = new Map<Name, number>(names.map((name) => [name, 0]))
  for (const name of names) cpuOf(contestants[name], 50_000)
  for (let turn = 0; turn < turns; turn++)
    for (const name of names) sums.set(name, (sums.get(name) ?? 0) + cpuOf(contestants[name], 100_000) / turns)
  return Object.fromEntries(sums) as Record<Name, number>
}

/** Keeps what is computed from being optimised away. */
export let sink: unknown

/** A value below which that share lies. */
export function percentile(values: Iterable<number>, share: number): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}

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
