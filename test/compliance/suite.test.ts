import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { checkSuite } from '../../agent/suite/check.ts'
import { loadNetwork, networkJson } from '../../config/network.ts'
import { loadSuite } from '../../config/suite.ts'
import { type Anvil, startAnvil } from '../support/anvil.ts'
import { address } from '../support/builders.ts'
import { root } from '../support/cruise.ts'

/** The first account of every anvil: its key is public. */
const KEY = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'
const folder = mkdtempSync(join(tmpdir(), 'lienmesh-suite-'))
const chains = join(folder, 'chains.yaml')
const out = join(folder, 'network.json')
let anvils: readonly Anvil[] = []

beforeAll(async () => {
  anvils = await Promise.all([41_337, 31_337].map((chainId) => startAnvil({ chainId })))
  writeFileSync(chains, chainsFile(anvils.map(({ url }) => url)))
}, 30_000)

afterAll(async () => {
  await Promise.all(anvils.map((anvil) => anvil.stop()))
  rmSync(folder, { recursive: true, force: true })
})

describe('a suite deployed from a chains file', () => {
  test('goes on where it was killed and reads back as promised', async () => {
    const killed = await deploy(25)
    expect(killed.status).toBe('SIGKILL')
    const done = new Set(killed.steps)
    const resumed = await deploy()
    expect(resumed.status).toBe(0)
    expect(resumed.checked).toEqual({ type: 'checked', ok: expect.any(Number), warn: 0, fail: 0 })
    const again = await deploy()
    expect(again.checked).toEqual(resumed.checked)
    expect(done.size).toBeGreaterThan(20)
    expect(await nonces()).toEqual([resumed.last.get('vaults'), resumed.last.get('engines')])
  }, 240_000)

  test('is found out when its description names a stranger', async () => {
    const network = loadNetwork(out)
    const [first] = network.vaults
    if (first === undefined) throw new Error('no vault was deployed')
    const swapped = { ...network, vaults: [{ ...first, mirror: first.vault }, ...network.vaults.slice(1)] }
    const rows = await checkSuite(loadSuite(chains), swapped)
    expect(wrong(rows)).toContainEqual(['vaults', 'fast vault.mirror()'])
    const moved = join(folder, 'moved.json')
    writeFileSync(moved, networkJson({ ...network, vaults: [{ ...first, vault: address(0xdead) }] }))
    const { status, lines } = await lienmesh(['suite', 'check', moved, '--chains', chains])
    expect(status).toBe(6)
    expect(lines.join('\n')).toContain('no code at 0x')
  }, 60_000)

  test('has the sources that its file asks for, on either side of every route', async () => {
    const [, slow, mixed] = loadNetwork(out).vaults
    expect(slow?.engineSource).toMatchObject({ kind: 'attested', delay: 12 })
    expect(mixed?.engineSource).toMatchObject({
      ...{ kind: 'quorum', needed: 2 },
      of: [
        { kind: 'attested', delay: 30 },
        { kind: 'message' },
        { kind: 'optimistic', window: 3600, bond: 5n * 10n ** 18n, arbiter: { kind: 'attested', delay: 0 } },
      ],
    })
    expect(mixed?.vaultSource).toMatchObject({ kind: 'optimistic', window: 1800, arbiter: { kind: 'op-l1-block' } })
    expect([mixed?.engineWitnesses, mixed?.vaultWitnesses]).toMatchObject([
      [{ kind: 'attested' }],
      [{ kind: 'op-l1-block' }, { kind: 'message' }],
    ])
  })

  test('is found out when a source, a witness, a courier or a limit is another than promised', async () => {
    const [file, network] = [loadSuite(chains), loadNetwork(out)]
    const [fast, slow, mixed] = network.vaults
    if (!fast || !slow || mixed?.engineSource.kind !== 'quorum') throw new Error('no vault was deployed')
    const [first, message] = mixed.engineSource.of
    if (!first || message?.kind !== 'message') throw new Error('the quorum has other members')
    const changed = (change: Partial<typeof mixed>) =>
      checkSuite(file, { ...network, vaults: [fast, slow, { ...mixed, ...change }] }).then(wrong)
    const swapped = { ...mixed.engineSource, of: [first, { ...message, courier: fast.mirror }] }
    expect(await changed({ engineSource: swapped })).toEqual(
      expect.arrayContaining([
        ['vaults', 'mixed engineSource.sources()'],
        ['vaults', 'mixed engineSource 1.courier()'],
        ['engines', 'courier for mixed engineSource'],
      ]),
    )
    expect(await changed({ vaultWitnesses: [fast.vaultSource] })).toContainEqual([
      ...['engines', `mixed mirror.isWitness(${fast.vaultSource.at})`],
    ])
    expect(await changed({ vaultSource: { ...mixed.vaultSource, kind: 'attested', delay: 0 } })).toContainEqual([
      ...['engines', 'mixed vaultSource'],
    ])
    const looser = { ...file, vaults: file.vaults.map((one) => ({ ...one, assets: one.assets.map(loosened) })) }
    const token = fast.assets[0]?.token
    expect(wrong(await checkSuite(looser, network))).toEqual(
      expect.arrayContaining([
        ['vaults', `fast vault.largeDelta(${token})`],
        ['engines', `fast mirror.largeDelta(${token})`],
        ['engines', `fast mirror.creditCap(${token})`],
      ]),
    )
  }, 60_000)

  test('is found out when governance dismissed a module or an attestor', async () => {
    const network = loadNetwork(out)
    const rows = await checkSuite({ ...loadSuite(chains), attestors: [address(0xbad)] }, network)
    expect(rows.filter(({ state }) => state === 'warn')).toHaveLength(2)
    const stricter = { ...loadSuite(chains), threshold: 1 }
    expect(wrong(await checkSuite(stricter, network))).toContainEqual(['vaults', 'fast engineSource.threshold()'])
  }, 60_000)

  test('sends nothing to a chain that is too old for it', async () => {
    const old = await startAnvil({ chainId: 41_337, hardfork: 'prague' })
    onTestFinished(() => old.stop())
    const file = join(folder, 'old.yaml')
    writeFileSync(file, chainsFile([old.url, anvils[1]?.url ?? '']))
    const refused = await lienmesh(['suite', 'deploy', '--chains', file, '--out', join(folder, 'old.json')])
    expect([refused.status, refused.errors.join('')]).toEqual([4, expect.stringContaining('E_CHAIN_EVM')])
    expect(await old.ask('eth_blockNumber')).toBe('0x0')
  }, 60_000)

  test('refuses another file, another key and a key that is not there', async () => {
    const other = join(folder, 'other.yaml')
    writeFileSync(other, readFileSync(chains, 'utf8').replace('threshold: 2', 'threshold: 1'))
    const refused = await lienmesh(['suite', 'deploy', '--chains', other, '--out', out])
    expect([refused.status, refused.errors.join('')]).toEqual([4, expect.stringContaining('E_SUITE_STATE')])
    const keyless = await lienmesh(['suite', 'deploy', '--chains', chains, '--out', out], { SUITE_KEY: '' })
    expect([keyless.status, keyless.errors.join('')]).toEqual([4, expect.stringContaining('E_KEY_FORMAT')])
  }, 60_000)
})

