// Price models of one family: diffusion plus compound Poisson jumps. Parameters are per year.
import { Refusal, within } from './refusal.ts'

/** A model as an operator writes it. Kou: jumps are +Exp(eta1) with probability p, else -Exp(eta2). */
export type PriceModel =
  | { readonly type: 'lognormal'; readonly sigma: number }
  | {
      readonly type: 'merton'
      readonly sigma: number
      readonly lambda: number
      readonly muJ: number
      readonly sigmaJ: number
    }
  | {
      readonly type: 'kou'
      readonly sigma: number
      readonly lambda: number
      readonly p: number
      readonly eta1: number
      readonly eta2: number
    }

/** What jumps do: nothing, double exponential or normal. */
export type Jumps =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'exponential'
      readonly lambda: number
      readonly p: number
      readonly up: number
      readonly down: number
    }
  | { readonly kind: 'normal'; readonly lambda: number; readonly mean: number; readonly deviation: number }

/** A Levy process: X_t = drift t + sigma W_t + jumps; `growth` is ln E[exp X_1]. */
export type Process = { readonly sigma: number; readonly drift: number; readonly growth: number; readonly jumps: Jumps }

/** The process of log returns with E[exp X_t] = exp(growth t): a martingale unless a growth is stated. */
export function processOf(model: PriceModel, growth = 0): Process {
  const { sigma } = model
  within('sigma', sigma, { above: 0, most: 100 })
  within('growth', growth, { least: -1e4, most: 1e4 })
  const jumps = jumpsOf(model)
  return { sigma, growth, jumps, drift: growth - 0.5 * sigma * sigma - compensator(jumps) }
}

function jumpsOf(model: PriceModel): Jumps {
  if (model.type === 'lognormal' || model.lambda === 0) return { kind: 'none' }
  const lambda = within('lambda', model.lambda, { above: 0, most: 1e7 })
  if (model.type === 'merton') {
    const mean = within('muJ', model.muJ, { least: -20, most: 20 })
    return { kind: 'normal', lambda, mean, deviation: within('sigmaJ', model.sigmaJ, { least: 0, most: 10 }) }
  }
  const p = within('p', model.p, { least: 0, most: 1 })
  if (within('eta1', model.eta1) <= 1)
    throw new Refusal('no-expectation', `eta1: expected more than 1 (else E[exp X] is infinite), found ${model.eta1}`)
  return { kind: 'exponential', lambda, p, up: model.eta1, down: within('eta2', model.eta2, { above: 0 }) }
}

/** lambda E[exp J - 1]. */
function compensator(jumps: Jumps): number {
  if (jumps.kind === 'none') return 0
  return jumps.lambda * meanJump(jumps)
}

/** E[exp J] - 1. */
function meanJump(jumps: Exclude<Jumps, { kind: 'none' }>): number {
  if (jumps.kind === 'normal') return Math.expm1(jumps.mean + 0.5 * jumps.deviation ** 2)
  return jumps.p / (jumps.up - 1) - (1 - jumps.p) / (jumps.down + 1)
}

/** The same process seen with weights exp X: the Esscher tilt by one, which stays in the family. */
export function tilted(process: Process): Process {
  return { ...process, drift: process.drift + process.sigma ** 2, jumps: tiltedJumps(process.jumps) }
}

function tiltedJumps(jumps: Jumps): Jumps {
  if (jumps.kind === 'none') return jumps
  const gain = 1 + meanJump(jumps)
  if (jumps.kind === 'normal') return { ...jumps, lambda: jumps.lambda * gain, mean: jumps.mean + jumps.deviation ** 2 }
  const p = (jumps.p * jumps.up) / ((jumps.up - 1) * gain)
  return { kind: 'exponential', lambda: jumps.lambda * gain, p, up: jumps.up - 1, down: jumps.down + 1 }
}

/** The law of -X: right tails become left tails, which are sums of positive terms. */
export function mirrored(process: Process): Process {
  return { ...process, drift: -process.drift, jumps: mirroredJumps(process.jumps) }
}

function mirroredJumps(jumps: Jumps): Jumps {
  if (jumps.kind === 'none') return jumps
  if (jumps.kind === 'normal') return { ...jumps, mean: -jumps.mean }
  return { ...jumps, p: 1 - jumps.p, up: jumps.down, down: jumps.up }
}

/** Variance of X over one year. */
export function varianceRate({ sigma, jumps }: Process): number {
  if (jumps.kind === 'none') return sigma ** 2
  if (jumps.kind === 'normal') return sigma ** 2 + jumps.lambda * (jumps.mean ** 2 + jumps.deviation ** 2)
  return sigma ** 2 + 2 * jumps.lambda * (jumps.p / jumps.up ** 2 + (1 - jumps.p) / jumps.down ** 2)
}

/** Jumps expected in one year. */
export const intensity = ({ jumps }: Process): number => (jumps.kind === 'none' ? 0 : jumps.lambda)
