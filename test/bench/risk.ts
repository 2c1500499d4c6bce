// How long a quote takes, next to the cosine series and to simulation at equal accuracy. node test/bench/risk.ts
import { cosExpansion } from '../../agent/maths/risk/cos.ts'
import { noSums } from '../../agent/maths/risk/kernel.ts'
import { atomsOf, compressed, type Latency } from '../../agent/maths/risk/latency.ts'
import { type ReturnLaw, returnLaw, YEAR_SECONDS } from '../../agent/maths/risk/law.ts'
import { lossOdds, tailOf, varEs } from '../../agent/maths/risk/loss.ts'
import { type PriceModel, processOf, tilted } from '../../agent/maths/risk/model.ts'
import { estimate, simulatedReturns } from '../../agent/maths/risk/monte-carlo.ts'
import { leastBonus } from '../../agent/maths/risk/premium.ts'
import { line, timed } from './timing.ts'

const terms = { K: 1.0005, h: 1.04685 }
const fee = { rho: 0.1, slippage: 0.003, cost_frac: 0.0005, lost_race_cost_frac: 0.0002, pWin: 0.4, m1: 1 }
const model: PriceModel = { type: 'kou', sigma: 1.8, lambda: 3000, p: 0.35, eta1: 70, eta2: 40 }
const calm: PriceModel = { type: 'kou', sigma: 0.65, lambda: 400, p: 0.4, eta1: 120, eta2: 80 }
const latency: Latency = { type: 'lognormal', median: 1000, s: 0.35 }
const stuck: Latency = {
  type: 'mixture',
  parts: [
    [0.985, { type: 'lognormal', median: 960, s: 0.12 }],
    [0.015, { type: 'lognormal', median: 7200, s: 0.9 }],
  ],
}

quotes('stress x lognormal', returnLaw({ model, latency }, 24))
quotes('calm x stuck mode', returnLaw({ model: calm, latency: stuck }, 24))
line(
  'build a law, 24 nodes',
  timed(() => returnLaw({ model, latency }, 24), 2, 51),
)
againstCos()
againstSimulation()

function quotes(name: string, law: ReturnLaw): void {
  const { q } = tailOf(law, 0.01)
  const tail = tailOf(law, 0.01)
  const full = (guess?: number) => () => [lossOdds(law, terms), varEs(tailOf(law, 0.01, guess), terms)]
  line(`${name}: full quote, cold`, timed(full(), 20), 'under 50')
  line(`${name}: full quote, warm (1 % off)`, timed(full(q * 1.01), 20), 'under 50')
  const cached = () => [lossOdds(law, terms), varEs(tail, terms)]
  line(`${name}: quote with cached quantile`, timed(cached, 50), 'under 10')
  line(
    `${name}: least bonus alone`,
    timed(() => leastBonus(tail.g, fee), 1000),
    'under 1',
  )
}

/** The same law, all of it by a cosine series whose interval leaves 1e-13 outside. */
function againstCos(): void {
  const rule = compressed(atomsOf(latency), 24)
  const nodes = { points: rule.points.map((time) => time / YEAR_SECONDS), weights: rule.weights }
  const process_ = processOf(model)
  const [below, partial] = [cosExpansion(process_, nodes), cosExpansion(tilted(process_), nodes)]
  const law = returnLaw({ model, latency }, 24)
  const sums = noSums()
  const series = timed(() => [below.add(-0.045, sums), partial.add(-0.045, sums)], 50)
  const closed = timed(() => lossOdds(law, terms), 50)
  line('P(loss), E[loss], closed form', closed)
  line('P(loss), E[loss], cosine series', series, '', `${(series.median / closed.median).toFixed(1)} x`)
  const [a, b] = [noSums(), noSums()]
  law.kernel.add(-0.045, a)
  below.add(-0.045, b)
  process.stdout.write(`  they differ by ${Math.abs((a[0] ?? 0) - (b[0] ?? 0)).toExponential(1)}\n`)
}

/** Simulation needs draws as the inverse square of the error: time for the accuracy of 24 nodes (1e-8). */
function againstSimulation(): void {
  const law = returnLaw({ model, latency }, 24)
  const draws = 100_000
  const start = process.hrtime.bigint()
  const simulated = simulatedReturns({ model, latency }, draws, 1)
  const micros = Number(process.hrtime.bigint() - start) / 1e3
  const { mean, error } = estimate(simulated, (x) => Math.max(0, terms.K - terms.h * Math.exp(x)))
  const needed = (draws * error ** 2) / 1e-8 ** 2
  const { EL } = lossOdds(law, terms)
  process.stdout.write(
    `simulation: ${draws} draws in ${(micros / 1e3).toFixed(0)} ms, E[loss] ${mean.toExponential(4)} +- ${error.toExponential(1)}` +
      ` against ${EL.toExponential(6)}; an error of 1e-8 would take ${needed.toExponential(1)} draws, ` +
      `${((micros * needed) / draws / 1e6).toExponential(1)} s\n`,
  )
}
