// A package's one module as the body of a function, and zod beside it as CommonJS modules: text that only a box evaluates.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'

/** A package's code as a function body, and the CommonJS modules of zod by path, with the one to begin with. */
export type Source = {
  readonly code: string
  readonly modules: readonly (readonly [path: string, text: string])[]
  readonly entry: string
}

/** The one module that a package may import. */
export const API = 'lienmesh/strategy'

/**
 * The body of `(api, exports) => {}` that does what a plain ES module does. Plain: its imports are lines of their own from the
 * API alone, and it exports by `export const`, `export default` or a list. Throws a sentence otherwise.
 */
export function bodyOf(module: string): string {
  const body = module
    .replaceAll(/^import\s*\{([^}]*)\}\s*from\s*(['"])lienmesh\/strategy\2[ \t]*;?/gm, (_, names: string) => {
      const lines = names.split('\n').length - 1
      return `const {${names.replaceAll(/\s+as\s+/g, ': ').replaceAll('\n', ' ')}} = api;${'\n'.repeat(lines)}`
    })
    .replaceAll(/^export\s+const\s+strategy\b/gm, 'const strategy = exports.strategy')
    .replaceAll(/^export\s+default\s+/gm, 'exports.default = ')
    .replaceAll(/^export\s*\{([^}]*)\}[ \t]*;?/gm, (_, names: string) => listed(names))
  const [, strange] = /^((?:import|export)\b.*)$/m.exec(body) ?? []
  if (strange !== undefined)
    throw new Error(`"${strange.slice(0, 60)}": only ${API} may be imported, only strategy exported`)
  return body
}

const listed = (names: string): string =>
  names
    .split(',')
    .map((one) => one.trim().split(/\s+as\s+/))
    .flatMap(([local = '', name = local]) => (local === '' ? [] : [`exports.${name} = ${local};`]))
    .join('')

/** Zod without its languages, which nobody in a box speaks. */
export function zodModules(): Pick<Source, 'modules' | 'entry'> {
  const found = new Map<string, string>()
  const root = dirname(createRequire(import.meta.url).resolve('zod/package.json'))
  const gather = (path: string): void => {
    if (found.has(path)) return
    const text = path.includes('/locales/index') ? '' : readFileSync(`${root}/${path}`, 'utf8')
    // SES refuses the very letters of a dynamic import, be it in a comment.
    found.set(path, text.replaceAll('import(', 'imports('))
    for (const [, id = ''] of text.matchAll(/require\("(\.[^"]+)"\)/g)) gather(beside(path, id))
  }
  gather(ENTRY)
  return { modules: [...found], entry: ENTRY }
}

const ENTRY = 'v4/classic/external.cjs'

/** `../core/index.cjs` as seen from `classic/external.cjs` is `core/index.cjs`. */
export function beside(path: string, id: string): string {
  const parts = path.split('/').slice(0, -1)
  for (const part of id.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.') parts.push(part)
  }
  return parts.join('/')
}
