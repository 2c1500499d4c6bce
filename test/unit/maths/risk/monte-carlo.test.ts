// Our laws against simulation: ours, seeded, and a published run of thirty million paths.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { returnLaw } from '../../../../agent/maths/risk/law.ts'
import { lossOdds, tailOf, varEs } from '../../../../agent/maths/risk/loss.ts'
import { estimate, simulatedReturns } from '../../../../agent/maths/risk/monte-carlo.ts'
import { latencyLaw, priceModel } from '../../../../config/risk-vectors.ts'

const published = z.tuple([z.number(), z.number()])
const { models, latencies, mc_crosscheck } = z
  .object({
    models: z.record(z.string(), priceModel),
    latencies: z.record(z.string(), latencyLaw),
    mc_crosscheck: z.object({
      univariate: z.array(
        z.object({
          model: z.string(),
          latency: z.string(),
          K: z.number(),
          h: z.number(),
          pLoss: published,
          EL: published,
          VaR99: published,
          ES99: published,
        }),
      ),
    }),
  })
  .parse(JSON.parse(readFileSync(new URL('../../../vectors/gap-vectors.json', import.meta.url), 'utf8')))

/** How many standard errors the law may be away from a simulation. */
const SIGMAS = 4

describe('a law agrees with thirty million published paths', () => {
  test.each(mc_crosscheck.univariate)('$model over $latency', ({ model, latency, K, h, ...paths }) => {
    const law = returnLaw({ model: known(models, model), latency: known(latencies, latency) })
    const { VaR, ES } = varEs(tailOf(law, 0.01), { K, h })
    const { pLoss, EL } = lossOdds(law, { K, h })
    const ours = { pLoss, EL, VaR99: VaR, ES99: ES }
    expect(beyond(ours, paths)).toEqual([])
  })
})

describe('a law agrees with its own simulation', () => {
  const pairs = Object.keys(models).flatMap((model, i) => [
    { model, latency: Object.keys(latencies)[i % 7] ?? '' },
    { model, latency: Object.keys(latencies)[(i + 3) % 7] ?? '' },
  ])
  test.each(pairs)('$model over $latency', ({ model, latency }) => {
    const gap = { model: known(models, model), latency: known(latencies, latency) }
    const law = returnLaw(gap)
    const draws = simulatedReturns(gap, 60_000, 20)
    const z = [0.001, 0.01, 0.05, 0.5].flatMap((p) => {
      const { q, partial_expectation } = tailOf(law, p)
      const share = estimate(draws, (x) => (x <= q ? 1 : 0))
      const left = estimate(draws, (x) => (x <= q ? Math.exp(x) : 0))
      return [(share.mean - p) / share.error, (left.mean - partial_expectation) / left.error]
    })
    expect(z.filter((one) => !(Math.abs(one) < SIGMAS))).toEqual([])
  })
})

type Numbers = Readonly<Record<'pLoss' | 'EL' | 'VaR99' | 'ES99', number>>

function beyond(ours: Numbers, paths: Readonly<Record<keyof Numbers, readonly [number, number]>>): readonly string[] {
  const names = ['pLoss', 'EL', 'VaR99', 'ES99'] as const
  return names.filter((name) => !(Math.abs(ours[name] - paths[name][0]) < SIGMAS * paths[name][1]))
}

function known<T>(table: Readonly<Record<string, T>>, name: string): T {
  const found = table[name]
  if (found === undefined) throw new Error(`expected ${name} in the file`)
  return found
}
