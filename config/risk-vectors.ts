// The shape of a file of risk questions: models and latency laws by name, and questions (vectors) of known kinds.
import { z } from 'zod'

/** The file. Each question is judged by itself: a bad one does not spoil the others. */
export const riskVectors = z.object({
  models: z.record(z.string(), z.unknown()).default({}),
  latencies: z.record(z.string(), z.unknown()).default({}),
  vectors: z.array(z.object({ id: z.string().min(1).max(1000), kind: z.unknown(), params: z.unknown() })),
})

const number = z.number()
const odds = z.number().min(0).max(1)
const level = z.number().gt(0).lt(1)

/** A price model. */
export const priceModel = z.discriminatedUnion('type', [
  z.object({ type: z.literal('lognormal'), sigma: number }),
  z.object({ type: z.literal('merton'), sigma: number, lambda: number, muJ: number, sigmaJ: number }),
  z.object({ type: z.literal('kou'), sigma: number, lambda: number, p: number, eta1: number, eta2: number }),
])

type Law =
  | { type: 'fixed'; l: number }
  | { type: 'gamma'; k: number; theta: number; shift?: number | undefined }
  | { type: 'lognormal'; median: number; s: number; shift?: number | undefined }
  | { type: 'uniform'; lo: number; hi: number }
  | { type: 'mixture'; parts: [number, Law][] }
  | { type: 'empirical'; times: number[]; weights?: number[] | undefined }
  | { type: 'residual'; of: Law; elapsed: number }

/** Most times of an empirical law. */
const MOST_TIMES = 100_000

/** A latency law, in seconds. */
export const latencyLaw: z.ZodType<Law> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('fixed'), l: number }),
  z.object({ type: z.literal('gamma'), k: number, theta: number, shift: number.optional() }),
  z.object({ type: z.literal('lognormal'), median: number, s: number, shift: number.optional() }),
  z.object({ type: z.literal('uniform'), lo: number, hi: number }),
  z.object({
    type: z.literal('mixture'),
    get parts() {
      return z
        .array(z.tuple([number, latencyLaw]))
        .min(1)
        .max(1000)
    },
  }),
  z.object({
    type: z.literal('empirical'),
    times: z.array(number).min(1).max(MOST_TIMES),
    weights: z.array(number).optional(),
  }),
  z.object({
    type: z.literal('residual'),
    get of() {
      return latencyLaw
    },
    elapsed: number,
  }),
])

/** An activity law: business time per second, by its mean or its median. */
const activity = z.object({
  type: z.literal('lognormal'),
  mean: number.optional(),
  median: number.optional(),
  s: number,
})

/** A model or a latency law by name or written out. */
const named = z.union([z.string(), z.looseObject({ type: z.string() })])

const gap = { model: named, latency: named, activity: activity.optional(), mu_per_year: number.optional() }
const terms = { K: number, h: number }
const option = {
  type: z.enum(['call', 'put']).default('call'),
  S: number,
  K: number,
  r: number,
  q: number.default(0),
  T: number,
}
const transitions = { n00: number, n01: number, n10: number, n11: number }
const holding = z.object({ D: number, ...terms, ...gap })
const copula = { copula: z.enum(['gaussian', 't']), nu: number.nullish(), alphas: z.array(level).min(1) }
const merton = { lambda_: number, jump_log_mean: number, jump_log_sd: number }

/** What each kind of question needs. */
export const riskQuestions = {
  european_call_merton: z.object({ ...option, sigma_diffusion: number, ...merton }),
  european_option_merton: z.object({ ...option, sigma: number, ...merton }),
  european_option_kou: z.object({
    ...option,
    sigma: number,
    lambda_: number,
    p: number,
    eta1: number,
    eta2: number,
  }),
  european_option_bs: z.object({ ...option, sigma: number }),
  european_option_bs_digital: z.object({ ...option, sigma: number }),
  european_option_vg: z.object({ ...option, sigma: number, theta: number, nu: number }),
  bivariate_cdf: z.object({ rho: number, x: number, y: number, nu: number.nullish() }),
  normal_cdf: z.object({ x: number }),
  normal_quantile: z.object({ p: level }),
  erfcx: z.object({ x: number }),
  student_quantile_es: z.object({ nu: number, p: level }),
  var_es_normal_t4: z.object({ V: number, annual_vol: number, days: number, nu: number, alpha: level }),
  gap_loss: z.object({ ...gap, ...terms }),
  gap_var_es: z.object({ ...gap, ...terms, alpha: level }),
  gap_quantile: z.object({ ...gap, tail: level }),
  gap_residual_latency: z.object({ ...gap, ...terms, elapsed_s: number }),
  gap_var_es_with_failure: z.object({ ...gap, ...terms, p_fail: odds, loss_if_fail: number, alpha: level }),
  min_bonus: z.object({
    ...gap,
    alpha: level,
    rho: number,
    slippage: number.default(0),
    cost_frac: number.default(0),
    lost_race_cost_frac: number.default(0),
    pWin: number.default(1),
    m1: number.optional(),
  }),
  jump_gap_probability: z.object({ model: named, latency: named, buffer_log: number }),
  cppi_loss_probability: z.object({ multiplier: number, T: number, lambda_: number, p: number, eta2: number }),
  portfolio_copula: z.object({ ...copula, rho: number, positions: z.array(holding).min(1).max(50) }),
  portfolio_copula_onefactor: z.object({
    ...copula,
    positions: z
      .array(holding.extend({ a: number }))
      .min(1)
      .max(50),
  }),
  portfolio_elliptical_linear: z.object({
    weights: z.array(number).min(1).max(500),
    scale: z.array(number).min(1).max(500),
    corr: z.array(z.array(number)).max(500),
    nu: number.nullish(),
    alpha: level,
  }),
  kupiec_pof: z.object({ n: number, x: number, p: number }),
  christoffersen_independence: z.object(transitions),
  conditional_coverage: z.object({ n: number, x: number, p: number, ...transitions }),
  acerbi_szekely_z2_critical: z.object({
    dist: z.enum(['normal', 't']),
    nu: number.nullish(),
    alpha: level,
    N: number,
    test_level: level.optional(),
  }),
  lee_mykland_beta: z.object({ alpha: level }),
} as const
