// Inputs and decisions as text: JSON, with bigints and maps tagged so that they come back as what they were.

/** Text of a value made of plain objects, arrays, maps, strings, numbers, booleans and bigints. */
export const encode = (value: unknown): string => JSON.stringify(value, tag)

/** The value of such a text; what it holds is for the caller to validate. */
export const decode = (text: string): unknown => JSON.parse(text, untag)

const BIGINT = '$bigint'
const MAP = '$map'

function tag(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return { [BIGINT]: value.toString() }
  if (value instanceof Map) return { [MAP]: [...value] }
  return value
}

function untag(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (BIGINT in value && typeof value[BIGINT] === 'string') return BigInt(value[BIGINT])
  if (MAP in value && Array.isArray(value[MAP])) return new Map(value[MAP])
  return value
}
