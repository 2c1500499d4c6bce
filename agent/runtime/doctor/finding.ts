// What an examination found, and what to do about it.
import { LienmeshError } from '../../domain/errors.ts'

/** One line of the doctor's report. `fix` stands on every line that is not ok. */
export type Finding = {
  readonly area: string
  readonly check: string
  readonly status: 'ok' | 'warn' | 'fail'
  readonly found: string
  readonly fix: string | undefined
  /** False when the check could not be made: nobody knows. */
  readonly answered: boolean
}

/** What one check says of itself. */
export type Verdict =
  | { readonly status: 'ok'; readonly found: string }
  | { readonly status: 'warn' | 'fail'; readonly found: string; readonly fix: string }

export const ok = (found: string): Verdict => ({ status: 'ok', found })
export const warn = (found: string, fix: string): Verdict => ({ status: 'warn', found, fix })
export const fail = (found: string, fix: string): Verdict => ({ status: 'fail', found, fix })

/** Makes one check. A check that cannot be made has failed, for the reason it gives. */
export async function check(area: string, name: string, judge: () => Promise<Verdict>): Promise<Finding> {
  const made = (verdict: Verdict) => ({ verdict, answered: true })
  const { verdict, answered } = await judge().then(made, (error) => ({ verdict: failure(error), answered: false }))
  return { area, check: name, status: verdict.status, found: verdict.found, fix: fixOf(verdict), answered }
}

const fixOf = (verdict: Verdict): string | undefined => (verdict.status === 'ok' ? undefined : verdict.fix)

function failure(error: unknown): Verdict {
  if (error instanceof LienmeshError) return fail(error.message, error.fix)
  return fail(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error), 'Mend it and ask again.')
}

/** The worst of the findings. */
export function worst(findings: readonly Finding[]): Finding['status'] {
  if (findings.some(({ status }) => status === 'fail')) return 'fail'
  return findings.some(({ status }) => status === 'warn') ? 'warn' : 'ok'
}
