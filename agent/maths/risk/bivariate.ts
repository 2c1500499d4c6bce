// Two dependent normals or Students, by Plackett's identity: the derivative in the correlation is the density.
import { integrate } from './quadrature.ts'
import { within } from './refusal.ts'
import { normalCdf, studentCdf } from './special.ts'

/** A pair of thresholds and the correlation between what they bound. */
export type Pair = { readonly x: number; readonly y: number; readonly rho: number }

/** P(X <= x, Y <= y) for normals. */
export const bivariateNormal = (pair: Pair): number => fromEnd(pair, normalCdf, (square) => Math.exp(-0.5 * square))

/** P(X <= x, Y <= y) for Students with a common chi-square. */
export function bivariateStudent(pair: Pair, nu: number): number {
  within('nu', nu, { above: 0 })
  return fromEnd(
    pair,
    (x) => studentCdf(x, nu),
    (square) => (1 + square / nu) ** (-nu / 2),
  )
}

/** Starts where one variable decides the other (correlation one or minus one) and integrates to the given angle. */
function fromEnd({ x, y, rho }: Pair, margin: (x: number) => number, density: (square: number) => number): number {
  within('x', x)
  within('y', y)
  const angle = Math.asin(within('rho', rho, { least: -1, most: 1 }))
  // Measured from the end: with a = pi/2 - |angle|, sin is cos a and cos is sin a, without cancellation.
  const side = rho >= 0 ? 1 : -1
  const reach = Math.PI / 2 - Math.abs(angle)
  const inside = integrate(
    (a) => density(((x - side * y) ** 2 + 4 * side * x * y * Math.sin(a / 2) ** 2) / Math.sin(a) ** 2),
    0,
    reach,
  )
  const end = side > 0 ? Math.min(margin(x), margin(y)) : Math.max(0, margin(x) - margin(-y))
  return Math.min(1, Math.max(0, end - (side * inside) / (2 * Math.PI)))
}
