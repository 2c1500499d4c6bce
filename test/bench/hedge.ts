// How much of the tail a hedge takes away on a slow route, and what it costs: the same worlds with and without it.
// node test/bench/hedge.ts [seeds]
import { hedging, playSlow, shortfall } from '../support/slow-route.ts'

const seeds = Number(process.argv[2] ?? 200)
const [bare, covered] = [await hedging(0), await hedging(10_000)]
const runs = Array.from({ length: seeds }, (_, i) => [playSlow(i + 1, bare), playSlow(i + 1, covered)] as const)
for (const [name, which] of [
  ['without', 0],
  ['hedged', 1],
] as const) {
  const these = runs.map((pair) => pair[which])
  const sum = (of: (run: (typeof these)[number]) => number): number => these.reduce((total, run) => total + of(run), 0)
  const shares = these.filter(({ outlay }) => outlay > 0).map(({ gap, hedge, outlay }) => -(gap + hedge) / outlay)
  const losses = these.map(({ gap, hedge }) => -(gap + hedge))
  const figures = [
    `${sum(({ settled }) => settled)} settlements, outlay $${Math.round(sum(({ outlay }) => outlay))}`,
    `gap and hedge $${Math.round(sum(({ gap, hedge }) => gap + hedge))}, fees $${Math.round(sum(({ fees }) => fees))}`,
    `fees ${(1e4 * (sum(({ fees }) => fees) / sum(({ outlay }) => outlay))).toFixed(1)} bps of outlay`,
    `ES 97.5 of a run $${Math.round(shortfall(losses))}, ${(100 * shortfall(shares)).toFixed(2)} % of its outlay`,
    `P&L $${Math.round(sum(({ total }) => total))}`,
  ]
  process.stdout.write(`${name.padEnd(8)} ${figures.join('; ')}\n`)
}
