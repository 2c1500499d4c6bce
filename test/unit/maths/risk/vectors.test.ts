// Our numbers against numbers that are not ours. Each kind of question is one test; it names every field that misses.
import { describe, expect, test } from 'vitest'
import { evaluate } from '../../../../agent/cli/risk-evaluate.ts'
import { differences, expectationsIn } from '../../../../agent/cli/vector-check.ts'

const { questions, expectations } = expectationsIn(new URL('../../../vectors/gap-vectors.json', import.meta.url))

/**
 * One expected value is itself an estimate: the 1 % critical value of a Student with 3 degrees of freedom at N = 500
 * comes from 60,000 draws, whose standard error there is 0.0154 (over 66 such batches); 4,000,000 draws give -1.4993,
 * our grid -1.5006, the file -1.5229. It is held to two of its own standard errors instead of the stated 0.01.
 */
const SAMPLING: Readonly<Record<string, number>> = { 'bt-as-z2-t3-0.99-500': 0.031 }

describe('every reference vector is met within its tolerance', () => {
  const kinds = [...new Set(expectations.map(({ kind }) => kind))]
  test.each(kinds)('%s', { timeout: 60_000 }, (kind) => {
    const asked = questions.vectors.filter((one) => one.kind === kind)
    const answers = evaluate({ ...questions, vectors: asked })
    const found = expectations
      .filter((one) => one.kind === kind)
      .flatMap((one) => differences(one, answers[one.id], SAMPLING[one.id]))
    expect(asked.length).toBeGreaterThan(0)
    expect(found.length).toBeGreaterThan(0)
    expect(found.filter(({ share }) => !(share <= 1))).toEqual([])
  })
})
