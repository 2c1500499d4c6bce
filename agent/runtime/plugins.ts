// Strategies by built-in name, by file or by package. What is wrong with one is said in one message; none half-loads.
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { configError } from '../domain/errors.ts'
import { API_VERSION, type Strategy, z } from '../strategy.ts'
import type { Introduction } from './box/decider.ts'
import { type Package, packageIn, packageOf, sourceOf } from './box/package.ts'
import { waitedFor } from './box/waited.ts'
import { revived } from './box/words.ts'
import { refuseForeignImports } from './imports.ts'

/** Built-in strategies by name, loaded on demand. */
const builtIns: Readonly<Record<string, () => Promise<unknown>>> = {
  'first-come': () => import('../../strategies/first-come.ts'),
  'gap-aware': () => import('../../strategies/gap-aware.ts'),
  'claim-buyer': () => import('../../strategies/claim-buyer.ts'),
  hedged: () => import('../../strategies/hedged.ts'),
  inventory: () => import('../../strategies/inventory.ts'),
  patient: () => import('../../strategies/patient.ts'),
  'shortfall-budget': () => import('../../strategies/shortfall-budget.ts'),
}

/** A strategy with its parameters read by its own schema. */
export type LoadedStrategy = { readonly strategy: Strategy<unknown>; readonly params: unknown }

export const builtInStrategies = (): readonly string[] => Object.keys(builtIns)

/** Where a strategy comes from. A name that is neither built in nor a path is a package. */
export type Origin =
  | { readonly kind: 'built-in' }
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'package'; readonly found: Package }

/** Throws E_STRATEGY_UNKNOWN. */
export function originOf(use: string): Origin {
  if (builtIns[use] !== undefined) return { kind: 'built-in' }
  const file = resolve(use)
  if (/\.[cm]?[jt]s$/.test(use) && existsSync(file)) return { kind: 'file', file }
  // A name is an installed package, a path one that is being written.
  const found = /^\.{0,2}(\/|$)/.test(use) || use === '.' ? packageIn(use) : packageOf(use)
  if (found !== undefined) return { kind: 'package', found }
  throw configError(
    'E_STRATEGY_UNKNOWN',
    `no strategy "${use}": neither built in (${builtInStrategies().join(', ')}) nor a file nor an installed package`,
    'Name a built-in strategy or a package, or give the path of a .ts or .js file.',
  )
}

/** Loads one strategy to be asked here. A package is asked in its own process, and waited for. */
export async function loadStrategy(use: string, params: unknown): Promise<LoadedStrategy> {
  const origin = originOf(use)
  if (origin.kind === 'package') {
    const { strategy, introduction } = await opened(origin.found, params)
    refuseIssues(introduction, use)
    return { strategy, params: undefined }
  }
  const strategy = await inlineStrategy(use, origin)
  return { strategy, params: readParams(strategy, use, params) }
}

/** Parameters as the strategy's schema reads them. Throws E_STRATEGY_PARAMS. */
export function readParams(strategy: Strategy<unknown>, use: string, params: unknown): unknown {
  const read = strategy.params.safeParse(params)
  if (read.success) return read.data
  const issues = read.error.issues.map((issue) => `${issue.path.join('.') || 'params'}: ${issue.message}`)
  throw refusedParams(strategy.name, use, issues)
}

const refusedParams = (name: string, use: string, issues: readonly string[]) =>
  configError('E_STRATEGY_PARAMS', `strategy ${name}: ${issues.join('; ')}`, `Correct strategies[].params of ${use}.`)

/** Throws what a packaged strategy says is wrong with its parameters, or with its version. */
export function refuseIssues({ name, apiVersion, issues }: Introduction, use: string): void {
  if (apiVersion !== API_VERSION) throw otherVersion(name, apiVersion)
  if (issues.length > 0) throw refusedParams(name, use, issues)
}

/** What `strategies info` shows. */
export type Described = {
  readonly name: string
  readonly apiVersion: unknown
  readonly schema: unknown
  readonly defaults: unknown
}

/** Name, version and parameters, whoever wrote it and wherever it runs. */
export async function describeStrategy(use: string): Promise<Described> {
  const origin = originOf(use)
  if (origin.kind === 'package') {
    const { name, apiVersion, schema, defaults } = (await opened(origin.found, {})).introduction
    return { name, apiVersion, schema: JSON.parse(schema), defaults: JSON.parse(defaults, revived) }
  }
  const { name, apiVersion, params } = await inlineStrategy(use, origin)
  const schema = z.toJSONSchema(params, { io: 'input', unrepresentable: 'any' })
  return { name, apiVersion, schema, defaults: params.safeParse({}).data }
}

async function opened(found: Package, params: unknown): ReturnType<typeof waitedFor> {
  const source = JSON.stringify(sourceOf(found))
  try {
    return await waitedFor(source, params)
  } catch (error) {
    throw notLoading(found.name, error)
  }
}

/** The message of whatever a package says while it is opened. */
export const notLoading = (name: string, error: unknown) =>
  configError(
    'E_STRATEGY_LOAD',
    `${name} does not load: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`,
    'Ask its author; nothing of it has run outside its box.',
  )

/** A strategy that runs in this process. `version` tells a file that changed from what it was. */
export async function inlineStrategy(use: string, origin: Origin, version = ''): Promise<Strategy<unknown>> {
  if (origin.kind !== 'file') return asStrategy(await builtIns[use]?.(), use)
  refuseForeignImports(use, origin.file)
  try {
    return asStrategy(await import(`${pathToFileURL(origin.file).href}${version}`), use)
  } catch (cause) {
    if (cause instanceof Error && 'exit' in cause) throw cause
    const why = cause instanceof Error ? cause.message.split('\n').find((line) => line.trim() !== '') : String(cause)
    throw configError('E_STRATEGY_LOAD', `${use}${lineIn(cause)} does not load: ${why}`, remedyFor(cause), cause)
  }
}

/** `:3` where Node says in which line of a file it stopped reading. */
function lineIn(cause: unknown): string {
  const [, line] = (cause instanceof Error && /^[^\n]*:(\d+)\n/.exec(cause.stack ?? '')) || []
  return line === undefined ? '' : `:${line}`
}

/** Node erases types; what is more than a type it cannot. */
const remedyFor = (cause: unknown): string =>
  cause instanceof Error && 'code' in cause && cause.code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX'
    ? 'Write it without enums, namespaces and parameter properties: Node runs the file without compiling it.'
    : 'Correct the file; Node runs it without compiling.'

function asStrategy(module: unknown, use: string): Strategy<unknown> {
  const found = isObject(module) ? (module['strategy'] ?? module['default']) : undefined
  if (!isObject(found) || typeof found['decide'] !== 'function' || typeof found['name'] !== 'string')
    throw configError('E_STRATEGY_LOAD', `${use} exports no strategy`, 'Export const strategy = defineStrategy({ … }).')
  if (found['apiVersion'] !== API_VERSION) throw otherVersion(found['name'], found['apiVersion'])
  return found as unknown as Strategy<unknown>
}

const otherVersion = (name: string, version: unknown) =>
  configError(
    'E_STRATEGY_API',
    `${name} needs API ${String(version)}, this is API ${API_VERSION}`,
    'Install the version of the strategy that fits, or of lienmesh.',
  )

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null
