// A packaged strategy is a stranger: what it may not reach, and what it cannot break. F21 to F24 of the fault matrix.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BUDGET } from '../../agent/runtime/box/box.ts'
import { answered, boxOf, moduleOf } from '../support/boxes.ts'
import { viewWith } from '../support/views.ts'

/** Each is worth something to a thief; evaluated in the box, where it must throw or be worth nothing. */
const PROBES: readonly string[] = [
  // Files
  "process.getBuiltinModule('fs').readFileSync('/etc/passwd', 'utf8')",
  "require('fs').readFileSync('/etc/passwd', 'utf8')",
  "module.require('fs')",
  "process.binding('fs')",
  "import('node:fs')",
  '(0, eval)("import(\'node:fs\')")',
  'new Function("return import(\'node:fs\')")()',
  // The network
  "fetch('http://127.0.0.1:1')",
  'new XMLHttpRequest()',
  "new WebSocket('ws://127.0.0.1:1')",
  "new EventSource('http://127.0.0.1:1')",
  "require('net').connect(1)",
  "process.getBuiltinModule('dgram').createSocket('udp4')",
  // Processes, threads, native code
  "require('child_process').execSync('id')",
  "process.getBuiltinModule('child_process').spawnSync('id')",
  "new (require('worker_threads').Worker)('1', { eval: true })",
  "new Worker('data:text/javascript,1')",
  "process.dlopen({ exports: {} }, '/x.node')",
  "process.getBuiltinModule('inspector').open(0)",
  "new (require('wasi').WASI)({ version: 'preview1' })",
  'new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]))',
  // Its parent, its environment, its end
  'process.kill(process.ppid, 0)',
  'process.exit(0)',
  'process.env',
  'process.argv',
  'process.mainModule',
  'process.stdout.write',
  'globalThis.process',
  // Constructors that lead outside
  "Function('return process')()",
  "(function () {}).constructor('return process')()",
  "(async () => {}).constructor('return process')()",
  "(function* () {}).constructor('return process')().next().value",
  "(async function* () {}).constructor('return process')()",
  "z.string.constructor('return process')()",
  "after.constructor('return process')()",
  "view.random.constructor('return process')()",
  "quote.constructor.constructor('return process')()",
  "view.constructor.constructor('return process')()",
  "globalThis.constructor.constructor('return process')()",
  "new z.core.Doc(['x']).compile()('return process')",
  "(() => { const doc = new z.core.Doc([]); doc.write('return process'); return doc.compile()() })()",
  "z.globalRegistry.constructor.constructor('return process')()",
  '(function () { return this })()?.process',
  'new Compartment({}).globalThis.process',
  "new Compartment({}).evaluate('process')",
  '(function f() { return f.caller })()',
  '(function () { return arguments.callee.caller })()',
  // Stacks
  'new Error().stack[0].getThis()',
  '(() => { Error.prepareStackTrace = (_, frames) => frames[0].getThis(); return new Error().stack.process })()',
  '(() => { const it = {}; Error.captureStackTrace(it); return it.stack[0].getFunction() })()',
  // Prototypes that others use
  '(() => { Object.prototype.owned = 1; return ({}).owned })()',
  '(() => { ({}).__proto__.owned = 1; return ({}).owned })()',
  "Object.defineProperty(Object.prototype, 'owned', { value: 1 }) && ({}).owned",
  '(() => { Array.prototype.push = () => 1; return [].push !== undefined && [].push() === 1 })()',
  '(() => { Function.prototype.call = () => 1; return (() => 2).call() === 1 })()',
  "(() => { JSON.stringify = () => 'owned'; return JSON.stringify({}) === 'owned' && delete JSON.stringify && 0 })()",
  '(() => { quote.net = 0n; return quote.net === 0n })()',
  // Clocks and chance: with them, nothing could be decided again
  'Date.now()',
  'new Date().getTime()',
  'Date()',
  'performance.now()',
  'new Intl.DateTimeFormat().format()',
  'Math.random()',
  'crypto.getRandomValues(new Uint8Array(1))[0] + 1',
  'Atomics.wait(new Int32Array(new SharedArrayBuffer(8)), 0, 0, 1)',
  'new SharedArrayBuffer(8)',
  // Work behind everybody's back
  'setTimeout(() => {}, 0)',
  'setInterval(() => {}, 1)',
  'setImmediate(() => {})',
  'queueMicrotask(() => {})',
]

const TRYING = `return view.candidates.map(({ quotes }, i) => {
  const [quote] = quotes
  try {
    const found = new Function('view', 'quote', 'z', 'after', 'return ' + PROBES[i])(view, quote, z, after)
    return { kind: 'skip', quote, reason: found ? 'got ' + typeof found : 'nothing' }
  } catch (error) {
    return { kind: 'skip', quote, reason: 'denied' }
  }
})`

