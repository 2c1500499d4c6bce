// European options on the same kernels: the published prices that the gap's law is checked against.
import { lawOver, mirroredLaw } from './law.ts'
import { type PriceModel, processOf } from './model.ts'
import { integrate, type Rule } from './quadrature.ts'
import { resolved, within } from './refusal.ts'
import { gammaln, normalCdf } from './special.ts'

/** An option on one unit; rates and maturity are per year. */
export type Option = {
  readonly type: 'call' | 'put'
  readonly S: number
  readonly K: number
  readonly r: number
  readonly q: number
  readonly T: number
}

/** Value of an option when the log return follows a model under the pricing measure. */
export function optionValue(option: Option, model: PriceModel): number {
  const { forward, discount, reach } = checked(option)
  const process = processOf(model)
  const nodes: Rule = { points: Float64Array.of(option.T), weights: Float64Array.of(1) }
  if (option.type === 'put') {
    const law = lawOver(process, nodes)
    return resolved('value', discount * (option.K * law.below(reach) - forward * law.partial(reach)))
  }
  const law = mirroredLaw(process, nodes)
  return resolved('value', discount * (forward * law.partial(-reach) - option.K * law.below(-reach)))
}

/** Value of the strike paid in cash when the option ends in the money, under a diffusion. */
export function digitalValue(option: Option, sigma: number): number {
  const { discount, reach } = checked(option)
  const deviation = within('sigma', sigma, { above: 0 }) * Math.sqrt(option.T)
  const z = reach / deviation + deviation / 2
  return discount * option.K * normalCdf(option.type === 'call' ? -z : z)
}

/** Variance gamma: a diffusion with drift `theta` on a gamma clock of variance rate `nu`. */
export type VarianceGamma = { readonly sigma: number; readonly theta: number; readonly nu: number }

/** Value of an option under variance gamma: the published test of a random maturity. */
export function varianceGammaValue(option: Option, { sigma, theta, nu }: VarianceGamma): number {
  const { forward, discount, reach } = checked(option)
  within('sigma', sigma, { above: 0 })
  within('theta', theta)
  const shape = option.T / within('nu', nu, { above: 0 })
  const convexity = within('1 - theta nu - sigma^2 nu / 2', 1 - theta * nu - 0.5 * sigma * sigma * nu, { above: 0 })
  const omega = (Math.log(convexity) * option.T) / nu
  const sign = option.type === 'call' ? 1 : -1
  const given = (time: number): number => {
    const deviation = sigma * Math.sqrt(time)
    const d2 = (omega + theta * time - reach) / deviation
    const grown = forward * Math.exp(omega + theta * time + 0.5 * sigma * sigma * time)
    return sign * (grown * normalCdf(sign * (d2 + deviation)) - option.K * normalCdf(sign * d2))
  }
  const weighed = (log: number): number =>
    Math.exp(shape * (log - Math.log(nu)) - Math.exp(log) / nu - gammaln(shape)) * given(Math.exp(log))
  const [from, to] = [
    Math.log(nu) - 40 / Math.min(1, shape),
    Math.log(nu) + Math.log(shape + 60 + 10 * Math.sqrt(shape)),
  ]
  const panels = Math.ceil((to - from) / 8)
  const width = (to - from) / panels
  const sum = Array.from({ length: panels }, (_, i) => integrate(weighed, from + i * width, from + (i + 1) * width))
  return resolved('value', discount * sum.reduce((a, b) => a + b, 0))
}

/** Forward, discount and the log return at which the option ends at its strike. */
function checked({ S, K, r, q, T }: Option): Record<'forward' | 'discount' | 'reach', number> {
  within('T', T, { above: 0 })
  const forward = within('S', S, { above: 0 }) * Math.exp((within('r', r) - within('q', q)) * T)
  return { forward, discount: Math.exp(-r * T), reach: Math.log(within('K', K, { above: 0 }) / forward) }
}
