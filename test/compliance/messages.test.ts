// The twenty likeliest mistakes. Each is made, and what is said names a code, the place and what to change, without a stack.
import { execFileSync } from 'node:child_process'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { getBlockNumber } from 'viem/actions'
import { expect, onTestFinished, test } from 'vitest'
import { openRpc } from '../../agent/adapters/chain/rpc.ts'
import { keyInFile } from '../../agent/adapters/signer/key-file.ts'
import { COST, sealKey } from '../../agent/adapters/signer/keystore.ts'
import { openSqliteJournal } from '../../agent/adapters/store/sqlite-journal.ts'
import { serve } from '../../agent/console/http/server.ts'
import { sentence } from '../../agent/console/view/lines.ts'
import { chainId, instant } from '../../agent/domain/units.ts'
import { sayKilled } from '../../agent/runtime/boxed.ts'
import type { Emit, Fields } from '../../agent/runtime/events.ts'
import { loadStrategy } from '../../agent/runtime/plugins.ts'
import { watchRunway } from '../../agent/runtime/reconcile.ts'
import { createVigil } from '../../agent/runtime/vigil.ts'
import { advised, warnings } from '../../agent/runtime/warnings.ts'
import { agentDirectory, nodeOfChain } from '../support/agent-directory.ts'
import { answered, boxOf, moduleOf } from '../support/boxes.ts'
import { address } from '../support/builders.ts'
import { lienmesh } from '../support/command-line.ts'
import { configFile, healthy, temporaryFolder } from '../support/config-file.ts'
import { desk } from '../support/console-desk.ts'
import { root } from '../support/cruise.ts'
import { refused, type Said, told } from '../support/dispatched.ts'
import { viewWith } from '../support/views.ts'

const CHAIN = chainId(31337)

/** One message as an operator should see it: code, place, fix, at most ten lines, and no stack. */
function expectMessage(
  { err, status }: Said,
  code: string,
  exit: number,
  ...parts: readonly (string | RegExp)[]
): void {
  expect(err).toMatch(new RegExp(`^✖ ${code} .+\\n(  .+\\n)*  fix: .+\\n$`))
  expect(err.split('\n').length).toBeLessThanOrEqual(10)
  expect(err).not.toMatch(/^\s+at /m)
  expect(status).toBe(exit)
  for (const part of parts) expect(err).toMatch(part)
}

/** An alarm as the log has it: its code, where, and its fix. */
function expectAlarm(alarms: readonly Fields[], code: string, place: RegExp): void {
  const found = alarms.find((one) => one['code'] === code)
  expect(found, JSON.stringify(alarms)).toMatchObject({
    detail: expect.stringMatching(place),
    fix: warnings[code]?.fix,
  })
  expect(`${found?.['detail']}`).not.toMatch(/\n/)
}

/** A voice that keeps its alarms, with the advice that the log gives. */
function listening() {
  const alarms: Fields[] = []
  const emit: Emit = advised((event, fields = {}) => void (event === 'alarm' && alarms.push(fields)))
  return { alarms, emit, alarm: (code: string, detail: string) => emit('alarm', { code, detail }) }
}

test('1: an old Node, and none beside the program', async () => {
  const folder = temporaryFolder()
  cpSync(join(root, 'bin'), join(folder, 'bin'), { recursive: true })
  const old = 'Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.20.2"}})'
  const launcher = join(folder, 'bin', 'lienmesh.js')
  const { status, err } = await lienmesh(['--help'], { launcher, node: ['--import', `data:text/javascript,${old}`] })
  expectMessage({ status: status ?? -1, err }, 'E_NODE', 4, /needs Node >= 24\.12, this is 20\.20\.2/, /fix: npm ci/)
})

test('2: no config', async () => {
  const file = join(temporaryFolder(), 'lienmesh.yaml')
  expectMessage(await refused(['run', '--config', file]), 'E_NO_CONFIG', 4, file, /lienmesh init, or try: npm start/)
})

test('3: an unknown key', async () => {
  const file = configFile(`${healthy}risk:\n  maxShortfal: 6 USD\n`)
  const said = await refused(['config', 'check', '--config', file])
  expectMessage(
    said,
    'E_CONFIG',
    4,
    `${file}:6:3 unknown key risk.maxShortfal – did you mean maxShortfall?`,
    /Nothing was started/,
  )
})

test('4: an amount without a unit', async () => {
  const file = configFile(`${healthy}risk: { maxInFlight: 6000 }\n`)
  const said = await refused(['config', 'check', '--config', file])
  expectMessage(said, 'E_CONFIG', 4, `${file}:5:22 risk.maxInFlight: "6000" has no unit. Write 6000 USD`)
})