describe('a package in its box (F23)', () => {
  test(`is denied all of ${PROBES.length} ways out`, async () => {
    expect(PROBES.length).toBeGreaterThanOrEqual(60)
    // SES refuses a module that holds the very letters of an import: the box is to refuse more than letters.
    const text = JSON.stringify(PROBES).replaceAll('import(', 'IMPORT(')
    const box = boxOf(
      moduleOf(TRYING, `const PROBES = ${text}.map((one) => one.replaceAll('IMPORT(', 'import' + '('))`),
    )
    await box.ready
    const heard = await answered(box, viewWith(PROBES.length))
    box.close()
    const got =
      'said' in heard ? heard.said.flatMap(([, nth, , , reason]) => (/^got/.test(reason) ? [PROBES[nth]] : [])) : heard
    expect(got).toEqual([])
    expect('said' in heard && heard.said.length).toBe(PROBES.length)
  })

  test('does not even open when its module does at once what it may not', async () => {
    const box = boxOf(moduleOf('return []', 'process.exit(0)'))
    await expect(box.ready).rejects.toThrow('undefined')
    box.close()
  })
})

/** What a strategy does instead of deciding. Those that hurt are killed, the others only fail; then it answers again. */
const BOMBS: Readonly<Record<string, string>> = {
  loops: 'for (;;);',
  'loops in a generator': 'for (const _ of (function* () { for (;;) yield 1 })());',
  'loops in a sort': '[3, 2, 1].sort(() => { for (;;); })',
  'backtracks without end': "/^(a+)+$/.test('a'.repeat(60) + 'b')",
  'raises to a power': 'return 3n ** 200_000_000n',
  recurses: 'const f = () => f() + 1; f()',
  'nests without end': 'let a = []; for (let i = 0; i < 1e5; i++) a = [a]; return a',
  'answers without end': 'return new Proxy([], { get: (t, k) => (k === "length" ? 4294967295 : { kind: "skip" }) })',
  'answers a getter that loops': 'return [{ get kind() { for (;;); } }]',
  'gives a reason that loops': "return [{ kind: 'skip', quote: best, reason: { toString() { for (;;); } } }]",
  'waits for promises that wait': 'const f = () => Promise.resolve().then(f); f(); return []',
  'answers a symbol': "return [{ kind: Symbol('take'), quote: best, reason: 'x' }]",
  'throws what throws': 'throw { get message() { throw this }, toString() { throw this } }',
  'revokes what it answers': 'const { proxy, revoke } = Proxy.revocable([], {}); revoke(); return proxy',
}

/** Memory, with time enough to take it. */
const HOARDS: Readonly<Record<string, string>> = {
  'fills the heap with objects': 'const a = []; for (;;) a.push({ a })',
  'fills the heap with arrays': 'const a = []; for (;;) a.push(new Array(1000).fill({}))',
  'fills memory with buffers': 'const a = []; for (;;) a.push(new Uint8Array(1 << 20).fill(1))',
  'fills memory with text': "const a = []; for (let i = 0; ; i++) a.push((i + 'x').repeat(1_000).split(''))",
  'fills a map': 'const m = new Map(); for (let i = 0; ; i++) m.set(i, String(i))',
  'shifts without end': 'const a = []; for (let n = 1n; ; n++) a.push(n << 1_000_000n)',
  'gives a reason of half a gigabyte':
    "return [{ kind: 'skip', quote: best, reason: 'xy'.repeat(250_000_000).split('') }]",
}

const view = viewWith(1)
const rival = { bidder: '0x1111111111111111111111111111111111111111', at: view.now, discount: undefined } as const

/** A box whose strategy does the nth of them when it sees so many rivals, and its work when it sees none. */
function misbehaving(bodies: readonly string[], time: number) {
  const cases = bodies.map((body, nth) => `if (rivals === ${nth + 1}) { ${body} }`)
  const module = moduleOf(`const rivals = view.rivals.length, best = view.candidates[0].quotes[0]
    ${cases.join('\n    ')}
    return [{ kind: 'take', quote: best, reason: rivals === 0 ? 'well' : 'nothing happened' }]`)
  return boxOf(module, { budget: { ...BUDGET, time } })
}

describe.each([
  ['that takes time', BOMBS, BUDGET.time, ['it took too long to answer']],
  ['that takes memory', HOARDS, 20_000, ['it ended by itself', 'it took more than 96 MB']],
])('a package %s', (_, bombs, time, ends) => {
  let box: ReturnType<typeof misbehaving>
  beforeAll(async () => {
    box = misbehaving(Object.values(bombs), time)
    await box.ready
  })
  afterAll(() => box.close())

  test.each(Object.keys(bombs))('and %s stops neither us nor itself for long', async (name) => {
    const nth = Object.keys(bombs).indexOf(name)
    await answered(box, { ...view, rivals: Array.from({ length: nth + 1 }, () => rival) })
    const heard = await answered(box, view)
    expect('said' in heard && heard.said.map(([, , , , reason]) => reason)).toEqual(['well'])
  })

  test('was killed for that and for nothing else (F21, F22)', () => {
    expect([...new Set(box.ends)].sort()).toEqual(ends)
  })
})

test('a third death within an hour is the last (F21)', async () => {
  const box = boxOf(moduleOf('for (;;);'), { now: () => 0 })
  await box.ready
  for (let i = 0; i < 3; i++) await answered(box, viewWith(1))
  expect(await answered(box, viewWith(1))).toEqual({ failed: 'it was killed too often and is not asked again' })
  expect(box.ends.at(-1)).toBe('it took too long to answer, for good')
})
