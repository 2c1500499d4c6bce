// The answer to one risk question. Every kind is one entry; what cannot be trusted is refused, never answered.
import { z } from 'zod'
import { riskQuestions as ask, latencyLaw, priceModel } from '../../config/risk-vectors.ts'
import { christoffersen, conditionalCoverage, kupiec, leeMyklandBeta } from '../maths/risk/backtest.ts'
import { bivariateNormal, bivariateStudent } from '../maths/risk/bivariate.ts'
import { pairRisk } from '../maths/risk/copula-pair.ts'
import { copulaRisk } from '../maths/risk/copula-portfolio.ts'
import { ellipticalRisk, unitRisk } from '../maths/risk/elliptical.ts'
import { cppiLossOdds, jumpGapOdds } from '../maths/risk/jump-gap.ts'
import { atomsOf, type Latency, meanTime } from '../maths/risk/latency.ts'
import { type ReturnLaw, returnLaw } from '../maths/risk/law.ts'
import { lossOdds, quantile, tailOf, varEs, varEsWithFailures } from '../maths/risk/loss.ts'
import type { PriceModel } from '../maths/risk/model.ts'
import { digitalValue, optionValue, varianceGammaValue } from '../maths/risk/options.ts'
import { leastBonus } from '../maths/risk/premium.ts'
import { Refusal, within } from '../maths/risk/refusal.ts'
import { criticalValues } from '../maths/risk/shortfall-test.ts'
import { erfcx, normalCdf, normalQuantile, studentQuantile, studentTailMean } from '../maths/risk/special.ts'

/** What questions refer to by name, and laws already built. */
export type Library = {
  readonly models: Readonly<Record<string, unknown>>
  readonly latencies: Readonly<Record<string, unknown>>
  readonly laws: Map<string, ReturnLaw>
}

/** Fields of an answer by name. */
export type Answer = Readonly<Record<string, unknown>>

/** Judges the parameters of a question and answers it. */
type Reply = (params: unknown, library: Library) => Answer

const kind =
  <Params>(schema: z.ZodType<Params>, answer: (params: Params, library: Library) => Answer): Reply =>
  (params, library) =>
    answer(schema.parse(params), library)

/** Nodes of a law behind a copula: twice what a quote uses. */
const COPULA_NODES = 48

/** The answer of each kind, by its name. */
export const answers: ReadonlyMap<string, Reply> = new Map(
  Object.entries({
    european_call_merton: kind(ask.european_call_merton, (p) => ({
      value: optionValue(p, mertonOf(p, p.sigma_diffusion)),
    })),
    european_option_merton: kind(ask.european_option_merton, (p) => ({ value: optionValue(p, mertonOf(p, p.sigma)) })),
    european_option_kou: kind(ask.european_option_kou, (p) => ({
      value: optionValue(p, { ...p, type: 'kou', lambda: p.lambda_ }),
    })),
    european_option_bs: kind(ask.european_option_bs, (p) => ({
      value: optionValue(p, { type: 'lognormal', sigma: p.sigma }),
    })),
    european_option_bs_digital: kind(ask.european_option_bs_digital, (p) => ({ value: digitalValue(p, p.sigma) })),
    european_option_vg: kind(ask.european_option_vg, (p) => ({ value: varianceGammaValue(p, p) })),
    bivariate_cdf: kind(ask.bivariate_cdf, (p) => ({
      normal: bivariateNormal(p),
      ...(typeof p.nu === 'number' ? { student: bivariateStudent(p, p.nu) } : {}),
    })),
    normal_cdf: kind(ask.normal_cdf, ({ x }) => ({ value: normalCdf(x) })),
    normal_quantile: kind(ask.normal_quantile, ({ p }) => ({ value: normalQuantile(p) })),
    erfcx: kind(ask.erfcx, ({ x }) => ({ value: erfcx(x) })),
    student_quantile_es: kind(ask.student_quantile_es, ({ nu, p }) => ({
      quantile: studentQuantile(p, within('nu', nu, { above: 1 })),
      es_of_loss: studentTailMean(p, nu),
    })),
    var_es_normal_t4: kind(ask.var_es_normal_t4, (p) => {
      const scale = (within('V', p.V, { above: 0 }) * p.annual_vol) / Math.sqrt(within('days', p.days, { above: 0 }))
      const [normal, student] = [unitRisk(null, p.alpha), unitRisk(within('nu', p.nu, { above: 2 }), p.alpha)]
      const unit = scale * Math.sqrt((p.nu - 2) / p.nu)
      return {
        VaR_normal: scale * normal.VaR,
        ES_normal: scale * normal.ES,
        VaR_t4: unit * student.VaR,
        ES_t4: unit * student.ES,
      }
    }),
    gap_loss: kind(ask.gap_loss, (p, library) => lossOdds(lawOf(p, library), p)),
    gap_var_es: kind(ask.gap_var_es, (p, library) => {
      const tail = tailOf(lawOf(p, library), 1 - p.alpha)
      return { ...tail, ...varEs(tail, positive(p)) }
    }),
    gap_quantile: kind(ask.gap_quantile, (p, library) => tailOf(lawOf(p, library), p.tail)),
    gap_residual_latency: kind(ask.gap_residual_latency, (p, library) => {
      const latency: Latency = { type: 'residual', of: latencyOf(p.latency, library), elapsed: p.elapsed_s }
      const law = returnLaw({ model: modelOf(p.model, library), latency, growth: p.mu_per_year })
      const { pLoss, EL } = lossOdds(law, p)
      return { mean_residual_s: meanTime(atomsOf(latency)), pLoss, EL, q01: quantile(law, 0.01) }
    }),
    gap_var_es_with_failure: kind(ask.gap_var_es_with_failure, (p, library) =>
      varEsWithFailures(lawOf(p, library), p, [{ odds: p.p_fail, loss: p.loss_if_fail }], p.alpha),
    ),
    min_bonus: kind(ask.min_bonus, (p, library) => {
      const law = lawOf(p, library)
      const { g } = tailOf(law, 1 - p.alpha)
      return { g_alpha: g, ...leastBonus(g, { ...p, m1: p.m1 ?? law.mean }) }
    }),
    jump_gap_probability: kind(ask.jump_gap_probability, (p, library) => ({
      value: jumpGapOdds(modelOf(p.model, library), latencyOf(p.latency, library), p.buffer_log),
    })),
    cppi_loss_probability: kind(ask.cppi_loss_probability, (p) => ({ value: cppiLossOdds(p) })),
    portfolio_copula: kind(ask.portfolio_copula, (p, library) => {
      const held = p.positions.map((one) => ({ ...one, law: lawOf(one, library, COPULA_NODES) }))
      const [first, second] = held
      if (first !== undefined && second !== undefined && held.length === 2)
        return { results: pairRisk(first, second, { rho: p.rho, nu: dofOf(p) }, p.alphas) }
      const a = Math.sqrt(within('rho', p.rho, { least: 0, below: 1 }))
      return {
        results: copulaRisk(
          held.map((one) => ({ ...one, a })),
          dofOf(p),
          p.alphas,
        ),
      }
    }),
    portfolio_copula_onefactor: kind(ask.portfolio_copula_onefactor, (p, library) => {
      const held = p.positions.map((one) => ({ ...one, law: lawOf(one, library, COPULA_NODES) }))
      return { results: copulaRisk(held, dofOf(p), p.alphas) }
    }),
    portfolio_elliptical_linear: kind(ask.portfolio_elliptical_linear, (p) =>
      ellipticalRisk({ ...p, nu: p.nu ?? null }, p.alpha),
    ),
    kupiec_pof: kind(ask.kupiec_pof, (p) => kupiec(p.n, p.x, p.p)),
    christoffersen_independence: kind(ask.christoffersen_independence, (p) => christoffersen(p)),
    conditional_coverage: kind(ask.conditional_coverage, (p) => conditionalCoverage(p.n, p.x, p.p, p)),
    acerbi_szekely_z2_critical: kind(ask.acerbi_szekely_z2_critical, (p) => {
      const nu = p.dist === 'normal' ? null : within('nu', p.nu ?? Number.NaN)
      const [crit_5pct, crit_1pct, critical] = criticalValues({ nu, alpha: p.alpha, N: p.N }, [
        0.05,
        0.01,
        1 - (p.test_level ?? 0.95),
      ])
      return { crit_5pct, crit_1pct, critical }
    }),
    lee_mykland_beta: kind(ask.lee_mykland_beta, ({ alpha }) => ({ value: leeMyklandBeta(alpha) })),
  }),
)

