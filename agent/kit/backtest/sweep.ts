// Many parameters on the same worlds, judged by worlds that did not choose them.
import type { Played } from '../../simulator/backtest/run.ts'
import type { Spec } from './plan.ts'
import { type Spread, spreadOf } from './summary.ts'

/** Values to try of each parameter. */
export type Axes = readonly (readonly [name: string, values: readonly unknown[]])[]

/** Every combination, the first axis slowest. */
export function pointsOf(axes: Axes): readonly Spec['params'][] {
  return axes.reduce<readonly Spec['params'][]>(
    (points, [name, values]) => points.flatMap((point) => values.map((value) => ({ ...point, [name]: value }))),
    [{}],
  )
}

/** What is tried in one fold: chosen on some worlds, judged on others that came later or were not seen. */
export type Fold = { readonly name: string; readonly train: readonly World[]; readonly test: readonly World[] }

/** One world: a ground and a seed, by number. */
export type World = { readonly ground: number; readonly seed: number }

/**
 * Walk-forward: each ground is judged with what was best on all grounds before it. With one ground there is nothing
 * before: then half of the seeds choose and the other half judges.
 */
export function foldsOf(
  grounds: readonly { readonly name: string; readonly from: number }[],
  seeds: readonly number[],
): readonly Fold[] {
  const inTime = grounds
    .map((one, ground) => ({ ...one, ground }))
    .sort((a, b) => a.from - b.from || a.ground - b.ground)
  const worlds = (some: typeof inTime, of = seeds): readonly World[] =>
    some.flatMap(({ ground }) => of.map((seed) => ({ ground, seed })))
  if (inTime.length > 1)
    return inTime
      .slice(1)
      .map((one, i) => ({ name: one.name, train: worlds(inTime.slice(0, i + 1)), test: worlds([one]) }))
  const half = Math.ceil(seeds.length / 2)
  const [first] = inTime
  return first === undefined || seeds.length < 2
    ? []
    : [
        {
          name: `${first.name}, other seeds`,
          train: worlds(inTime, seeds.slice(0, half)),
          test: worlds(inTime, seeds.slice(half)),
        },
      ]
}

/** One fold: the point that was best where it was chosen, there and where it was judged. */
export type Walked = {
  readonly fold: string
  readonly point: number
  readonly inSample: Spread
  readonly outOfSample: Spread
}

/** P&L of a point in a world. */
export type Figures = (point: number, world: World) => number

/** Chooses by mean P&L, and among equals the first. */
export function walk(folds: readonly Fold[], points: number, pnl: Figures): readonly Walked[] {
  return folds.map(({ name, train, test }) => {
    const spreads = Array.from({ length: points }, (_, point) => spreadOf(train.map((world) => pnl(point, world))))
    const point = spreads.reduce((best, { mean }, i) => (mean > (spreads[best]?.mean ?? -Infinity) ? i : best), 0)
    const inSample = spreads[point] ?? spreadOf([])
    return { fold: name, point, inSample, outOfSample: spreadOf(test.map((world) => pnl(point, world))) }
  })
}

/** How much the mean of a point hangs on the seed: the deviation over seeds of its mean over grounds. */
export function seedDispersion(runs: readonly Played[]): number {
  const bySeed = [...Map.groupBy(runs, ({ seed }) => seed).values()]
  const means = bySeed.map((of) => spreadOf(of.map(({ books }) => books.pnl)).mean)
  const mean = means.reduce((sum, one) => sum + one, 0) / means.length
  return means.length < 2
    ? Number.NaN
    : Math.sqrt(means.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (means.length - 1))
}
