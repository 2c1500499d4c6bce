// Which contracts there are, and which files each one is made of.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compilerVersion, settings } from './settings.ts'

/** The repository. */
export const root = fileURLToPath(new URL('..', import.meta.url))

/** One deployable contract: `source` is a source unit name, and the file is named after the contract. */
export interface Target {
  readonly name: string
  readonly source: string
}

/** Every source unit a contract needs, by name, and one hash over them, the settings and the compiler. */
export interface Sources {
  readonly units: Readonly<Record<string, string>>
  readonly hash: string
}

const contracts = 'contracts/src'
const foreign: readonly Target[] = [
  { name: 'AccessManager', source: '@openzeppelin/contracts/access/manager/AccessManager.sol' },
]

/** The contracts to build: ours that can be deployed, each in a file of its name, and those of others we deploy. */
export function targets(): Target[] {
  const ours = sourceFiles(contracts)
    .map((source) => ({ name: nameOf(source), source }))
    .filter(deployable)
  return ours.length === 0 ? [] : [...ours, ...foreign]
}

/** The contracts of ours that a source unit is part of. */
export function deployableFrom(source: string): Target[] {
  return targets().filter((target) => closure(target.source).units[source] !== undefined)
}

/** The interfaces of the suite. */
export function interfaces(): Target[] {
  return sourceFiles(`${contracts}/interfaces`).map((source) => ({ name: nameOf(source), source }))
}

/** The transitive imports of a source unit, itself included. */
export function closure(...entries: string[]): Sources {
  const units: Record<string, string> = {}
  const visit = (unit: string): void => {
    if (units[unit] !== undefined) return
    const text = readFileSync(filePath(unit), 'utf8')
    units[unit] = text
    for (const imported of importsOf(text)) visit(resolveImport(unit, imported))
  }
  entries.forEach(visit)
  const ordered = Object.fromEntries(Object.entries(units).sort(([a], [b]) => (a < b ? -1 : 1)))
  return { units: ordered, hash: hashOf(ordered) }
}

function sourceFiles(folder: string): string[] {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.sol'))
    .map((path) => posix.join(folder, path.replaceAll('\\', '/')))
    .sort()
}

/** Neither abstract nor an interface nor a library. */
function deployable({ name, source }: Target): boolean {
  return new RegExp(`^contract ${name}\\b`, 'm').test(readFileSync(filePath(source), 'utf8'))
}

function nameOf(source: string): string {
  return posix.basename(source, '.sol')
}

function filePath(unit: string): string {
  return unit.startsWith('@') ? join(root, 'node_modules', unit) : join(root, unit)
}

function importsOf(text: string): string[] {
  return [...text.matchAll(/^\s*import\s[^;]*?["']([^"']+)["']\s*;/gm)].flatMap((match) => match[1] ?? [])
}

function resolveImport(importer: string, imported: string): string {
  return imported.startsWith('.') ? posix.join(posix.dirname(importer), imported) : imported
}

function hashOf(units: Readonly<Record<string, string>>): string {
  const text = JSON.stringify([compilerVersion, settings, units])
  return `sha256:${createHash('sha256').update(text).digest('hex')}`
}
