// Our answers beside numbers that are not ours: which reference values are met within their stated tolerance.
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { riskVectors } from '../../config/risk-vectors.ts'
import { evaluate } from './risk-evaluate.ts'

const expectation = z.object({
  id: z.string(),
  kind: z.string(),
  params: z.object({
    want: z.array(z.string()),
    positions: z.array(z.object({ D: z.number() })).default([]),
  }),
  expected: z.record(z.string(), z.unknown()),
  tolerance: z.record(z.string(), z.number()),
})

/** A reference value with what is allowed. */
export type Expectation = z.output<typeof expectation>

/** How one number fared: its difference as a share of what is allowed. */
export type Difference = {
  readonly path: string
  readonly expected: number
  readonly found: number | undefined
  readonly share: number
}

/** A file of questions with the answers that others found. */
export function expectationsIn(file: string | URL) {
  const content: unknown = JSON.parse(readFileSync(file, 'utf8'))
  return {
    questions: riskVectors.parse(content),
    expectations: z.object({ vectors: z.array(expectation) }).parse(content).vectors,
  }
}

/** Every wanted number of one question, with `extra` allowed on top of its tolerance. */
export function differences(one: Expectation, answer: unknown, extra = 0): readonly Difference[] {
  const { params, expected, tolerance } = one
  const notional = params.positions.reduce((sum, { D }) => sum + D, 0)
  const allowed = (value: number): number =>
    Math.max(
      extra,
      tolerance['abs'] ?? 0,
      tolerance['value_abs'] ?? 0,
      (tolerance['abs_frac_of_notional'] ?? 0) * notional,
      Math.max(tolerance['rel'] ?? 0, tolerance['value_rel'] ?? 0) * Math.abs(value),
    )
  const found = numbersOf(answer)
  const wanted = numbersOf(Object.fromEntries(params.want.map((name) => [name, expected[name]])))
  return [...wanted].map(([path, value]) => {
    const given = found.get(path)
    const miss = given === undefined ? Number.POSITIVE_INFINITY : Math.abs(given - value)
    return { path: `${one.id}${path}`, expected: value, found: given, share: miss === 0 ? 0 : miss / allowed(value) }
  })
}

/** All questions of a file answered and compared. */
export function checkVectors(file: string) {
  const { questions, expectations } = expectationsIn(file)
  const answers = evaluate(questions)
  const all = expectations.map((one) => ({ id: one.id, found: differences(one, answers[one.id]) }))
  const missed = all.filter(({ found }) => found.some(({ share }) => !(share <= 1))).map(({ id }) => id)
  return {
    file,
    asked: all.length,
    missed,
    worst: Math.max(0, ...all.flatMap(({ found }) => found.map(({ share }) => share))),
  }
}

/** Every number in a value, by its path. */
function numbersOf(value: unknown, path = ''): ReadonlyMap<string, number> {
  if (typeof value === 'number') return new Map([[path, value]])
  if (typeof value !== 'object' || value === null) return new Map()
  return new Map(Object.entries(value).flatMap(([name, inner]) => [...numbersOf(inner, `${path}.${name}`)]))
}