test('5: an unknown flag, and the one that other programs have', async () => {
  expectMessage(await refused(['run', '--mod', 'live']), 'E_USAGE', 2, /--mod – did you mean --mode\?/, /run --help/)
  const dry = await refused(['run', '--dry-run'])
  expectMessage(dry, 'E_USAGE', 2, /unknown flag --dry-run/, /shadow is the default and never sends/)
})

test('6: a node where nobody listens', async () => {
  const said = await told(() => openRpc({ chain: CHAIN, urls: ['http://127.0.0.1:1'] }))
  expectMessage(said, 'E_RPC_DOWN', 1, /chain 31337 at http:\/\/127\.0\.0\.1:1 does not answer/, /the node runs/)
})

test('7: another chain behind the URL', async () => {
  const url = await nodeOfChain(31338)
  const said = await told(() => openRpc({ chain: CHAIN, urls: [url] }))
  expectMessage(said, 'E_CHAIN_ID', 4, `Expected chain 31337 at ${url}, found chain 31338`, /correct the chain id/)
})

test('8: a node that asks for fewer requests', async () => {
  const { alarms, alarm } = listening()
  let busy = false
  const url = await nodeThat((method) => (busy ? { error: { code: -32_005, message: 'slow down' } } : answerOf(method)))
  const rpc = await openRpc({ chain: CHAIN, urls: [url], alarm })
  onTestFinished(() => rpc.close())
  busy = true
  await rpc.hint((node) => getBlockNumber(node)).catch(() => {})
  expectAlarm(alarms, 'W_RPC_LIMIT', new RegExp(`^${url} on chain 31337 is limited: `))
})

test('9: a head that is old', () => {
  const { alarms, emit } = listening()
  const vigil = createVigil()
  const look = (second: number, tip: bigint): void => {
    for (const one of vigil({ at: instant(1_000 * second), tips: new Map([[CHAIN, tip]]), peers: [] }))
      emit('alarm', one)
  }
  look(0, 7n)
  look(10, 8n)
  look(24, 8n)
  expect(alarms.filter(({ code }) => code === 'W_HEAD_STALE')).toEqual([])
  for (const second of [26, 30, 60]) look(second, 8n)
  expect(alarms.filter(({ code }) => code === 'W_HEAD_STALE')).toHaveLength(1)
  expectAlarm(alarms, 'W_HEAD_STALE', /^chain 31337 stands at block 8 for 16 s \(limit 15 s\)$/)
})

test('10: a wrong password, and a key that others may read', async () => {
  const file = join(temporaryFolder(), 'operator.json')
  writeFileSync(file, await sealKey(`0x${'11'.repeat(32)}`, 'right', COST.light), { mode: 0o600 })
  const wrong = await told(() => keyInFile(file, async () => 'wrong'))
  expectMessage(wrong, 'E_KEY_PASSWORD', 4, `The password does not open ${file}`, /the password this key was made with/)
  const config = agentDirectory({ keyMode: 0o640 })
  const key = config.replace('agent.yaml', 'operator.key')
  const open = await told(() => keyInFile(key, async () => ''))
  expectMessage(open, 'E_KEY_PERMS', 4, `${key} has mode 0640, expected 0600`, `fix: chmod 600 ${key}`)
})

test('11: live without the consent of both file and flag', async () => {
  const said = await refused(['run', '--config', configFile(), '--mode', 'live'])
  expectMessage(said, 'E_LIVE', 4, /--mode live without mode: live in the config file/, /or stay in shadow mode/)
})

test('12: a data directory that another agent uses', async () => {
  const path = join(temporaryFolder(), 'journal.db')
  const first = openSqliteJournal({ path })
  onTestFinished(() => first.close())
  expectMessage(await told(() => openSqliteJournal({ path })), 'E_LOCKED', 4, path)
})

test('13: too little coin for the claims to come', async () => {
  const { alarms, emit } = listening()
  const leaving = new AbortController()
  const looks = [12, 2, 2, 11, 3]
  const runway = async (): Promise<number> => {
    const left = looks.shift() ?? 3
    if (looks.length === 0) leaving.abort()
    return left
  }
  const clock = { now: () => instant(0), sleep: async () => {} }
  const context = { tell: () => {}, emit, clock, signer: { address: address(0xa9) } }
  await watchRunway(context, { chain: CHAIN, runway }, 10, leaving.signal)
  expect(alarms).toHaveLength(2)
  expectAlarm(
    alarms,
    'W_UNDERFUNDED',
    /^our coin on chain 31337 pays for 2 claims, the runway is 10: send coin to 0x0+a9$/,
  )
})

