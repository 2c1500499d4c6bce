// Inside the box: a package's code in a compartment of its own, with the API, with zod, and with nothing else.
import { createRequire } from 'node:module'
import type {} from 'ses'
import { after, bps, instant, millis, wad } from '../../domain/units.ts'
import { max, min, mulDivDown, mulDivUp, toDouble } from '../../maths/fixed-point.ts'
import { beside, type Source } from './source.ts'

/** Makes every intrinsic of this process unchangeable. Once, before anything foreign runs. */
export function lockDown(ses: string): void {
  // The whole of SES in one file: its ES modules are many, and a box may read few.
  createRequire(import.meta.url)(ses)
  lockdown()
}

/** What a package exports, and the zod that it was given. */
export type Confined = { readonly exported: Readonly<Record<string, unknown>>; readonly z: unknown }

/** Evaluates a package. Zod is evaluated in the compartment too: its powers are the package's own. */
export function confine({ code, modules, entry }: Source): Confined {
  const compartment = new Compartment()
  const factories = modules.map(([path, text]) => `${JSON.stringify(path)}:(exports,module,require)=>{${text}\n}`)
  const table: unknown = compartment.evaluate(`({${factories.join(',\n')}})`)
  const z = requireIn(table, entry)
  const exported: Record<string, unknown> = {}
  const run: unknown = compartment.evaluate(`((api, exports) => {'use strict';${code}\n})`)
  if (typeof run === 'function') run({ ...harden(API), z }, exported)
  return { exported, z }
}

/** What `lienmesh/strategy` is in the box. */
const API = {
  API_VERSION: 1,
  defineStrategy: (strategy: unknown): unknown => strategy,
  ...{ after, bps, instant, millis, wad, max, min, mulDivDown, mulDivUp, toDouble },
}

type Loaded = { exports: unknown }
type Factory = (exports: unknown, module: Loaded, require: (id: string) => unknown) => void

/** CommonJS within the table: paths are relative to the file that asks. */
function requireIn(table: unknown, entry: string): unknown {
  const loaded = new Map<string, Loaded>()
  const load = (path: string): unknown => {
    const known = loaded.get(path)
    if (known !== undefined) return known.exports
    const module: Loaded = { exports: {} }
    loaded.set(path, module)
    const factory: Factory | undefined = isTable(table) ? table[path] : undefined
    factory?.(module.exports, module, (id) => load(beside(path, id)))
    return module.exports
  }
  return load(entry)
}

const isTable = (table: unknown): table is Readonly<Record<string, Factory>> =>
  typeof table === 'object' && table !== null
