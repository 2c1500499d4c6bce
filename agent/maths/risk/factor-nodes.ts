// Where a one-factor copula is looked at: values of the factor and of the mixing, and given both, each position's own
// normal.
import { atomsOf, compressed } from './latency.ts'
import type { Rule } from './quadrature.ts'
import { at, normalDensity } from './special.ts'

/** One value of factor and mixing: per position places on the scale of asinh, with their common weights. */
export type Given = {
  readonly weight: number
  readonly weights: Float64Array
  readonly places: readonly Float64Array[]
}

/** Steps and reaches of the trapezoid rules over normals: they converge geometrically. */
const FACTOR = { step: 0.34, reach: 7.2 }
const OWN = { step: 0.35, reach: 7 }

/** Nodes of the mixing. */
const MIXING = 26

/** Every value of factor and mixing that weighs something; steps are divided by the fineness. */
export function conditionalLaws(loads: readonly number[], nu: number | null, fineness: number): readonly Given[] {
  const factor = normalRule({ ...FACTOR, step: FACTOR.step / fineness })
  const own = normalRule({ ...OWN, step: OWN.step / fineness })
  const scales = mixing(nu)
  return [...scales.points].flatMap((scale, i) =>
    [...factor.points]
      .map((value, j) => ({ value, weight: at(scales.weights, i) * at(factor.weights, j) }))
      .filter(({ weight }) => weight > 1e-13)
      .map(({ value, weight }) => ({
        weight,
        weights: own.weights,
        places: loads.map((load) =>
          own.points.map((noise) => Math.asinh(scale * (load * value + Math.sqrt(1 - load * load) * noise))),
        ),
      })),
  )
}

/** Scales sqrt(nu / chi-square): nu over chi-square has a gamma law, compressed in its logarithm. */
function mixing(nu: number | null): Rule {
  if (nu === null) return { points: Float64Array.of(1), weights: Float64Array.of(1) }
  const { points, weights } = compressed(atomsOf({ type: 'gamma', k: nu / 2, theta: 2 / nu }), MIXING)
  return { points: points.map((value) => 1 / Math.sqrt(value)), weights }
}

/** An even number of places, so that they can be walked in pairs. */
function normalRule({ step, reach }: { readonly step: number; readonly reach: number }): Rule {
  const count = 2 * Math.round(reach / step)
  const points = Float64Array.from({ length: count }, (_, i) => (i - (count - 1) / 2) * step)
  return { points, weights: points.map((point) => step * normalDensity(point)) }
}
