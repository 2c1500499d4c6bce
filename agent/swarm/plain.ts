// JSON with bigints: written as decimal text with a trailing n, read back as bigints. For files between our own processes.

/** JSON text of a value that may hold bigints. */
export const toText = (value: unknown): string =>
  JSON.stringify(value, (_, held) => (typeof held === 'bigint' ? `${held}n` : held))

/** What `toText` wrote. The caller names the shape: only files of this run are read this way. */
export const fromText = <T>(text: string): T =>
  JSON.parse(text, (_, held) => (typeof held === 'string' && /^-?\d+n$/.test(held) ? BigInt(held.slice(0, -1)) : held))
