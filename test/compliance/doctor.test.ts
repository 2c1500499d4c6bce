// The doctor on a deployed network: silent when all is well, and one line with a remedy for everything that is not.
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import type { Network } from '../../agent/domain/network.ts'
import { examine, standReady } from '../../agent/runtime/doctor/examine.ts'
import type { Finding } from '../../agent/runtime/doctor/finding.ts'
import { type AgentConfig, type AgentConfigInput, agentConfig } from '../../config/schema.ts'
import { temporaryFolder } from '../support/config-file.ts'
import { type LocalNetwork, startLocalNetwork } from '../support/local-network.ts'

let local: LocalNetwork
beforeAll(async () => {
  local = await startLocalNetwork()
}, 60_000)
afterAll(() => local.stop())

test('a healthy agent is told so, check by check', async () => {
  const findings = await examined({})
  expect(findings.filter(({ status }) => status === 'fail')).toEqual([])
  expect(findings.map(({ area, check }) => `${area} ${check}`)).toEqual(
    expect.arrayContaining(['machine key', 'chain 31337 executor', 'chain 31337 capital', 'chain 41337 gas']),
  )
})

test('the key of somebody else is not obeyed', async () => {
  const finding = await oneOf({ key: `0x${'11'.repeat(32)}` }, 'chain 31337', 'executor')
  expect(finding).toMatchObject({ status: 'fail', found: expect.stringContaining('does not obey') })
  expect(finding?.fix).toContain('setOperator')
})

test('an executor that may not carry evidence to the registry is told how to be allowed', async () => {
  const finding = await oneOf({}, 'chain 31337', 'slashing')
  expect(finding).toMatchObject({ status: 'ok', found: 'may carry evidence to the registry of attestors' })
  const [engine] = local.deployment.network.engines
  if (!engine) throw new Error('no engine')
  const unruled = { ...engine, registry: engine.auction }
  const refused = await oneOf(
    { network: { ...local.deployment.network, engines: [unruled] } },
    'chain 31337',
    'slashing',
  )
  expect(refused).toMatchObject({ status: 'warn', answered: true })
  expect(refused?.found).toContain('may not call AgentRegistry.slashEquivocation')
  expect(refused?.fix).toMatch(/^Run lienmesh executor deploy again/)
})

test('a bid below the smallest trade is no limit but a mistake', async () => {
  const finding = await oneOf({ maxBid: '10 USD' }, 'chain 31337', 'limits')
  expect(finding).toMatchObject({ status: 'fail', fix: 'Raise capital.maxBid.' })
  expect(finding?.found).toBe('capital.maxBid of 10 USD is below the smallest trade, 50 USD')
})

test('no more is a limit that leaves room for no bid', async () => {
  const finding = await oneOf({ risk: { maxInFlight: '49 USD' } }, 'chain 31337', 'limits')
  expect(finding).toMatchObject({ status: 'fail', fix: 'Raise risk.maxInFlight.' })
  const group = await oneOf({ risk: { caps: { group: '49 USD' } } }, 'chain 31337', 'limits')
  expect(group?.found).toBe('risk.caps.group of 49 USD is below the smallest trade, 50 USD')
})

test('a key without native coin has no runway', async () => {
  const finding = await oneOf({ key: `0x${'11'.repeat(32)}` }, 'chain 41337', 'gas')
  expect(finding).toMatchObject({ status: 'fail', found: expect.stringContaining('0 transactions') })
})

test('a key inside the agent is worth a look, one in a process of its own is not', async () => {
  expect(await oneOf({}, 'machine', 'signer')).toMatchObject({
    status: 'warn',
    found: 'the agent itself holds the key',
  })
  const operator = join(temporaryFolder(), 'operator.key')
  writeFileSync(operator, local.deployment.seats[0]?.key ?? '', { mode: 0o600 })
  expect(await oneOf({ keys: { operator } }, 'machine', 'signer')).toMatchObject({
    status: 'ok',
    found: 'a process of its own signs, within the policy of this config',
  })
})

test('an address without a key is examined like any other, and told that it only watches', async () => {
  const address = local.deployment.seats[0]?.operator ?? '0x'
  const findings = await examined({ keys: { address } })
  expect(findings.filter(({ status }) => status === 'fail')).toEqual([])
  expect(findings.find(({ check }) => check === 'signer')?.found).toBe('none: this agent only watches')
  expect(findings.find(({ check }) => check === 'executor')?.found).toContain('obeys this key')
})

test('a key file that others can read, and a signer that is not there, are named with their fix', async () => {
  const operator = join(temporaryFolder(), 'operator.key')
  writeFileSync(operator, local.deployment.seats[0]?.key ?? '', { mode: 0o644 })
  expect(await oneOf({ keys: { operator } }, 'machine', 'key')).toMatchObject({
    status: 'fail',
    fix: `chmod 600 ${operator}`,
  })
  const socket = join(temporaryFolder(), 'none.sock')
  expect(await oneOf({ keys: { socket } }, 'machine', 'signer')).toMatchObject({
    status: 'fail',
    found: `The signer at ${socket} does not answer: nothing is signed and nothing new is committed.`,
  })
})

