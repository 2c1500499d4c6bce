// The agent in one file: a life starts in a fifth of the processor time that its hundreds of files would take to load.
import { existsSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where our own sources are. */
const HERE = fileURLToPath(new URL('../../..', import.meta.url))

/**
 * The file that a life starts from. Bundled into `folder` where the bundler is installed; without it, or without the
 * sources (a published package has neither), the file itself.
 */
export async function entryOf(folder: string, source: string = HERE): Promise<string> {
  const life = join(source, 'agent/swarm/chaos/life.ts')
  if (!existsSync(life)) return fileURLToPath(new URL('./life.js', import.meta.url))
  const bundler = await import('rolldown').catch(() => undefined)
  if (bundler === undefined) return life
  const bundle = await bundler.rolldown({
    // The worker and the signer's process are started by their files' names, next to what starts them.
    input: {
      life,
      'scenario-worker': join(source, 'agent/runtime/scenario-worker.ts'),
      main: join(source, 'agent/adapters/signer/main.ts'),
    },
    platform: 'node',
    external: NATIVE,
    logLevel: 'silent',
  })
  const entryFileNames = ({ name }: { readonly name: string }): string => NAMES[name] ?? `${name}.ts`
  const dir = join(folder, 'agent', 'runtime')
  await bundle.write({ dir, format: 'esm', entryFileNames, chunkFileNames: '[name]-[hash].mjs' })
  // As deep as the sources are: what they read by path they find.
  for (const beside of ['node_modules', 'package.json']) symlinkSync(join(source, beside), join(folder, beside))
  return join(dir, 'life.mjs')
}

/** What entries are started as, where it is not their own name. */
const NAMES: Readonly<Record<string, string>> = { life: 'life.mjs', main: 'main.js' }

/** Packages that load files of their own by path. */
const NATIVE = ['secp256k1', 'pino']
