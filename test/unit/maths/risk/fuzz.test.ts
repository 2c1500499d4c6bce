// Questions that nobody meant: every answer is finite numbers or a reason, and one bad question never spoils another.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { evaluate } from '../../../../agent/cli/risk-evaluate.ts'
import { expectationsIn } from '../../../../agent/cli/vector-check.ts'

const { questions } = expectationsIn(new URL('../../../vectors/gap-vectors.json', import.meta.url))
/** One cheap question of every kind. */
const cheap = [...new Map(questions.vectors.map((one) => [one.kind, one])).values()].filter(
  ({ kind }) => !String(kind).startsWith('portfolio_copula'),
)

const odd = fc.oneof(
  fc.constantFrom<unknown>(null, undefined, true, '', '1', [], {}, Number.NaN, Infinity, -Infinity, 0, -0, -1, 1e-300),
  fc.constantFrom<unknown>(1e300, 1, 2, 0.5, 'kou_calm', { type: 'fixed', l: -1 }, { type: 'lognormal', sigma: 0 }),
  fc.double(),
)

/** A question with one of its parameters replaced or gone. */
const spoiled = fc.tuple(fc.constantFrom(...cheap), fc.nat(), odd).map(([{ kind, params }, place, value]) => {
  const fields = typeof params === 'object' && params !== null ? Object.entries(params) : []
  const [name] = fields[place % Math.max(1, fields.length)] ?? ['x']
  return { id: 'spoiled', kind, params: { ...Object.fromEntries(fields), [name]: value } }
})

const numbersIn = (value: unknown): readonly number[] =>
  typeof value === 'number'
    ? [value]
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(numbersIn)
      : []

test('a spoiled question is answered with finite numbers or refused with a reason', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(spoiled, (question) => {
      const good = { id: 'good', kind: 'normal_cdf', params: { x: 0 } }
      const answers = evaluate({ ...questions, vectors: [question, good] })
      const answer = answers['spoiled'] ?? {}
      expect(answers['good']).toEqual({ value: 0.5 })
      if ('error' in answer) expect(answer['error']).toMatchObject({ code: 'E_RISK_UNTRUSTED' })
      else expect(numbersIn(answer).every(Number.isFinite)).toBe(true)
    }),
    { numRuns: 400, seed: 11 },
  )
})

test('what is answered comes out the same as without its neighbours', () => {
  const [first] = cheap.filter(({ kind }) => kind === 'gap_loss')
  if (first === undefined) throw new Error('expected a gap_loss question')
  const alone = evaluate({ ...questions, vectors: [first] })[first.id]
  const bad = { id: 'bad', kind: 'gap_loss', params: {} }
  expect(evaluate({ ...questions, vectors: [bad, ...cheap.slice(0, 3), first] })[first.id]).toEqual(alone)
})
