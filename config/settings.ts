// One schema, four sources: every scalar of the agent's config is also a flag and an environment variable.
import { z } from 'zod'
import { bare } from './document.ts'
import { agentConfig } from './schema.ts'
import { quantities } from './units.ts'

/** One scalar of the config: its path in the file, its flag, its environment variable. */
export type Setting = {
  readonly path: readonly string[]
  readonly key: string
  readonly flag: string
  readonly env: string
  readonly description: string
  readonly fallback: string | undefined
  readonly type: string
  /** Turns the text of a flag or a variable into what the file would hold. */
  readonly read: (text: string) => unknown
}

/** Variables of ours that are not settings. */
export const OTHER_VARIABLES: readonly string[] = ['LIENMESH_DATA', 'LIENMESH_NODE']

/** Every scalar setting, in the order of the schema. */
export const settings = (): readonly Setting[] => walk(agentConfig, [])

function walk(schema: z.ZodObject, above: readonly string[]): Setting[] {
  return Object.entries(schema.shape).flatMap(([key, field]) => {
    const path = [...above, key]
    const inner = bare(field)
    if (inner instanceof z.ZodObject) return walk(inner, path)
    const type = quantityOf(field) ?? typeOf(inner)
    return type === undefined ? [] : [setting(path, field, inner, type)]
  })
}

function setting(path: readonly string[], field: z.core.$ZodType, inner: unknown, type: string): Setting {
  const kebab = path.map((part) => part.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`))
  return {
    path,
    key: path.join('.'),
    flag: kebab.join('.'),
    env: `LIENMESH_${kebab.join('__').replaceAll('-', '_').toUpperCase()}`,
    description: describe(field),
    fallback: fallbackOf(field),
    type,
    read: (text) => scalar(inner, text),
  }
}

/** `amount (6000 USD)` for a field that holds a quantity. */
function quantityOf(field: unknown): string | undefined {
  if (field instanceof z.ZodDefault || field instanceof z.ZodPrefault || field instanceof z.ZodOptional)
    return quantityOf(field.unwrap())
  const found = field instanceof z.ZodType ? quantities.get(field) : undefined
  return found && `${found.what.replace(/^an? /, '')} (${found.example})`
}

/** What a scalar is called in help; undefined for lists and maps, which only the file can hold. */
function typeOf(schema: unknown): string | undefined {
  if (schema instanceof z.ZodEnum) return schema.options.join('|')
  if (schema instanceof z.ZodBoolean) return 'true|false'
  if (schema instanceof z.ZodNumber) return 'number'
  return schema instanceof z.ZodString ? 'text' : undefined
}

function scalar(schema: unknown, text: string): unknown {
  if (schema instanceof z.ZodBoolean && (text === 'true' || text === 'false')) return text === 'true'
  if (schema instanceof z.ZodNumber && text.trim() !== '' && Number.isFinite(Number(text))) return Number(text)
  return text
}

const describe = (field: z.core.$ZodType): string => z.globalRegistry.get(field)?.description ?? ''

function fallbackOf(field: unknown): string | undefined {
  if (!(field instanceof z.ZodDefault || field instanceof z.ZodPrefault)) return undefined
  const value: unknown = field.def.defaultValue
  return typeof value === 'string' ? value : JSON.stringify(value)
}