test('a node of another chain is named', async () => {
  const finding = await oneOf({ chains: { 41337: [local.engine.url] } }, 'chain 41337', local.engine.url)
  expect(finding).toMatchObject({ status: 'fail', found: 'serves chain 31337' })
})

test('a description of another deployment points into the void', async () => {
  const [engine] = local.deployment.network.engines
  if (!engine) throw new Error('no engine')
  const elsewhere = { ...engine, priceBook: '0x00000000000000000000000000000000000000a1' } as const
  const network = { ...local.deployment.network, engines: [elsewhere] }
  const found = (await examined({ network })).filter(({ status }) => status === 'fail').map(({ check }) => check)
  expect(found).toEqual(['contracts', `engine ${engine.name}`])
})

test('two nodes that tell different stories are told apart', async () => {
  const liar = await forkOf(local.vault.url)
  const finding = await oneOf({ chains: { 41337: [local.vault.url, liar] } }, 'chain 41337', 'agreement')
  expect(finding).toMatchObject({ status: 'fail', found: expect.stringContaining('differs') })
})

test('a vault whose roots are paused, and a peer that is gone, are worth a look', async () => {
  const vault = local.deployment.network.vaults[0]?.id ?? ''
  await local.guard(vault, 'pause')
  onTestFinished(() => local.guard(vault, 'unpause'))
  const findings = await examined({ bootstrap: ['/ip4/127.0.0.1/tcp/1'] })
  expect(findings.find(({ check }) => check === `roots for ${vault}`)?.status).toBe('warn')
  expect(findings.find(({ check }) => check === 'peers')).toMatchObject({
    status: 'warn',
    found: '0 of 1 bootstrap peers listen; silent: /ip4/127.0.0.1/tcp/1',
  })
})

test('a live agent starts only when every bid could succeed', async () => {
  const [config, { network, seats }] = [configOf({}), local.deployment]
  const operator = seats[0]?.operator ?? '0x'
  expect((await standReady(config, network, operator)).filter(({ status }) => status === 'fail')).toEqual([])
  const stranger = '0x00000000000000000000000000000000000000a1'
  await expect(standReady(config, network, stranger)).rejects.toMatchObject({ code: 'E_NOT_READY', exit: 4 })
})

test('one endpoint that does not answer stops no live agent, two of three do', async () => {
  const { network, seats } = local.deployment
  const operator = seats[0]?.operator ?? '0x'
  const gone = 'http://127.0.0.1:1'
  const { url } = local.engine
  const most = configOf({ chains: { 31337: [gone, url, url] } })
  expect((await standReady(most, network, operator)).filter(({ status }) => status === 'fail')).toEqual([])
  const few = configOf({ chains: { 31337: [gone, gone, url] } })
  await expect(standReady(few, network, operator)).rejects.toMatchObject({ code: 'E_NOT_READY' })
})

type Case = {
  readonly keys?: AgentConfigInput['keys']
  readonly key?: string
  readonly network?: Network
  readonly chains?: Readonly<Record<number, readonly string[]>>
  readonly bootstrap?: readonly string[]
  readonly maxBid?: string
  readonly risk?: AgentConfigInput['risk']
}

async function examined(given: Case): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  for await (const one of examine(configOf(given), given.network ?? local.deployment.network)) findings.push(one)
  return findings
}

const oneOf = async (given: Case, area: string, check: string): Promise<Finding | undefined> =>
  (await examined(given)).find((one) => one.area === area && one.check === check)

function configOf({ key, keys, chains = {}, bootstrap = [], maxBid = '1000000 USD', risk = {} }: Case): AgentConfig {
  const folder = temporaryFolder()
  const [seat] = local.deployment.seats
  if (!seat) throw new Error('nobody sits in this scenario')
  const operator = join(folder, 'operator.key')
  writeFileSync(operator, key ?? seat.key, { mode: 0o600 })
  const entry = (id: number, url: string) => ({ id, rpc: [...(chains[id] ?? [url])], executor: seat.executor })
  const written: AgentConfigInput = {
    network: 'network.json',
    dataDir: join(folder, 'data'),
    keys: keys ?? { operator, signer: 'inline' },
    chains: [entry(31_337, local.engine.url), entry(41_337, local.vault.url)],
    capital: { maxBid },
    risk,
    p2p: { bootstrap: [...bootstrap] },
  }
  return agentConfig.parse(written)
}

/** A node that answers like another one, but gives every block another hash. */
async function forkOf(url: string): Promise<string> {
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part)
    const answer = await fetch(url, { method: 'POST', body: Buffer.concat(parts), headers: JSON_BODY })
    const body = (await answer.text()).replace(/"hash":"0x[0-9a-f]{8}/, '"hash":"0xdeadbeef')
    response.setHeader('content-type', 'application/json').end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return `http://127.0.0.1:${address.port}`
}

const JSON_BODY = { 'content-type': 'application/json' }
