// Bundles the program into a few files, so that a process starts in a fraction of the processor time that loading two
// thousand would take: npm run bundle. The launcher starts from the bundle while it says what the sources say, and from
// the sources otherwise; nothing needs it.
import { execFileSync } from 'node:child_process'
import { readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { bundledIn, HOME, hashOf } from './bundled.js'

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)))

/**
 * What every command loads, and what an agent loads until it is ready: each set is one file. The entry of a thread is in
 * none of them: whoever loads it runs it.
 */
const GROUPS = {
  head: ['agent/cli/main.ts', 'agent/cli/parse.ts'],
  draw: ['agent/core/risk/draw.ts'],
  agent: [
    'agent/cli/run.ts',
    'agent/runtime/run.ts',
    'agent/runtime/adapters.ts',
    'agent/runtime/plugins.ts',
    'agent/adapters/gossip/node.ts',
    'agent/adapters/gossip/identity.ts',
    'agent/console/serve-agent.ts',
  ],
}

/** They find files of their own by path, or are tools that only a checkout has. */
const APART = ['secp256k1', '@chainsafe/libp2p-quic', 'rolldown', 'vite']

/** Writes a bundle and points to it. False where there is no bundler. */
async function bundle(root) {
  const bundler = await import('rolldown').catch(() => undefined)
  if (bundler === undefined) return false
  const home = path.join(root, HOME)
  const draft = path.join(home, `draft-${process.pid}`)
  const started = Date.now()
  const builder = await bundler.rolldown({
    input: { main: path.join(root, 'agent/cli/main.ts') },
    ...{ platform: 'node', external: APART, logLevel: 'silent', plugins: [placed(root), lean()] },
  })
  const { output } = await builder.write({
    ...{ dir: draft, format: 'esm', entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' },
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [{ debugName: 'what starts together', name: grouping(root) }],
    },
  })
  await builder.close()
  const sources = [...ownSources(root, output), 'bin/bundle.js']
  const edited = sources.find((source) => statSync(path.join(root, source)).mtimeMs >= started)
  if (edited !== undefined) throw new Error(`${edited} was written while it was bundled: run it again`)
  const hash = hashOf(root, sources)
  const name = hash.slice(0, 16)
  rmSync(path.join(home, name), { recursive: true, force: true })
  renameSync(draft, path.join(home, name))
  const agent = entries(root, output)
  const manifest = { root, main: `${name}/main.mjs`, agent: agent.map((file) => `${name}/${file}`), hash, sources }
  writeFileSync(path.join(home, `bundle-${process.pid}.json`), JSON.stringify(manifest))
  renameSync(path.join(home, `bundle-${process.pid}.json`), path.join(home, 'bundle.json'))
  forget(home, name)
  warm(root, path.join(home, name), agent)
  say(`${sources.length} sources in ${output.length} files, ${((Date.now() - started) / 1_000).toFixed(1)} s`)
  return true
}

const ownSources = (root, output) =>
  [...new Set(output.flatMap(({ moduleIds = [] }) => moduleIds))]
    .filter((id) => id.startsWith(root + path.sep) && !id.startsWith(path.join(root, 'node_modules')))
    .map((id) => path.relative(root, id))
    .sort()

/** Code keeps the place it was written at, so that what it reads by path it finds; threads start from the bundle. */
function placed(root) {
  return {
    name: 'placed',
    transform: {
      filter: { code: /import\.meta\.url/ },
      handler(code, id) {
        const threads = id.startsWith(path.join(root, 'agent'))
          ? code.replaceAll(THREAD, (_, name) => {
              const fileName = `${path.basename(name)}.mjs`
              this.emitFile({ type: 'chunk', id: path.join(path.dirname(id), `${name}.ts`), fileName })
              return `new Worker(new URL('./${fileName}', import.meta['url'])`
            })
          : code
        return { code: threads.replaceAll(/\bimport\.meta\.url\b/g, JSON.stringify(pathToFileURL(id).href)), map: null }
      },
    },
  }
}

const THREAD = /new Worker\(new URL\('\.\/([\w-]+)\.ts', import\.meta\.url\)/g

/** node:http without the globals of fetch, which importing all its names would load: a tenth of a start. */
function lean() {
  const eager = Object.entries(Object.getOwnPropertyDescriptors(http)).filter(([, { get }]) => get === undefined)
  const names = eager.map(([name]) => name).join(', ')
  return {
    name: 'lean',
    resolveId: { filter: { id: /^(node:)?http$/ }, handler: () => '\0http' },
    load: {
      filter: { id: /^\0http$/ },
      handler: () =>
        `const http = process.getBuiltinModule('node:http')\nexport default http\nexport const { ${names} } = http\n`,
    },
  }
}

/** The group of a module is the first that reaches it without a dynamic import. */
function grouping(root) {
  let sets
  return (id, graph) => {
    sets ??= Object.entries(GROUPS).map(([name, files]) => [
      name,
      reached(
        graph,
        files.map((file) => path.join(root, file)),
      ),
    ])
    return sets.find(([, set]) => set.has(id))?.[0] ?? null
  }
}

function reached(graph, roots) {
  const found = new Set()
  const left = [...roots]
  for (let id = left.pop(); id !== undefined; id = left.pop()) {
    if (found.has(id)) continue
    const module = graph.getModuleInfo(id)
    if (module === null && roots.includes(id)) throw new Error(`expected ${id} in the program: correct GROUPS`)
    found.add(id)
    left.push(...(module?.importedIds ?? []))
  }
  return found
}

/** The files that hold what an agent loads until it is ready. */
const entries = (root, output) =>
  GROUPS.agent.flatMap((source) => {
    const found = output.find(({ facadeModuleId }) => facadeModuleId === path.join(root, source))
    return found === undefined ? [] : [found.fileName]
  })

/** Compiles what an agent loads once, so that the first start finds it compiled. */
function warm(root, dir, agent) {
  const load = ['main.mjs', ...agent].map((name) => pathToFileURL(path.join(dir, name)))
  const text = load.map(({ href }) => `await import(${JSON.stringify(href)})`).join('\n')
  const env = { ...process.env, NODE_COMPILE_CACHE: path.join(root, 'node_modules', '.cache', 'node') }
  execFileSync(process.execPath, ['--no-warnings', '--input-type=module', '--eval', `${text}\nprocess.exit()`], { env })
}

/** A process that still runs loads what it has not loaded yet from the bundle it started from. */
function forget(home, current) {
  const others = readdirSync(home, { withFileTypes: true })
    .filter((one) => one.isDirectory() && one.name !== current)
    .map(({ name }) => ({ name, since: statSync(path.join(home, name)).mtimeMs }))
    .sort((a, b) => b.since - a.since)
  for (const { name } of others.slice(KEPT)) rmSync(path.join(home, name), { recursive: true, force: true })
}

const KEPT = 3

function say(what) {
  process.stderr.write(`bundle: ${what}\n`)
}

if (bundledIn(ROOT).main !== undefined) say('the bundle is fresh')
else if (!(await bundle(ROOT))) say('rolldown is not installed: the program starts from its sources')
