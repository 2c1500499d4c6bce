// What a command is.
import { z } from 'zod'
import { suggest } from '../../config/nearest.ts'
import { type ExitStatus, usageError } from '../domain/errors.ts'

/** What every command gets besides its options. */
export type Context = {
  readonly signal: AbortSignal
  /** Machine-readable output was asked for. */
  readonly json: boolean
  /** The command's own words, such as `swarm up`. */
  readonly name: string
  /** Every flag as it was written, by name. */
  readonly flags: Given
  /** Every command there is. */
  readonly commands: readonly Entry[]
  /** Writes one line on standard output. */
  readonly print: (line: string) => void
}

/** A command as its author declares it: options as a schema (keys are flag names), and what it does. */
type Declared<Shape extends z.ZodRawShape> = {
  readonly options: z.ZodObject<Shape, z.core.$strict>
  /** Options that may also be given by place, in order. */
  readonly positionals?: readonly (keyof Shape & string)[]
  /** The last of them takes every word that is left. */
  readonly rest?: boolean
  readonly examples?: readonly string[]
  readonly run: (options: z.output<z.ZodObject<Shape, z.core.$strict>>, context: Context) => Promise<ExitStatus>
}

/** A command as the dispatcher sees it: what it knows, and a way to run it on unjudged options. */
export type Command = {
  readonly shape: z.ZodRawShape
  readonly positionals: readonly string[]
  readonly rest: boolean
  readonly examples: readonly string[]
  readonly invoke: (given: Given, context: Context) => Promise<ExitStatus>
}

/** One line of the command table. */
export type Entry = {
  readonly words: readonly string[]
  readonly summary: string
  /** Under this word commands of one word stand together in the program's help. */
  readonly under?: string
  readonly load: () => Promise<Command>
}

/** Flags as they were written. */
export type Given = Readonly<Record<string, string | boolean | undefined>>

/** Declares a command. Options that its schema refuses are E_USAGE. */
export const command = <Shape extends z.ZodRawShape>(declared: Declared<Shape>): Command => ({
  shape: declared.options.shape,
  positionals: declared.positionals ?? [],
  rest: declared.rest ?? false,
  examples: declared.examples ?? [],
  invoke: async (given, context) => declared.run(readFlags(declared.options, given, context.name), context),
})

/** Flags as a schema reads them, or E_USAGE with what is wrong, one line each. */
export function readFlags<S extends z.ZodType>(schema: S, given: Given, name: string): z.output<S> {
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const lines = parsed.error.issues.map((issue) => inWords(issue, given))
  throw usageError('E_USAGE', lines.join('\n  '), `See lienmesh ${name} --help.`)
}

function inWords(issue: z.core.$ZodIssue, given: Given): string {
  const flag = issue.path.join('.')
  const found = given[flag]
  if (found === undefined) return `${flag} is missing`
  if (issue.code !== 'invalid_value') return `--${flag}: ${issue.message}`
  const hint = suggest(String(found), issue.values.map(String))
  return `--${flag}: found ${String(found)}${hint && ` – ${hint}`}`
}

/** A flag that holds a whole number. */
export const wholeNumber = z
  .string()
  .regex(/^\d{1,15}$/, { error: (issue) => `expected a whole number, found ${issue.input}` })
  .transform(Number)

/** A flag that is there or not. */
export const toggle = z.boolean().default(false)

/** Flags of every command. */
export const common = {
  json: toggle.describe('One JSON object per line instead of text.'),
  'log.level': z
    .enum(['silent', 'error', 'warn', 'info', 'debug', 'trace'])
    .optional()
    .describe('debug also shows stacks.'),
} as const
