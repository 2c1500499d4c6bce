#!/usr/bin/env node
// The launcher. Plain JavaScript that any Node can parse: it finds Node 24, starts the program there, and turns what
// comes back into an exit status. Everything that can go wrong before the program runs has its message here.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import module from 'node:module'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const NEEDED = [24, 12]
const CONFIG_ERROR = 4
const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)))

if (isEnough(process.versions.node)) await start()
else relaunch()

/** Runs the program in this process, and its threads with it: from its bundle where there is one, or from its sources. */
async function start() {
  process.env.NODE_COMPILE_CACHE ??= path.join(ROOT, 'node_modules', '.cache', 'node')
  module.enableCompileCache(process.env.NODE_COMPILE_CACHE)
  try {
    const { main } = await import(await entry())
    await main(process.argv.slice(2))
  } catch (error) {
    if (error?.code !== 'ERR_MODULE_NOT_FOUND') throw error
    const [, missing = 'a file'] = /Cannot find (?:package|module) '([^']+)'/.exec(error.message) ?? []
    fail('E_INSTALL', `${missing} is missing: the installation is incomplete`, 'npm ci (and let it finish).')
  }
}

/** The program's first file. An agent that starts slowly although a bundle was made for it says why. */
async function entry() {
  const { bundledIn } = await import('./bundled.js')
  const { main, stale } = bundledIn(ROOT)
  if (stale !== undefined && process.argv[2] === 'run') {
    const notice = {
      type: 'notice',
      code: 'N_BUNDLE',
      message: `the bundle is stale: ${stale}; starting from the sources`,
    }
    const fix = 'npm run bundle'
    const json = process.argv.includes('--json')
    process.stderr.write(json ? `${JSON.stringify({ ...notice, fix })}\n` : `! ${notice.message}\n  fix: ${fix}\n`)
  }
  return main === undefined ? '../agent/cli/main.ts' : pathToFileURL(main).href
}

/** Runs the same command line on the Node that npm installed, and ends as it ends. */
function relaunch() {
  const node = localNode()
  if (node === undefined) {
    const what = `lienmesh needs Node >= ${NEEDED.join('.')}, this is ${process.versions.node}, and node_modules has none`
    return fail('E_NODE', what, 'npm ci (it was interrupted, or ran with --ignore-scripts), or install Node 24.')
  }
  const stdio = ['inherit', 'inherit', 'inherit', 'ipc']
  const child = spawn(node, process.argv.slice(1), { stdio, env: { ...process.env, LIENMESH_NODE: node } })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) =>
    fail('E_NODE', `${node} does not start: ${error.message}`, 'npm ci, or install Node 24.'),
  )
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)))
}

/** The Node of the `node` package next to us, or the one that LIENMESH_NODE names. */
function localNode() {
  const asked = process.env.LIENMESH_NODE
  if (asked !== undefined) return existsSync(asked) && asked !== process.execPath ? asked : undefined
  try {
    const manifest = module.createRequire(import.meta.url)('node/package.json')
    const node = path.join(ROOT, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
    return isEnough(manifest.version) && existsSync(node) ? node : undefined
  } catch {
    return undefined // No such package: the caller says so.
  }
}

function isEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])
}

function fail(code, message, fix) {
  const json = process.argv.includes('--json')
  const line = JSON.stringify({ type: 'error', code, message, fix, exit: CONFIG_ERROR })
  process.stderr.write(json ? `${line}\n` : `✖ ${code} ${message}\n  fix: ${fix}\n`)
  process.exitCode = CONFIG_ERROR
}
