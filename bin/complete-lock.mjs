// Completes package-lock.json with the optional packages of every platform, by name and version.
//
// npm leaves a platform's package out of the lock when the registry it installed from does not offer it, and then
// `npm ci` refuses that lock on every machine (`Missing: ... from lock file`). Run after every install:
// `npm run lock:complete`; `--check` only says whether something is missing.
import { readFileSync, writeFileSync } from 'node:fs'

const FILE = 'package-lock.json'
const CPUS = {
  amd64: 'x64',
  x64: 'x64',
  arm64: 'arm64',
  ia32: 'ia32',
  arm: 'arm',
  ppc64: 'ppc64',
  s390x: 's390x',
  riscv64: 'riscv64',
}

const lock = JSON.parse(readFileSync(FILE, 'utf8'))
const missing = Object.entries(lock.packages).flatMap(([path, owner]) => absent(path, owner))
if (process.argv.includes('--check')) check()
else complete()

/** Optional packages that an entry names and the lock does not hold. */
function absent(path, owner) {
  return Object.entries(owner.optionalDependencies ?? {})
    .filter(([name]) => !places(path, name).some((place) => place in lock.packages))
    .map(([name, range]) => [`node_modules/${name}`, entry(owner, name, range)])
}

/** Where Node would look for a package that `path` asks for, nearest first. */
function places(path, name) {
  const above = path.lastIndexOf('/node_modules/')
  const here = path === '' ? `node_modules/${name}` : `${path}/node_modules/${name}`
  if (path === '') return [here]
  return [here, ...places(above === -1 ? '' : path.slice(0, above), name)]
}

function entry(owner, name, range) {
  const os = /darwin|linux|win32|android|freebsd|openbsd|netbsd|sunos|aix|openharmony/.exec(name)?.[0]
  const cpu = CPUS[/amd64|x64|arm64|ia32|ppc64|s390x|riscv64|arm/.exec(name)?.[0]]
  return {
    version: range.replace(/^[\^~]/, ''),
    ...(cpu === undefined ? {} : { cpu: [cpu] }),
    ...(owner.dev ? { dev: true } : {}),
    optional: true,
    ...(os === undefined ? {} : { os: [os] }),
  }
}

function complete() {
  for (const [path, value] of missing) lock.packages[path] = value
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)))
  if (missing.length > 0) writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`)
  process.stdout.write(`lock: ${missing.length} optional packages added\n`)
}

function check() {
  process.stdout.write(`lock: ${missing.length} optional packages missing\n`)
  process.exitCode = missing.length > 0 ? 1 : 0
}
