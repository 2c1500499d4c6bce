// A number that cannot be trusted is no number: why the risk model would not give one.

/** Stable reasons. `unresolved` means the numerics did not converge; the others name what was wrong with the input. */
export type Reason =
  | 'not-a-number'
  | 'out-of-range'
  | 'no-mass'
  | 'no-expectation'
  | 'not-positive-semidefinite'
  | 'unresolved'
  | 'unknown-kind'
  | 'unknown-field'

/** Thrown instead of an answer. The message says what was expected and what was found. */
export class Refusal extends Error {
  readonly reason: Reason
  constructor(reason: Reason, message: string) {
    super(message)
    this.name = 'Refusal'
    this.reason = reason
  }
}

/** What a number must be. */
type Bounds = { readonly above?: number; readonly least?: number; readonly below?: number; readonly most?: number }

/** The number itself, or a refusal that names it. */
export function within(name: string, value: number, bounds: Bounds = {}): number {
  if (!Number.isFinite(value)) throw new Refusal('not-a-number', `${name}: expected a finite number, found ${value}`)
  const { above = -Infinity, least = -Infinity, below = Infinity, most = Infinity } = bounds
  if (value > above && value >= least && value < below && value <= most) return value
  throw new Refusal('out-of-range', `${name}: expected ${inWords(bounds)}, found ${value}`)
}

const inWords = ({ above, least, below, most }: Bounds): string =>
  [
    above === undefined ? '' : `more than ${above}`,
    least === undefined ? '' : `at least ${least}`,
    below === undefined ? '' : `less than ${below}`,
    most === undefined ? '' : `at most ${most}`,
  ]
    .filter((part) => part !== '')
    .join(' and ')

/** The number, if the numerics ended in one. */
export function resolved(name: string, value: number): number {
  if (Number.isFinite(value)) return value
  throw new Refusal('unresolved', `${name}: the numerics ended in ${value}`)
}
