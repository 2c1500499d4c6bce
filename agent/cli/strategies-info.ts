// lienmesh strategies info SPEC: what a strategy is called, and which parameters it takes.
import { z } from 'zod'
import { EXIT } from '../domain/errors.ts'
import { strategyOf } from '../runtime/plugins.ts'
import { command } from './command.ts'

/** Name, API version and every parameter with its default and meaning. */
export const strategiesInfo = command({
  options: z.strictObject({ strategy: z.string().min(1).describe('A built-in name or a file.') }),
  positionals: ['strategy'],
  examples: ['lienmesh strategies info patient'],
  run: async ({ strategy: use }, { print, json }) => {
    const { name, apiVersion, params } = await strategyOf(use)
    const { properties = {} } = z.toJSONSchema(params, { io: 'input', unrepresentable: 'any' })
    const defaults = z.record(z.string(), z.unknown()).safeParse(params.safeParse({}).data).data ?? {}
    const rows = Object.entries(properties).map(([key, value]) => ({
      key,
      fallback: defaults[key] === undefined ? '-' : String(defaults[key]),
      meaning: (typeof value === 'object' && value.description) || '',
    }))
    if (json) print(JSON.stringify({ type: 'strategy', name, apiVersion, params: rows }))
    else {
      print(`${name}, API ${apiVersion}`)
      for (const { key, fallback, meaning } of rows) print(`  ${key.padEnd(16)} ${fallback.padEnd(10)} ${meaning}`)
      if (rows.length === 0) print('  no parameters')
    }
    return EXIT.ok
  },
})
