// The doctor on a deployed network: silent when all is well, and one line with a remedy for everything that is not.
import { existsSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { type Abi, type Address, encodeFunctionData, type Hex } from 'viem'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { liquidatorExecutorAbi } from '../../agent/adapters/chain/abi/liquidator-executor.ts'
import { openSqliteJournal } from '../../agent/adapters/store/sqlite-journal.ts'
import type { Network } from '../../agent/domain/network.ts'
import { examine, lookAround, standReady } from '../../agent/runtime/doctor/examine.ts'
import type { Finding } from '../../agent/runtime/doctor/finding.ts'
import { examineDisk } from '../../agent/runtime/doctor/machine.ts'
import { examineChain } from '../../agent/runtime/doctor/nodes.ts'
import { journalOwner } from '../../agent/runtime/journal-owner.ts'
import { ownersOf } from '../../agent/swarm/owners.ts'
import { type AgentConfig, type AgentConfigInput, agentConfig } from '../../config/schema.ts'
import { temporaryFolder } from '../support/config-file.ts'
import { type LocalNetwork, startLocalNetwork } from '../support/local-network.ts'

const somebody: Address = '0x00000000000000000000000000000000000000a1'

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

test.each([
  ['plenty', 5_000_000_000, 'ok', undefined],
  ['enough for a day', 500_000_000, 'warn', 'Free a gigabyte before a long run.'],
  ['too little for anything', 63_000_000, 'fail', 'Free at least 64 MB: a full disk stops all commitments.'],
] as const)('a disk with %s', async (_, free, status, fix) => {
  expect(await examineDisk(configOf({}), async () => free)).toMatchObject({ check: 'disk', status, fix })
})

test.each([
  ['half a minute behind the chain refuses good prices', -30, 'fail'],
  ['with the chain is right', 5, 'ok'],
  ['two minutes ahead is worth a look, or the nodes are', 120, 'warn'],
] as const)('a clock %s', async (_, seconds, status) => {
  const [chain] = configOf({}).chains
  if (chain === undefined) throw new Error('no chain')
  const { timestamp } = await local.engine.rpc.request<{ timestamp: Hex }>('eth_getBlockByNumber', ['latest', false])
  const findings = await examineChain(chain, () => (Number(timestamp) + seconds) * 1_000)
  expect(findings.find(({ check }) => check === 'clock')?.status).toBe(status)
})

describe('a journal', () => {
  test('that is not there yet is not made by looking', async () => {
    const dataDir = join(temporaryFolder(), 'data')
    expect(await oneOf({ dataDir }, 'machine', 'journal')).toMatchObject({ status: 'ok' })
    expect(existsSync(join(dataDir, 'journal.db'))).toBe(false)
  })

  test('of this agent opens, one of another network or key is refused', async () => {
    const dataDir = temporaryFolder()
    const { network, seats } = local.deployment
    const owner = journalOwner({ mode: 'shadow' }, network, seats[0]?.operator ?? '0x')
    openSqliteJournal({ path: join(dataDir, 'journal.db'), owner }).close()
    expect(await oneOf({ dataDir }, 'machine', 'journal')).toMatchObject({ status: 'ok' })
    const elsewhere = network.engines.map((engine) => ({ ...engine, engine: somebody }))
    const foreign = await oneOf({ dataDir, network: { ...network, engines: elsewhere } }, 'machine', 'journal')
    expect(foreign).toMatchObject({ status: 'fail', found: expect.stringContaining(`belongs to ${owner}`) })
    const other = await oneOf({ dataDir, key: `0x${'11'.repeat(32)}` }, 'machine', 'journal')
    expect(other).toMatchObject({ status: 'fail', found: expect.stringContaining(`belongs to ${owner}`) })
  })

  test('that an agent holds is worth a look, a damaged one fails', async () => {
    const dataDir = temporaryFolder()
    const held = openSqliteJournal({ path: join(dataDir, 'journal.db') })
    expect(await oneOf({ dataDir }, 'machine', 'journal')).toMatchObject({ status: 'warn' })
    held.close()
    writeFileSync(join(dataDir, 'journal.db'), 'this is no database, but long enough to be taken for one. '.repeat(20))
    expect(await oneOf({ dataDir }, 'machine', 'journal')).toMatchObject({ status: 'fail' })
  })
})

describe('an executor', () => {
  test('that is not in the config, or not on the chain, fails; what it would hold is worth a look', async () => {
    expect(await oneOf({ executor: null }, 'chain 31337', 'executor')).toMatchObject({
      ...{ status: 'fail', found: 'none in the config' },
      fix: expect.stringContaining('lienmesh executor deploy'),
    })
    const found = (await examined({ executor: somebody })).filter(({ area }) => area === 'chain 31337')
    const statusOf = (name: string) => found.find(({ check }) => check === name)
    expect(statusOf('executor')).toMatchObject({ status: 'fail', found: `no contract at ${somebody}` })
    expect(statusOf('capital')).toMatchObject({ status: 'warn', found: '0 USD of engine cash' })
    expect(statusOf('bond')).toMatchObject({ status: 'warn', found: 'not bonded' })
    await expect(
      standReady(
        configOf({ executor: somebody }),
        local.deployment.network,
        local.deployment.seats[0]?.operator ?? '0x',
      ),
    ).rejects.toMatchObject({ code: 'E_NOT_READY' })
  })

  test('that its owner paused is worth a look', async () => {
    await byOwner('pause')
    onTestFinished(() => byOwner('unpause'))
    expect(await oneOf({ seat: 1 }, 'chain 31337', 'executor')).toMatchObject({
      ...{ status: 'warn', fix: 'Let its owner call unpause.' },
      found: expect.stringContaining('is paused'),
    })
  })

  test('whose cap on chain is below the smallest trade fails', async () => {
    await byOwner('setHourlyCap', 10n * 10n ** 18n)
    expect(await oneOf({ seat: 1 }, 'chain 31337', 'limits')).toMatchObject({
      ...{ status: 'fail', found: 'an hourly cap of 10 USD is below the smallest trade, 50 USD' },
      fix: 'Raise it: lienmesh executor deploy --cap.',
    })
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

describe('contracts that do not name each other', () => {
  test.each(['auction', 'creditLines', 'riskParameters', 'insuranceFund', 'registry', 'cash'] as const)(
    'are found when the description has another %s',
    async (part) => {
      const { network } = local.deployment
      const engines = network.engines.map((engine) => ({ ...engine, [part]: engine.priceBook }))
      const finding = await oneOf({ network: { ...network, engines } }, 'chain 31337', `engine ${engines[0]?.name}`)
      expect(finding?.status).toBe('fail')
    },
  )

  test.each([
    ['mirror', 'chain 41337', 'vault', { mirror: somebody }],
    ['engineSource', 'chain 41337', 'vault', { engineSource: { kind: 'attested', at: somebody, delay: 0 } }],
    ['vault', 'chain 31337', 'mirror of', { vault: somebody }],
    ['vaultSource', 'chain 31337', 'mirror of', { vaultSource: { kind: 'attested', at: somebody, delay: 0 } }],
  ] as const)('are found when the description has another %s', async (_, area, of, changed) => {
    const { network } = local.deployment
    const [first] = network.vaults
    if (first === undefined) throw new Error('the scenario has no vault')
    const vaults = [{ ...first, ...changed }]
    const finding = await oneOf({ network: { ...network, vaults } }, area, `${of} ${first.id}`)
    expect(finding).toMatchObject({ status: 'fail', found: expect.stringContaining(`expected ${somebody}`) })
  })
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

test('a live agent looks around while it starts, by its own clock, and at no contract', async () => {
  const findings: Finding[] = []
  for await (const one of lookAround(configOf({ bootstrap: ['/ip4/127.0.0.1/tcp/1'] }), () => 0)) findings.push(one)
  expect(findings.map(({ check, status }) => `${check} ${status}`)).toEqual([
    'disk ok',
    ...[local.engine, local.vault].flatMap(({ url }) => [`${url} ok`, 'clock fail']),
    'peers warn',
  ])
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

/** Something that only the owner of the second seat's executor may do. */
async function byOwner(functionName: 'pause' | 'unpause' | 'setHourlyCap', ...args: readonly bigint[]): Promise<void> {
  const { owner: from } = await ownersOf(local.engine)
  const data = encodeFunctionData({ abi: liquidatorExecutorAbi as Abi, functionName, args })
  const to = local.deployment.seats[1]?.executor
  const fees = { gas: '0x1e8480', maxFeePerGas: '0x77359400', maxPriorityFeePerGas: '0x77359400' }
  const hash = await local.engine.rpc.request('eth_sendTransaction', [{ from, to, data, ...fees }])
  const receipt = () => local.engine.rpc.request<{ status: Hex } | null>('eth_getTransactionReceipt', [hash])
  await expect.poll(receipt, { timeout: 20_000 }).toMatchObject({ status: '0x1' })
}

type Case = {
  /** Whose key and executor; the first one's by default. */
  readonly seat?: number
  /** Null where the config names none. */
  readonly executor?: Address | null
  readonly dataDir?: string
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

function configOf({
  key,
  keys,
  chains = {},
  bootstrap = [],
  maxBid = '1000000 USD',
  risk = {},
  ...given
}: Case): AgentConfig {
  const folder = temporaryFolder()
  const seat = local.deployment.seats[given.seat ?? 0]
  if (!seat) throw new Error('nobody sits in this scenario')
  const operator = join(folder, 'operator.key')
  writeFileSync(operator, key ?? seat.key, { mode: 0o600 })
  const executor = given.executor === undefined ? seat.executor : given.executor
  const entry = (id: number, url: string) => ({
    ...{ id, rpc: [...(chains[id] ?? [url])] },
    ...(executor === null ? {} : { executor }),
  })
  const written: AgentConfigInput = {
    network: 'network.json',
    dataDir: given.dataDir ?? join(folder, 'data'),
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
