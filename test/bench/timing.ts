// Timing for benches: medians over short batches, because a shared machine stalls now and then.

/** Median and least microseconds of one call, over batches. */
export type Timing = { readonly median: number; readonly least: number }

/** Times a call. */
export function timed(call: () => unknown, perBatch: number, batches = 201): Timing {
  for (let i = 0; i < 5 * perBatch; i++) call()
  const found = Array.from({ length: batches }, () => {
    const start = process.hrtime.bigint()
    for (let i = 0; i < perBatch; i++) call()
    return Number(process.hrtime.bigint() - start) / 1e3 / perBatch
  }).sort((a, b) => a - b)
  return { median: found[batches >> 1] ?? Number.NaN, least: found[0] ?? Number.NaN }
}

/** One line: what, how long, against which target, and how it stands to something else. */
export function line(what: string, { median, least }: Timing, target = '', ratio = ''): void {
  const cells = [what.padEnd(46), `${median.toFixed(3)} us`.padStart(16), `least ${least.toFixed(3)} us`.padStart(22)]
  process.stdout.write(`${[...cells, target.padStart(16), ratio].join('  ').trimEnd()}\n`)
}
