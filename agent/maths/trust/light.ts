// Green, yellow or red: how surprising the hits are if the model holds.
import type { Coverage } from './coverage.ts'

/** `unjudged`: too few independent observations to tell. */
export type Light = 'green' | 'yellow' | 'red' | 'unjudged'

/** Chances below which the light changes (the zones of the Basel Committee, 1996). */
export const YELLOW_BELOW = 0.05
export const RED_BELOW = 0.0001

/** Hits that a level must promise before a quiet sample says anything: with three, none at all has a chance of 5 %. */
const LEAST_EXPECTED = 3

/** The light of a chance, given how many independent hits were expected. A bad sample speaks early, a good one late. */
export function lightOf(pValue: number, expected: number): Light {
  if (pValue < RED_BELOW) return 'red'
  if (expected < LEAST_EXPECTED && pValue >= 0.01) return 'unjudged'
  return pValue < YELLOW_BELOW ? 'yellow' : 'green'
}

/** The light of hits at one level, and to which side they are off. An over-cautious model is off as well. */
export function lightOfCoverage({ pValue, size, alpha, hits, expected }: Coverage): {
  readonly light: Light
  readonly side: 'too many' | 'too few' | 'as expected'
} {
  const light = lightOf(pValue, size * (1 - alpha))
  const off = light === 'yellow' || light === 'red'
  return { light, side: !off ? 'as expected' : hits > expected ? 'too many' : 'too few' }
}

const ORDER: readonly Light[] = ['unjudged', 'green', 'yellow', 'red']

/** The worst of some lights. */
export const worst = (lights: readonly Light[]): Light =>
  ORDER[Math.max(0, ...lights.map((light) => ORDER.indexOf(light)))] ?? 'unjudged'