test('14: nobody in the mesh, with the reason', () => {
  const stranger = { id: 'p', address: '', topics: [], mesh: [], score: 0 }
  const cases = [
    [[], /^nobody is connected; going on alone/],
    [[stranger], /^connected to 1 peers, none of this network/],
    [[{ ...stranger, topics: ['price'], score: -5 }], /^1 peers of this network, all of them scored out/],
  ] as const
  for (const [peers, why] of cases) {
    const { alarms, emit } = listening()
    const vigil = createVigil()
    for (const second of [0, 19, 21, 40])
      for (const one of vigil({ at: instant(1_000 * second), tips: new Map(), peers })) emit('alarm', one)
    expect(alarms).toHaveLength(1)
    expectAlarm(alarms, 'W_NO_MESH', why)
  }
})

test('15: a port that is taken', async () => {
  const opening = { desk: desk(), folder: temporaryFolder(), version: '0.0.0' }
  const first = await serve({ ...opening, port: 0 })
  onTestFinished(() => first.close())
  const said = await told(() => serve({ ...opening, port: first.port }))
  expectMessage(said, 'E_PORT', 4, `127.0.0.1:${first.port} is taken`, /--api\.port, or 0/)
})

test('16: a strategy that does not load, with its line', async () => {
  const mine = join(temporaryFolder(), 'mine.ts')
  writeFileSync(mine, 'const a = 1\n\nenum Mode { A }\nexport const strategy = { a, Mode }\n')
  const config = agentDirectory({ more: `strategies: [{ use: ${mine} }]\n` })
  const { status, err } = await lienmesh(['config', 'check', '--config', config])
  expectMessage(
    { status: status ?? -1, err },
    'E_STRATEGY_LOAD',
    4,
    `${mine}:3 does not load: TypeScript enum`,
    /without enums/,
  )
})

test('17: a strategy of another API', async () => {
  const old = join(temporaryFolder(), 'old.js')
  writeFileSync(old, "export const strategy = { name: 'old', apiVersion: 0, params: {}, decide: () => [] }\n")
  const said = await told(() => loadStrategy(old, {}))
  expectMessage(said, 'E_STRATEGY_API', 4, /old needs API 0, this is API 1/, /Install the version/)
})

test('18: a strategy that breaks its bounds', async () => {
  const { alarms, emit } = listening()
  const killed = Promise.withResolvers<void>()
  const ended = (reason: string, disabled: boolean): void => {
    sayKilled(emit, 'calm-maker', reason, disabled)
    killed.resolve()
  }
  const box = boxOf(moduleOf('for (;;);'), { ended })
  onTestFinished(() => box.close())
  await answered(box, viewWith(1))
  await killed.promise
  expectAlarm(
    alarms,
    'W_STRATEGY_KILLED',
    /^calm-maker: it took too long to answer; its decision is dropped, it is started again$/,
  )
})

test('19: a race that was lost, with what it cost', () => {
  const account = '0x5aae000000000000000000000000000000000001'
  const lost = { account, reason: 'AUCTION_OVER', gasCost: '310000000000000' }
  expect(sentence('bid:lost', lost)).toBe('0x5aae…0001 AUCTION_OVER, 0.000310 of coin burnt')
})

// 20, a settlement that is stuck, is made where settlements are made: test/unit/runtime/settle.test.ts holds its code and place.
test('every alarm of the sources has a meaning and a fix', () => {
  const files = execFileSync('git', ['ls-files', 'agent'], { cwd: root, encoding: 'utf8' }).split('\n')
  const sources = files.filter((file) => file.endsWith('.ts') && !/runtime\/warnings\.ts$|swarm\/chaos\//.test(file))
  const codes = sources.flatMap((file) => [...readFileSync(join(root, file), 'utf8').matchAll(/'(W_[A-Z_]+)'/g)])
  const used = new Set(codes.map(([, code]) => code))
  expect(Object.keys(warnings).filter((code) => !used.has(code))).toEqual([])
  expect([...used].filter((code) => code !== undefined && !(code in warnings))).toEqual([])
  expect(Object.values(warnings).every(({ meaning, fix }) => meaning !== '' && fix !== '')).toBe(true)
})

/** A node that answers each method as told. Returns its URL. */
async function nodeThat(answer: (method: string) => object): Promise<string> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const asked = JSON.parse(Buffer.concat(parts).toString())
      const reply = ({ id, method }: { id: number; method: string }) => ({ jsonrpc: '2.0', id, ...answer(method) })
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(Array.isArray(asked) ? asked.map(reply) : reply(asked)))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const place = server.address()
  return `http://127.0.0.1:${typeof place === 'object' ? place?.port : 0}`
}

const answerOf = (method: string) => ({ result: method === 'eth_chainId' ? '0x7a69' : '0x1' })
