// Strategies by built-in name or by file. What is wrong with one is said in one message; it never half-loads.
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { configError } from '../domain/errors.ts'
import { API_VERSION, type Strategy } from '../strategy.ts'

/** Built-in strategies by name, loaded on demand. */
const builtIns: Readonly<Record<string, () => Promise<unknown>>> = {
  'first-come': () => import('../../strategies/first-come.ts'),
  'gap-aware': () => import('../../strategies/gap-aware.ts'),
  patient: () => import('../../strategies/patient.ts'),
  'shortfall-budget': () => import('../../strategies/shortfall-budget.ts'),
}

/** A strategy with its parameters read by its own schema. */
export type LoadedStrategy = { readonly strategy: Strategy<unknown>; readonly params: unknown }

export const builtInStrategies = (): readonly string[] => Object.keys(builtIns)

/** Loads one strategy; `use` is a built-in name or a path to a module that exports `strategy`. */
export async function loadStrategy(use: string, params: unknown): Promise<LoadedStrategy> {
  const strategy = await strategyOf(use)
  const read = strategy.params.safeParse(params)
  if (read.success) return { strategy, params: read.data }
  const issues = read.error.issues.map((issue) => `${issue.path.join('.') || 'params'}: ${issue.message}`).join('; ')
  throw configError(
    'E_STRATEGY_PARAMS',
    `strategy ${strategy.name}: ${issues}`,
    `Correct strategies[].params of ${use}.`,
  )
}

/** A strategy without parameters; `use` is a built-in name or a path to a module that exports `strategy`. */
export const strategyOf = async (use: string): Promise<Strategy<unknown>> => asStrategy(await importModule(use), use)

async function importModule(use: string): Promise<unknown> {
  const builtIn = builtIns[use]
  if (builtIn !== undefined) return builtIn()
  const file = resolve(use)
  if (!/\.[cm]?[jt]s$/.test(use) || !existsSync(file))
    throw configError(
      'E_STRATEGY_UNKNOWN',
      `no strategy "${use}": neither built in (${builtInStrategies().join(', ')}) nor a file`,
      'Name a built-in strategy, or give the path of a .ts or .js file.',
    )
  try {
    return await import(pathToFileURL(file).href)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split('\n')[0] : String(cause)
    throw configError(
      'E_STRATEGY_LOAD',
      `${use} does not load: ${why}`,
      'Correct the file; Node runs it without compiling.',
      cause,
    )
  }
}

function asStrategy(module: unknown, use: string): Strategy<unknown> {
  const found = isObject(module) ? (module['strategy'] ?? module['default']) : undefined
  if (!isObject(found) || typeof found['decide'] !== 'function' || typeof found['name'] !== 'string')
    throw configError('E_STRATEGY_LOAD', `${use} exports no strategy`, 'Export const strategy = defineStrategy({ … }).')
  if (found['apiVersion'] !== API_VERSION)
    throw configError(
      'E_STRATEGY_API',
      `${found['name']} needs API ${String(found['apiVersion'])}, this is API ${API_VERSION}`,
      'Install the version of the strategy that fits, or of lienmesh.',
    )
  return found as unknown as Strategy<unknown>
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null
