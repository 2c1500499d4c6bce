// What cannot be trusted is no number: a refusal as an error of the command line, with what to change.
import { type LienmeshError, usageError } from '../domain/errors.ts'
import { type Reason, Refusal } from '../maths/risk/refusal.ts'

/** What to change, by reason. */
const FIXES: Readonly<Record<Reason, string>> = {
  'not-a-number': 'Give finite numbers.',
  'out-of-range': 'Give a value in the stated range.',
  'no-mass': 'Give a law, or a history, that something happens in.',
  'no-expectation': 'Mean jumps up must be smaller than one: give --eta1 above 1.',
  'not-positive-semidefinite': 'Give correlations that variables can have together.',
  unresolved: 'The numerics did not converge: give less extreme parameters.',
  'unknown-kind': 'Ask a kind of question that is known.',
  'unknown-field': 'Want fields that this kind answers.',
}

/** Runs what may refuse; a refusal becomes E_RISK_UNTRUSTED. */
export function orRefused<T>(what: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    throw error instanceof Refusal ? refused(what, error) : error
  }
}

const refused = (what: string, { reason, message }: Refusal): LienmeshError =>
  usageError('E_RISK_UNTRUSTED', `no ${what} (${reason}): ${message}`, FIXES[reason])
