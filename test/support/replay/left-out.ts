// Priors by the week they were fitted without, kept in left-out.json so that a replay need not fit nine times.
import { readFileSync, writeFileSync } from 'node:fs'
import type { Shapes } from '../../../agent/maths/learning/price-terms.ts'

const FILE = new URL('./left-out.json', import.meta.url)

/** The prior fitted on all weeks but one; on all of them under `none`. */
export function shapesWithout(week: string): Shapes {
  const all: Readonly<Record<string, Shapes>> = JSON.parse(readFileSync(FILE, 'utf8'))
  const found = all[week]
  if (found === undefined) throw new RangeError(`no prior was fitted without ${week}: run the bench with --refit`)
  return found
}

/** Keeps priors, four digits each, lists of numbers on one line. */
export function keepShapes(all: Readonly<Record<string, Shapes>>): void {
  const short = (_: string, value: unknown): unknown =>
    typeof value === 'number' ? Number(value.toPrecision(4)) : value
  const text = JSON.stringify(all, short, 2).replace(/\[[^[\]{}]+\]/g, (list) =>
    list.replace(/\s+/g, ' ').replace('[ ', '[').replace(' ]', ']'),
  )
  writeFileSync(FILE, `${text}\n`)
}
