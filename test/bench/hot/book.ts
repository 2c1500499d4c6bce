// The book: ticks, gaps, the rescan and the memory of the trigger ladder. node test/bench/hot/book.ts

import { rescan } from '../../../agent/maths/triggers/tiles.ts'
import { load, move, openTriggers, suspects, type Triggers } from '../../../agent/maths/triggers/triggers.ts'
import { ASSETS, syntheticBook, ticks } from '../../support/synthetic-book.ts'
import { atLeast, cpuMicros, cpuOf, guide, percentile, type Row, report } from './measure.ts'

/** A loaded book, its prices, and how long it took. */
export function loaded(count: number) {
  const book = syntheticBook(count)
  const triggers = openTriggers(ASSETS)
  const next = Float64Array.from(book.prices)
  move(triggers, next)
  const start = performance.now()
  let account = 0
  for (const legs of book.accounts()) load(triggers, account++, legs)
  return { triggers, next, millis: performance.now() - start }
}

/** Milliseconds of one look at everybody. */
export function wholeRescan({ tiles, arena }: Triggers, micros = 300_000): number {
  if (tiles === undefined) return Number.NaN
  return cpuOf(() => rescan(tiles, arena, () => undefined), micros) / 1_000
}

/** Microseconds of every tick of the stream, and the CPU time of one in the its stopwatch included. */
export function streamed({ triggers, next }: Pick<ReturnType<typeof loaded>, 'triggers' | 'next'>, count: number) {
  const stream = [...ticks(triggers.arena.price.slice(0, ASSETS), count)]
  const began = cpuMicros()
  const took = new Float64Array(count)
  for (let i = 0; i < count; i++) {
    const tick = stream[i]
    if (tick === undefined) continue
    next[tick.column] = tick.price
    const start = performance.now()
    move(triggers, next)
    took[i] = (performance.now() - start) * 1_000
  }
  return { took: [...took.subarray(500)], cpu: (cpuMicros() - began) / count }
}

/** Bytes of everything that a move touches. */
const bytesOf = ({ arena, tiles }: Triggers): number =>
  [arena.heads, arena.counts, arena.legs.doubles, arena.accounts.doubles, arena.reached].reduce(
    (sum, { byteLength }) => sum + byteLength,
    tiles?.memory.buffer.byteLength ?? 0,
  )

/** Bytes that the young generation grew by over as many ticks. */
function allocated({ triggers, next }: ReturnType<typeof loaded>, count: number): number {
  const stream = [...ticks(triggers.arena.price.slice(0, ASSETS), count, 5)]
  const before = process.memoryUsage().heapUsed
  for (let i = 0; i < count; i++) {
    next[stream[i]?.column ?? 0] = stream[i]?.price ?? 1
    move(triggers, next)
  }
  return Math.max(0, process.memoryUsage().heapUsed - before) / count
}

function gap({ triggers, next }: ReturnType<typeof loaded>) {
  next[0] = (next[0] ?? 0) * 0.7
  const start = cpuMicros()
  move(triggers, next)
  const found = suspects(triggers)
  return { millis: (cpuMicros() - start) / 1_000, found: found.length }
}

if (import.meta.main) {
  const [small, middle, large] = [10_000, 100_000, 1_000_000].map((count) => ({ count, ...loaded(count) }))
  if (small === undefined || middle === undefined || large === undefined) throw new Error('expected three books')
  const rows: Row[] = []
  const all = [small, middle, large].map((one) => {
    streamed(one, 4_000)
    const whole = wholeRescan(one.triggers)
    const { took, cpu } = streamed(one, 20_000)
    const figures = {
      p50: percentile(took, 0.5),
      mean: cpu,
      p99: percentile(took, 0.99),
    }
    process.stdout.write(
      `${one.count} accounts: loaded in ${one.millis.toFixed(0)} ms, rescan ${whole.toFixed(3)} ms, ` +
        `tick p50 ${figures.p50.toFixed(2)} mean ${figures.mean.toFixed(2)} p99 ${figures.p99.toFixed(1)} us, ${one.triggers.parked.size} parked\n`,
    )
    return { ...one, whole, figures }
  })
  const [ten, hundred, million] = all
  if (ten === undefined || hundred === undefined || million === undefined) throw new Error('expected three books')
  for (const [id, one, [p50, mid, p99]] of [
    ['B2', million, [1, 20, 150]],
    ['B2b', hundred, [0.5, 2, 20]],
  ] as const) {
    const label = (what: string) => `tick to candidates, ${what}, ${one.count.toLocaleString('en')} accounts`
    rows.push(
      atLeast(id, label('mean'), [(one.whole * 1_000) / one.figures.mean, 100], 'own rescan'),
      guide(id, label('p50'), [one.figures.p50, p50], 'us'),
      guide(id, label('mean'), [one.figures.mean, mid], 'us'),
      guide(id, label('p99'), [one.figures.p99, p99], 'us'),
    )
  }
  const whole = wholeRescan(million.triggers)
  const memory = bytesOf(million.triggers) / million.count
  rows.push(
    guide('B1', 'full rescan, 1,000,000 accounts, per account', [million.whole, 3], 'ns'),
    guide('B4', 'p50 at 1,000,000 over p50 at 10,000', [million.figures.p50 / ten.figures.p50, 4], 'x'),
    guide('B4', 'mean at 1,000,000 over mean at 100,000', [million.figures.mean / hundred.figures.mean, 20], 'x'),
    guide('B15', 'allocated per tick, steady state', [allocated(million, 50_000), 0.5], 'B'),
    { ...guide('B16', 'memory per account of 3.3 legs', [memory, 180], 'B'), kind: 'count' },
  )
  const { millis, found } = gap(million)
  process.stdout.write(
    `a fall of 30 % at 1,000,000 accounts: ${found} suspects in order after ${millis.toFixed(2)} ms\n`,
  )
  rows.push(
    guide('B3', 'fall of 30 %: the move and sorted candidates, over one rescan', [millis / whole, 1.5], 'x'),
    guide('B3', 'fall of 30 %: the move and sorted candidates', [millis, 4], 'ms'),
  )
  report(rows)
}
