// A published strategy as source text: found by its name or its keyword, its one module read. Nothing of it runs here.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { configError } from '../../domain/errors.ts'
import { bodyOf, type Source, zodModules } from './source.ts'

/** What packages with strategies call themselves in their keywords. */
export const KEYWORD = 'lienmesh-strategy'

/** A strategy package as it lies in node_modules. */
export type Package = { readonly name: string; readonly version: string; readonly file: string }

/** The largest module that is read, in bytes: ten thousand lines. */
const LARGEST = 256 << 10

/** Every installed package with the keyword, nearest first. */
export const installed = (from: string = process.cwd()): readonly Package[] => [
  ...new Map(
    shelves(from)
      .toReversed()
      .flatMap((shelf) => namesIn(shelf).flatMap((name) => readManifest(join(shelf, name)) ?? []))
      .filter(({ keywords }) => keywords.includes(KEYWORD))
      .map(({ name, version, file }) => [name, { name, version, file }]),
  ).values(),
]

/** The package in a folder, before it is published; undefined when there is none. */
export const packageIn = (folder: string): Package | undefined => readManifest(resolve(folder))

/** The package of that name; undefined when none is installed. */
export function packageOf(name: string, from: string = process.cwd()): Package | undefined {
  if (!/^(@[\w.-]+\/)?[\w.-]+$/.test(name)) return undefined
  for (const shelf of shelves(from)) {
    const found = readManifest(join(shelf, name))
    if (found !== undefined) return found
  }
  return undefined
}

/** What a box evaluates for a package. Throws E_STRATEGY_PACKAGE. */
export function sourceOf({ name, file }: Package): Source {
  const refuse = (what: string): never => {
    throw configError('E_STRATEGY_PACKAGE', `${name}: ${what}`, 'Ask its author, or see docs/writing-a-strategy.md.')
  }
  if (!existsSync(file)) return refuse(`${file} is not there: the package was never built`)
  if (statSync(file).size > LARGEST) return refuse(`${file} is larger than ${LARGEST >> 10} KB`)
  try {
    return { code: bodyOf(readFileSync(file, 'utf8')), ...zodModules() }
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error))
  }
}

/** Folders of packages from here upwards, and our own. */
function shelves(from: string): readonly string[] {
  const found: string[] = []
  for (let at = resolve(from); ; at = dirname(at)) {
    found.push(join(at, 'node_modules'))
    if (at === dirname(at)) break
  }
  found.push(fileURLToPath(new URL('../../../node_modules', import.meta.url)))
  return [...new Set(found)].filter((path) => existsSync(path))
}

const namesIn = (shelf: string): readonly string[] =>
  readdirSync(shelf).flatMap((name) =>
    name.startsWith('@')
      ? readdirSync(join(shelf, name)).map((one) => `${name}/${one}`)
      : name.startsWith('.')
        ? []
        : [name],
  )

type Listed = Package & { readonly keywords: readonly unknown[] }

function readManifest(folder: string): Listed | undefined {
  const path = join(folder, 'package.json')
  if (!existsSync(path)) return undefined
  try {
    const { name, version, main, keywords }: Readonly<Record<string, unknown>> = JSON.parse(readFileSync(path, 'utf8'))
    const file = join(folder, typeof main === 'string' ? main : 'index.js')
    return { name: String(name), version: String(version), file, keywords: Array.isArray(keywords) ? keywords : [] }
  } catch {
    // A damaged manifest is nobody's package.
    return undefined
  }
}