const wrong = (rows: Awaited<ReturnType<typeof checkSuite>>) =>
  rows.filter(({ state }) => state === 'fail').map(({ chain, what }) => [chain, what])

const loosened = (asset: Asset): Asset => ({ ...asset, creditCap: 1n, largeDelta: { above: 1n, wait: 1 } })
type Asset = ReturnType<typeof loadSuite>['vaults'][number]['assets'][number]

const nonces = () =>
  Promise.all(
    anvils.map(async (anvil) => {
      const [deployer] = (await anvil.ask('eth_accounts')) as readonly string[]
      return Number(await anvil.ask('eth_getTransactionCount', deployer, 'latest'))
    }),
  )

type Line = { readonly type: string; readonly chain: string; readonly of: number; readonly step: string }

/** Runs the command; kills it without warning after so many steps. */
async function deploy(killAfter = Number.POSITIVE_INFINITY) {
  const steps: string[] = []
  const last = new Map<string, number>()
  const { status, lines, errors } = await lienmesh(
    ['suite', 'deploy', '--json', '--chains', chains, '--out', out],
    {},
    (text, kill) => {
      const line = JSON.parse(text) as Line
      if (line.type !== 'step') return
      steps.push(`${line.chain} ${line.step} ${steps.length}`)
      last.set(line.chain, line.of)
      if (steps.length >= killAfter) kill()
    },
  )
  return { status, errors, steps, last, checked: JSON.parse(lines.at(-1) ?? '{}') as unknown }
}

