// What a check of a suite found, for people and for programs.
import type { Row } from '../suite/check.ts'
import type { Context } from './command.ts'

const MARK = { ok: '✔', warn: '!', fail: '✖' } as const

/** Prints what is not as it must be, and a closing line; with --json every row. */
export function printRows(context: Pick<Context, 'json' | 'print'>, rows: readonly Row[]): void {
  for (const row of rows) {
    if (context.json) context.print(JSON.stringify({ type: 'row', ...row }))
    else if (row.state !== 'ok') {
      context.print(`${MARK[row.state]} ${row.chain} ${row.what}: ${row.found}`)
      context.print(`    fix: ${row.fix}`)
    }
  }
  const [ok, warn, fail] = (['ok', 'warn', 'fail'] as const).map((state) => rows.filter((one) => one.state === state))
  const counts = { ok: ok?.length ?? 0, warn: warn?.length ?? 0, fail: fail?.length ?? 0 }
  context.print(
    context.json
      ? JSON.stringify({ type: 'checked', ...counts })
      : `${counts.fail > 0 ? MARK.fail : MARK.ok} ${rows.length} checks: ${counts.ok} ok, ${counts.warn} to do, ${counts.fail} wrong`,
  )
}

/** How many rows are wrong. */
export const failures = (rows: readonly Row[]): number => rows.filter(({ state }) => state === 'fail').length
