// Numbers as a risk person reads them.
import type { Light } from '../../maths/trust/light.ts'

export const fixed = (value: number, digits: number): string =>
  Number.isFinite(value) ? value.toFixed(digits).replace(/^-(0(\.0+)?)$/, '$1') : '-'

/** `97.5 %`: no digit that says nothing. */
export const percent = (share: number): string => `${Number((100 * share).toPrecision(4))} %`

/** A chance: tiny ones are tiny, not zero. */
export const chanceText = (p: number): string => (p < 0.0001 ? '<0.0001' : p.toFixed(4))

/** A factor over many decades. */
export const ratio = (value: number): string =>
  value >= 1e4 || value < 1e-3 ? value.toExponential(1) : value.toFixed(2)

/** A light with its mark, so that colour is not needed. */
export const lightText = (light: Light): string =>
  ({ green: '● green', yellow: '▲ yellow', red: '■ red', unjudged: '○ not judged: too few independent events' })[light]