async function lienmesh(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  heard: (line: string, kill: () => void) => void = () => {},
) {
  const child = spawn(process.execPath, [join(root, 'bin/lienmesh.js'), ...args], {
    env: { ...process.env, SUITE_KEY: KEY, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [lines, errors]: [string[], string[]] = [[], []]
  createInterface(child.stdout).on('line', (line) => {
    lines.push(line)
    heard(line, () => child.kill('SIGKILL'))
  })
  child.stderr.on('data', (chunk: Buffer) => errors.push(String(chunk)))
  const status = await new Promise<number | string>((resolve) =>
    child.once('close', (code, signal) => resolve(code ?? signal ?? '')),
  )
  return { status, lines, errors }
}

const chainsFile = ([vaults, engines]: readonly string[]) => `
name: rehearsal
governance: { admin: '${address(0xad)}', delay: 86400, guardian: '${address(0x9a)}', treasury: '${address(0x7e)}' }
bonds: { minimum: '1000000000000000000', unbonding: 604800 }
threshold: 2
attestors: ['${address(0xa1)}', '${address(0xa2)}']
publishers: ['${address(0xb1)}', '${address(0xb2)}']
chains:
  - { name: vaults, id: 41337, rpc: '${vaults}', finality: 1, key: { env: SUITE_KEY }, bondToken: test }
  - { name: engines, id: 31337, rpc: '${engines}', finality: 2, key: { env: SUITE_KEY }, bondToken: test }
engines:
  - chain: engines
    cash: test
    cashDecimals: 6
    prices: { quorum: 2, maxAge: 60000, deviation: 1000 }
    initialFactor: 15000
    tradeFee: 5
    auction: { startDiscount: 100, discountPerSecond: 25, maxDiscount: 3000, target: 12000, bondedSeconds: 2, insolventSeconds: 60, dust: '10000000000000000000', reserveSeconds: 5, reserveBond: '1000000000000000000' }
    instruments:
      - { kind: perpetual, markFeed: 0, underlyingFeed: 0, contingency: 100, shock: 800 }
vaults:
${['fast', 'slow'].map((id, i) => vaultOf(id, `engineSource: { kind: attested, delay: ${i * 12} }`)).join('')}${vaultOf('mixed', MIXED)}`

/** Every kind of source on one route, with a witness on either side. */
const MIXED = `engineSource:
      kind: quorum
      needed: 2
      of:
        - { kind: attested, delay: 30 }
        - { kind: message, gateway: test, from: test }
        - { kind: optimistic, window: 3600, bond: '5000000000000000000' }
    vaultSource: { kind: optimistic, window: 1800, bond: '5000000000000000000', arbiter: { kind: op-l1-block } }
    engineWitnesses: [{ kind: attested }]
    vaultWitnesses: [{ kind: op-l1-block }, { kind: message, gateway: test, from: test }]`

const vaultOf = (id: string, sources: string) => `
  - id: ${id}
    chain: vaults
    engine: engines
    ${sources}
    staleAfter: 604800
    exitDelay: 1209600
    creditStaleAfter: 86400
    resetDelay: 86400
    router: '${address(0x10)}'
    dollar: '${address(0x11)}'
    dollarDecimals: 6
    assets:
      - { symbol: WETH, token: test, decimals: 18, feed: 0, haircut: 500, gap: 200, cap: '1000000000000000000000', creditCap: '900000000000000000000', rate: { amount: '100000000000000000000', window: 3600 }, largeDelta: { above: '50000000000000000000', wait: 1800 }, pair: '${address(0x12)}' }
`
