// The floors: who may import whom, and which npm packages a room may use at run time. Each row becomes three rules:
// rooms, packages (types are free), node built-ins. Adapters never import each other.
import { floors } from './config/floors.mjs'

const at = (room) => (room.endsWith('.ts') ? `^${room.replaceAll('.', '\\.')}$` : `^${room}/`)
const installed = (name) => `node_modules/${/[/-]$/.test(name) ? name : `${name}(/|$)`}`
const NPM = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-bundled', 'npm-no-pkg', 'npm-unknown']

const rules = Object.entries(floors).flatMap(([room, { rooms = [], npm = [], types = npm, node = false }]) => {
  // A room within a room, and the one file that is a room, answer to their own row.
  const inner = Object.keys(floors).filter((other) => other.startsWith(`${room}/`))
  const own = room === 'agent/strategy.ts' ? [] : ['^agent/strategy\\.ts$']
  const from = { path: at(room), pathNot: [...own, ...inner.map(at)] }
  const rule = (about, to) => ({ name: `${room}: ${about}`, severity: 'error', from, to })
  const allowed = (names) => (names.length > 0 ? { pathNot: names.map(installed).join('|') } : {})
  return [
    rule('rooms', {
      path: '^(agent|config|strategies|bin|test|contracts)/',
      pathNot: [room, ...rooms].map(at).join('|'),
    }),
    rule('packages', { dependencyTypes: NPM, dependencyTypesNot: ['type-only'], ...allowed(npm) }),
    rule('types', { dependencyTypes: NPM, ...allowed([...npm, ...types]) }),
    ...(node ? [] : [rule('node', { dependencyTypes: ['core'] })]),
  ]
})

export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    ...rules,
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      mainFields: ['module', 'main', 'types'],
      extensions: ['.ts', '.tsx', '.js'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
}
