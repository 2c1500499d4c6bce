// The agent's config from all its sources: defaults < file < environment < flags.
import { dirname, resolve } from 'node:path'
import { configError, usageError } from '../agent/domain/errors.ts'
import { complaint, describe, readSource, type Source } from './document.ts'
import { suggest } from './nearest.ts'
import { type AgentConfig, agentConfig } from './schema.ts'
import { OTHER_VARIABLES, type Setting, settings } from './settings.ts'

/** Where a config comes from besides its defaults. Flags are keyed by flag name, without dashes. */
export type Sources = {
  readonly file: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly flags: Readonly<Record<string, string | undefined>>
}

/** A config, where each setting came from, and who said `live`. */
export type Loaded = {
  readonly config: AgentConfig
  readonly origin: (key: string) => string
  /** A value as somebody wrote it; undefined when nobody did. */
  readonly written: (path: readonly string[]) => unknown
  readonly consent: { readonly file: boolean; readonly flag: boolean }
}

type Override = { readonly setting: Setting; readonly text: string; readonly from: string }

/** Reads, merges and checks. Paths are relative to the file. */
export function loadConfig(sources: Sources): Loaded {
  const source = readSource(sources.file)
  const overrides = [...fromEnvironment(sources.env), ...fromFlags(sources.flags)]
  const merged = overrides.reduce(
    (held, { setting, text }) => put(held, setting.path, setting.read(text)),
    source.value,
  )
  const parsed = agentConfig.safeParse(merged, { reportInput: true })
  if (!parsed.success) {
    const lines = parsed.error.issues.flatMap((issue) =>
      describe(issue, agentConfig, (path, key) => place(source, overrides, path, key)),
    )
    throw complaint(lines)
  }
  return {
    config: absolute(parsed.data, dirname(resolve(sources.file))),
    origin: (key) => (dig(merged, key.split('.')) === undefined ? 'default' : place(source, overrides, key.split('.'))),
    written: (path) => dig(merged, path),
    consent: {
      file: dig(source.value, ['mode']) === 'live',
      flag: overrides.some(({ setting, text }) => setting.key === 'mode' && text === 'live'),
    },
  }
}

/** Sending transactions takes two keys: `mode: live` in the file, and `--mode live` (or its variable). */
export function requireConsent({ config, consent }: Loaded): void {
  if (config.mode !== 'live' || (consent.file && consent.flag)) return
  const lacks = consent.file ? 'the flag --mode live' : 'mode: live in the config file'
  const has = consent.file ? 'mode: live in the config file' : '--mode live'
  throw configError(
    'E_LIVE',
    `${has} without ${lacks}; live sends real transactions and needs both`,
    `Add ${lacks}, or stay in shadow mode.`,
  )
}

function fromEnvironment(env: Sources['env']): Override[] {
  const known = settings()
  return Object.entries(env).flatMap(([variable, text]) => {
    if (!variable.startsWith('LIENMESH_') || OTHER_VARIABLES.includes(variable) || text === undefined) return []
    const setting = known.find((one) => one.env === variable)
    if (setting !== undefined) return [{ setting, text, from: variable }]
    const hint = suggest(
      variable,
      known.map((one) => one.env),
    )
    throw usageError(
      'E_USAGE',
      `unknown environment variable ${variable}${hint && ` – ${hint}`}`,
      'Unset it, or see docs/reference/config.md.',
    )
  })
}

function fromFlags(flags: Sources['flags']): Override[] {
  return settings().flatMap((setting) => {
    const text = flags[setting.flag]
    return text === undefined ? [] : [{ setting, text, from: `--${setting.flag}` }]
  })
}

/** The last source that spoke about a path: a flag, a variable, or a place in the file. */
function place(source: Source, overrides: readonly Override[], path: readonly PropertyKey[], key?: string): string {
  const last = overrides.findLast(({ setting }) => setting.key === path.join('.'))
  return last?.from ?? source.locate(path, key)
}

function put(held: unknown, path: readonly string[], value: unknown): unknown {
  const [step, ...rest] = path
  if (step === undefined) return value
  const object = isRecord(held) ? held : {}
  return { ...object, [step]: put(object[step], rest, value) }
}

const dig = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((at, step) => (isRecord(at) ? at[String(step)] : undefined), value)

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** Every path of the config as an absolute one. A strategy is a path when it looks like one. */
function absolute(config: AgentConfig, folder: string): AgentConfig {
  return {
    ...config,
    network: resolve(folder, config.network),
    dataDir: roomOf(config, folder),
    keys: keysIn(config.keys, folder),
    p2p: { ...config.p2p, ...located(config.p2p, folder) },
    api: tokenIn(config.api, folder),
    notify: config.notify.map((one) => ({ ...one, address: resolve(folder, one.address) })),
    strategies: config.strategies.map((one) =>
      /^[./]/.test(one.use) ? { ...one, use: resolve(folder, one.use) } : one,
    ),
  }
}

const located = ({ identity, swarmKey }: AgentConfig['p2p'], folder: string): Partial<AgentConfig['p2p']> => ({
  ...(identity !== undefined && { identity: resolve(folder, identity) }),
  ...(swarmKey !== undefined && { swarmKey: resolve(folder, swarmKey) }),
})

const tokenIn = (api: AgentConfig['api'], folder: string): AgentConfig['api'] =>
  api.token === undefined ? api : { ...api, token: resolve(folder, api.token) }

/** Simulated money has books of its own. */
const roomOf = ({ dataDir, mode }: AgentConfig, folder: string): string =>
  resolve(folder, dataDir, ...(mode === 'paper' ? ['paper'] : []))

function keysIn(keys: AgentConfig['keys'], folder: string): AgentConfig['keys'] {
  if (keys.kind === 'socket') return { ...keys, path: resolve(folder, keys.path) }
  if (keys.kind !== 'process' && keys.kind !== 'inline') return keys
  const { kind, file, password } = keys
  if (password === undefined) return { kind, file: resolve(folder, file) }
  return { kind, file: resolve(folder, file), password: password === '-' ? '-' : resolve(folder, password) }
}
