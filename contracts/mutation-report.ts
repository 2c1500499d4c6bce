// What the mutants said, for people: contracts/mutation.json. Mutants that mean the same as the original are listed there
// by hand, each with its reason, and count neither way.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Mutant } from './mutants.ts'
import { root } from './sources.ts'

const Verdict = z.enum(['killed', 'unseen', 'survived', 'invalid'])
/** `unseen`: its own tests pass, the others were not asked. `invalid`: it does not compile. */
export type Verdict = z.infer<typeof Verdict>
/** Verdicts by key. */
export const Verdicts = z.record(z.string(), Verdict)

const path = join(root, 'contracts/mutation.json')
const Kept = z.object({ equivalent: z.record(z.string(), z.string()).default({}) })
const equivalent = existsSync(path) ? Kept.parse(JSON.parse(readFileSync(path, 'utf8'))).equivalent : {}

/** Whether a mutant is worth a trial: it is not known to mean the same. */
export function reasonable({ id }: Mutant): boolean {
  return equivalent[id] === undefined
}

interface Judged {
  readonly mutant: Mutant
  readonly key: string
}

/** Writes the report and says the share. */
export function report(all: readonly Judged[], verdicts: Readonly<Record<string, Verdict>>): void {
  const judged = all.filter(({ key }) => (verdicts[key] ?? 'invalid') !== 'invalid')
  const is = (verdict: Verdict, list: readonly Judged[]): number =>
    list.filter(({ key }) => verdicts[key] === verdict).length
  const files = Object.fromEntries(
    [...Map.groupBy(judged, ({ mutant }) => mutant.source)].map(([source, list]) => [
      source.replace('contracts/src/', ''),
      `${is('killed', list)} of ${list.length}`,
    ]),
  )
  const survivors = judged
    .filter(({ key }) => verdicts[key] !== 'killed')
    .map(({ mutant, key }) => `${mutant.id} ${verdicts[key]} ${nameOf(mutant)}`)
  const killed = is('killed', judged)
  const survived = judged.length - killed
  writeFileSync(path, `${JSON.stringify({ killed, survived, files, survivors, equivalent }, undefined, 2)}\n`)
  const share = (100 * killed) / Math.max(1, killed + survived)
  console.log(`mutants: ${killed} of ${killed + survived} killed, ${share.toFixed(1)} %; contracts/mutation.json`)
}

function nameOf({ source, line, operator, before, after }: Mutant): string {
  const short = (text: string): string => text.replace(/\s+/g, ' ').slice(0, 70)
  return `${source.replace('contracts/src/', '')}:${line} ${operator}: ${short(before)} => ${short(after)}`
}
