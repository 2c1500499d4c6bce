// A file read against a schema: every complaint says file, line and column, and what to change.
import { readFileSync } from 'node:fs'
import { type Document, isCollection, isMap, isPair, isScalar, LineCounter, type ParsedNode, parseDocument } from 'yaml'
import { z } from 'zod'
import { configError, type LienmeshError } from '../agent/domain/errors.ts'
import { suggest } from './nearest.ts'

type Path = readonly PropertyKey[]

/** A parsed YAML or JSON file that remembers where everything stood. */
export type Source = {
  readonly file: string
  readonly value: unknown
  /** `file:line:column` of a value, or of the nearest thing above it that exists. */
  readonly locate: (path: Path, key?: string) => string
}

/** Reads a JSON file against a schema. */
export const readJson = <S extends z.ZodType>(file: string, schema: S): z.output<S> => check(readSource(file), schema)

/** Reads a YAML (or JSON) file without judging its content. */
export function readSource(file: string): Source {
  return parseSource(file, readText(file))
}

/** Parses YAML text. Duplicate keys and bad syntax are errors. */
export function parseSource(file: string, text: string): Source {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true })
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset)
    return `${file}:${line}:${col}`
  }
  const [broken] = document.errors
  if (broken !== undefined)
    throw configError('E_CONFIG', `${at(broken.pos[0])} ${broken.message}`, 'Correct the YAML; nothing was started.')
  return { file, value: document.toJS() ?? {}, locate: (path, key) => at(offsetOf(document, path, key)) }
}

/** The value as the schema reads it, or E_CONFIG with every issue located. */
export function check<S extends z.ZodType>(source: Source, schema: S, value: unknown = source.value): z.output<S> {
  const parsed = schema.safeParse(value, { reportInput: true })
  if (parsed.success) return parsed.data
  throw complaint(
    parsed.error.issues.flatMap((issue) => describe(issue, schema, (path, key) => source.locate(path, key))),
  )
}

/** One error for all the issues of a config, first things first. */
export function complaint(lines: readonly string[]): LienmeshError {
  const fix = 'Change it and check with: lienmesh config check. Nothing was started.'
  return configError('E_CONFIG', lines.join('\n  '), fix)
}

/** An issue in words, where it stands first. An unknown key names the nearest known one. */
export function describe(
  issue: z.core.$ZodIssue,
  schema: z.ZodType,
  where: (path: Path, key?: string) => string,
): string[] {
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, issue.path)
    return issue.keys.map((key) => {
      const hint = suggest(key, known)
      return `${where(issue.path, key)} unknown key ${[...issue.path, key].join('.')}${hint && ` – ${hint}`}`
    })
  }
  return [`${where(issue.path)} ${issue.path.join('.') || 'file'}${inWords(issue)}`]
}

function inWords(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type' && issue.input === undefined) return ' is missing'
  if (issue.code !== 'invalid_value') return `: ${issue.message}`.replace(/^: is /, ' is ')
  const hint = suggest(String(issue.input), issue.values.map(String))
  return ` is ${issue.values.join(' or ')}, found ${String(issue.input)}${hint.startsWith('did') ? ` – ${hint}` : ''}`
}

/** The keys a schema knows at a path. */
export function keysAt(schema: z.ZodType, path: Path): readonly string[] {
  const found = path.reduce<unknown>((at, step) => child(bare(at), step), schema)
  const object = bare(found)
  return object instanceof z.ZodObject ? Object.keys(object.shape) : []
}

/** A schema without its optional, default, prefault and transform wrappers. */
export function bare(schema: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return bare(schema.unwrap())
  if (schema instanceof z.ZodPipe) return bare(schema.in)
  return schema
}

function child(schema: unknown, step: PropertyKey): unknown {
  if (schema instanceof z.ZodObject) return schema.shape[String(step)]
  if (schema instanceof z.ZodArray) return schema.element
  return undefined
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw configError(
      'E_NO_CONFIG',
      `cannot read ${file}: ${reason(cause)}`,
      'Name an existing file with --config, make one with lienmesh init, or try: npm start (needs none).',
      cause,
    )
  }
}

const reason = (cause: unknown): string =>
  cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)

/** Where a value starts in the text; for an unknown key, where the key itself starts. */
function offsetOf(document: Document.Parsed, path: Path, key: string | undefined): number {
  const node = path.length === 0 ? document.contents : deepest(document, path)
  if (key !== undefined && isMap(node)) {
    const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === key)
    if (isScalar(pair?.key)) return pair.key.range?.[0] ?? 0
  }
  return node?.range?.[0] ?? 0
}

function deepest(document: Document.Parsed, path: Path): ParsedNode | null {
  let node: ParsedNode | null = document.contents
  for (const step of path) {
    const next: unknown = isCollection(node) ? node.get(step, true) : undefined
    if (!isCollection(next) && !isScalar(next)) return node
    node = next as ParsedNode
  }
  return node
}