type Merton = { readonly lambda_: number; readonly jump_log_mean: number; readonly jump_log_sd: number }

const mertonOf = ({ lambda_, jump_log_mean, jump_log_sd }: Merton, sigma: number): PriceModel => ({
  type: 'merton',
  sigma,
  lambda: lambda_,
  muJ: jump_log_mean,
  sigmaJ: jump_log_sd,
})

type Gap = Pick<z.output<typeof ask.gap_loss>, 'model' | 'latency' | 'activity' | 'mu_per_year'>

/** The law behind a question, with every atom of its latency unless told otherwise; built once. */
function lawOf({ model, latency, activity, mu_per_year }: Gap, library: Library, nodes?: number): ReturnLaw {
  const key = JSON.stringify([model, latency, activity, mu_per_year, nodes])
  const known = library.laws.get(key)
  if (known !== undefined) return known
  const law = returnLaw(
    {
      model: modelOf(model, library),
      latency: latencyOf(latency, library),
      growth: mu_per_year,
      activity: activity && activityOf(activity),
    },
    nodes,
  )
  library.laws.set(key, law)
  return law
}

function activityOf({ mean = 1, median, s }: NonNullable<Gap['activity']>): Latency {
  return { type: 'lognormal', median: median ?? mean * Math.exp((-s * s) / 2), s }
}

const modelOf = (named: Gap['model'], { models }: Library): PriceModel =>
  judged('model', priceModel, typeof named === 'string' ? models[named] : named, named)

const latencyOf = (named: Gap['latency'], { latencies }: Library): Latency =>
  judged('latency', latencyLaw, typeof named === 'string' ? latencies[named] : named, named)

function judged<T>(what: string, schema: z.ZodType<T>, found: unknown, named: Gap['model']): T {
  const parsed = schema.safeParse(found)
  if (parsed.success) return parsed.data
  const name = typeof named === 'string' ? ` ${named}` : ''
  throw new Refusal('out-of-range', `${what}${name}: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`)
}

const dofOf = ({ copula, nu }: { readonly copula: string; readonly nu?: number | null | undefined }): number | null =>
  copula === 'gaussian' ? null : within('nu', nu ?? Number.NaN, { above: 1 })

function positive<T extends { readonly K: number; readonly h: number }>(terms: T): T {
  within('K', terms.K, { above: 0 })
  within('h', terms.h, { above: 0 })
  return terms
}
