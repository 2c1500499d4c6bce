// A copy of the program's sources, to be changed and run: what ships is never touched.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where the program is installed. */
export const programRoot: string = fileURLToPath(new URL('../../..', import.meta.url))

/** One change of one file: `find` stands in it exactly once. */
export type Patch = { readonly file: string; readonly find: string; readonly replace: string }

const PARTS = ['agent', 'bin', 'config', 'strategies', 'contracts/artifacts', 'package.json', 'tsconfig.json']

/** Copies the sources, and whatever else of the program is named, into an empty folder; packages are shared. */
export function copySources(folder: string, more: readonly string[] = []): void {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const part of [...PARTS, ...more].filter((one) => existsSync(join(programRoot, one)))) {
    mkdirSync(dirname(join(folder, part)), { recursive: true })
    cpSync(join(programRoot, part), join(folder, part), { recursive: true })
  }
  symlinkSync(join(programRoot, 'node_modules'), join(folder, 'node_modules'))
}

/** A file of ours after a patch. Throws when the text to change is not there exactly once: a no-op proves nothing. */
export function patched({ file, find, replace }: Patch, root: string = programRoot): string {
  const text = readFileSync(join(root, file), 'utf8')
  const times = text.split(find).length - 1
  if (times !== 1) throw new Error(`${file} has ${JSON.stringify(find)} ${times} times, expected once`)
  return text.replace(find, () => replace)
}

/** Changes a copy. */
export function applyPatch(folder: string, patch: Patch): void {
  writeFileSync(join(folder, patch.file), patched(patch, folder))
}
