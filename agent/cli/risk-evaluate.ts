// lienmesh risk evaluate: answers a file of risk questions, so that others can check our numbers against theirs.
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { riskVectors } from '../../config/risk-vectors.ts'
import { EXIT, usageError } from '../domain/errors.ts'
import { Refusal } from '../maths/risk/refusal.ts'
import { command } from './command.ts'
import { type Answer, answers, type Library } from './risk-answers.ts'

/** Reads a file of questions and prints one object: the fields each asked for, by id, or why there are none. */
export const riskEvaluate = command({
  options: z.strictObject({
    input: z.string().min(1).describe('File with models, latencies and vectors (id, kind, params).'),
  }),
  examples: ['lienmesh risk evaluate --input vectors.json --json'],
  run: async ({ input }, { json, print }) => {
    const found = evaluate(questionsIn(input))
    const refused = Object.values(found).filter((answer) => 'error' in answer).length
    if (refused > 0)
      process.stderr.write(`! ${refused} of ${Object.keys(found).length} questions refused; see their errors\n`)
    if (json) print(JSON.stringify(found))
    else for (const [id, answer] of Object.entries(found)) print(`${id}  ${JSON.stringify(answer)}`)
    return EXIT.ok
  },
})

type Vectors = z.output<typeof riskVectors>
type Vector = Vectors['vectors'][number]

/** Every answer, by id. */
export function evaluate({ models, latencies, vectors }: Vectors): Readonly<Record<string, Answer>> {
  const library: Library = { models, latencies, laws: new Map() }
  return Object.fromEntries(vectors.map((vector) => [vector.id, answerTo(vector, library)]))
}

function questionsIn(file: string): Vectors {
  const fix = 'Give a JSON file with vectors: [{ id, kind, params }], and models and latencies by name.'
  let text: unknown
  try {
    text = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw usageError('E_RISK_INPUT', `cannot read ${file}: ${cause instanceof Error ? cause.message : cause}`, fix)
  }
  const parsed = riskVectors.safeParse(text)
  if (!parsed.success) throw usageError('E_RISK_INPUT', `${file}: ${shapeErrors(parsed.error)}`, fix)
  refuseTwice(file, parsed.data)
  return parsed.data
}

/** The first few complaints: a file of the wrong shape has one for every line. */
const shapeErrors = ({ issues }: z.ZodError): string =>
  issues
    .slice(0, 3)
    .map(({ path, message }) => `${path.map(String).join('.') || 'the file'}: ${message}`)
    .join('; ')

/** Answers are told apart by id. */
function refuseTwice(file: string, { vectors }: Vectors): void {
  const seen = new Set<string>()
  for (const { id } of vectors) {
    if (seen.has(id))
      throw usageError(
        'E_RISK_INPUT',
        `${file}: two questions have the id ${id}`,
        'Give every question an id of its own.',
      )
    seen.add(id)
  }
}

const wants = z.object({ want: z.array(z.string()).optional() })

/** The fields asked for, or an error with a reason that stays the same. */
function answerTo({ kind, params }: Vector, library: Library): Answer {
  try {
    const { want } = wants.parse(params)
    return chosen(fieldsOf(kind, params, library), want)
  } catch (error) {
    if (error instanceof Refusal) return failed(error.reason, error.message)
    if (error instanceof z.ZodError) return failed('bad-params', z.prettifyError(error).replaceAll('\n', ' '))
    if (error instanceof RangeError) return failed('bad-params', `nested too deeply or too large: ${error.message}`)
    throw error
  }
}

function fieldsOf(kind: unknown, params: unknown, library: Library): Answer {
  const reply = typeof kind === 'string' ? answers.get(kind) : undefined
  if (reply !== undefined) return reply(params, library)
  throw new Refusal('unknown-kind', `kind: found ${String(kind)}; known are ${[...answers.keys()].join(', ')}`)
}

/** Only what was asked for, and only numbers. */
function chosen(fields: Answer, want: readonly string[] | undefined): Answer {
  const names = want ?? Object.keys(fields)
  return Object.fromEntries(names.map((name) => [name, sound(name, fields[name])]))
}

function sound(name: string, value: unknown): unknown {
  if (value === undefined) throw new Refusal('unknown-field', `want: found ${name}, which this kind does not answer`)
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new Refusal('unresolved', `${name}: the numerics ended in ${value}`)
  if (Array.isArray(value)) for (const one of value) sound(name, one)
  else if (typeof value === 'object' && value !== null) for (const one of Object.values(value)) sound(name, one)
  return value
}

const failed = (reason: string, message: string): Answer => ({
  error: { code: 'E_RISK_UNTRUSTED', reason, message },
})
