// lienmesh strategies info SPEC: what a strategy is called, and which parameters it takes.
import { z } from 'zod'
import { EXIT } from '../domain/errors.ts'
import { liveFields } from '../runtime/holder.ts'
import { describeStrategy } from '../runtime/plugins.ts'
import { command } from './command.ts'

/** What is shown of a schema. */
const shown = z.object({
  properties: z
    .record(z.string(), z.object({ description: z.string().optional(), default: z.unknown().optional() }))
    .default({}),
})

/** Name, API version and every parameter with its default and meaning. */
export const strategiesInfo = command({
  options: z.strictObject({ strategy: z.string().min(1).describe('A built-in name, a file or an installed package.') }),
  positionals: ['strategy'],
  examples: ['lienmesh strategies info patient'],
  run: async ({ strategy: use }, { print, json }) => {
    const { name, apiVersion, schema, defaults } = await describeStrategy(use)
    const { properties } = shown.parse(schema)
    const read = z.record(z.string(), z.unknown()).safeParse(defaults).data ?? {}
    const live = liveFields(schema)
    const rows = Object.entries(properties).map(([key, { description = '', default: written }]) => {
      const fallback = read[key] ?? written
      return {
        key,
        fallback: fallback === undefined ? '-' : String(fallback),
        meaning: description,
        live: live.includes(key),
      }
    })
    if (json) print(JSON.stringify({ type: 'strategy', name, apiVersion, params: rows }))
    else {
      print(`${name}, API ${apiVersion}`)
      for (const { key, fallback, meaning, live: changes } of rows)
        print(`  ${key.padEnd(16)} ${fallback.padEnd(10)} ${meaning}${changes ? ' (live)' : ''}`)
      if (rows.length === 0) print('  no parameters')
    }
    return EXIT.ok
  },
})
