// One line that an agent said, as everybody reads it: amounts are decimal strings.

/** An event of one agent. Wall time in milliseconds. */
export type Saying = {
  readonly agent: string
  readonly at: number
  readonly level: string
  readonly event: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** One line of standard output; undefined for anything that is no event. */
export function hear(agent: string, line: string): Saying | undefined {
  if (!line.startsWith('{')) return undefined
  let parsed: unknown
  try {
    parsed = JSON.parse(line)
  } catch {
    return undefined // A crash report is not JSON: it stands in the agent's log.
  }
  if (typeof parsed !== 'object' || parsed === null || !('event' in parsed)) return undefined
  const { event, time, level, agent: _, ...fields } = { time: 0, level: 'info', agent, ...parsed }
  return { event: String(event), agent, at: typeof time === 'number' ? time : 0, level: String(level), fields }
}

/** A decimal string as a bigint; anything else counts as zero. */
export const amount = (value: unknown): bigint => {
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value)
  return typeof value === 'string' && /^-?\d+$/.test(value) ? BigInt(value) : 0n
}

/** A field as text. */
export const text = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined ? '' : String(value)

/** A member of something that may not be an object. */
export const part = (of: unknown, key: string): unknown =>
  typeof of === 'object' && of !== null ? Reflect.get(of, key) : undefined

/** A member that should be a number. */
export const figure = (of: unknown, key: string): number | undefined => {
  const value = part(of, key)
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

/** A list, whatever it was. */
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** Text where there is some. */
export const maybe = (value: unknown): string | undefined =>
  value === undefined || value === null || value === '' ? undefined : String(value)
