import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Loaded, loadConfig, requireConsent } from '../../../config/load.ts'
import { configFile, healthy } from '../../support/config-file.ts'

type Said = { readonly text?: string; readonly env?: Record<string, string>; readonly flags?: Record<string, string> }

const load = ({ text = healthy, env = {}, flags = {} }: Said): Loaded =>
  loadConfig({ file: configFile(text), env, flags })

/** What an operator reads when the config is refused, with the temporary folder left out. */
function refusal(
  said: Said,
  then: (loaded: Loaded) => void = () => {},
): { readonly code: string; readonly exit: number; readonly message: string } {
  const file = configFile(said.text ?? healthy)
  try {
    then(loadConfig({ file, env: said.env ?? {}, flags: said.flags ?? {} }))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && 'exit' in error)) throw error
    return {
      code: String(error.code),
      exit: Number(error.exit),
      message: error.message.replaceAll(`${dirname(file)}/`, ''),
    }
  }
  throw new Error('nothing was refused')
}

describe('the sources of a config', () => {
  test('are defaults, then the file, then the environment, then flags', () => {
    const text = `${healthy}risk: { maxInFlight: 1 USD, maxShortfall: 1 USD, minNet: 1 USD }\n`
    const env = { LIENMESH_RISK__MAX_SHORTFALL: '2 USD', LIENMESH_RISK__MIN_NET: '2 USD' }
    const { config, origin } = load({ text, env, flags: { 'risk.min-net': '3 USD' } })
    const dollar = 10n ** 18n
    expect(config.risk).toMatchObject({
      maxInFlight: dollar,
      maxShortfall: 2n * dollar,
      minNet: 3n * dollar,
      slippage: 40,
    })
    expect(['risk.slippage', 'risk.maxShortfall', 'risk.minNet'].map(origin)).toEqual([
      'default',
      'LIENMESH_RISK__MAX_SHORTFALL',
      '--risk.min-net',
    ])
    expect(origin('risk.maxInFlight')).toMatch(/agent\.yaml:5:22$/)
  })

  test('give shadow mode, gap-aware and no peers to a config that says nothing about them', () => {
    const { config } = load({})
    expect(config).toMatchObject({
      mode: 'shadow',
      role: 'bidder',
      strategies: [{ use: 'gap-aware', params: {} }],
      p2p: { bootstrap: [] },
    })
  })

  test('name files relative to the config file', () => {
    const file = configFile(`${healthy}strategies: [{ use: ./mine.ts }, { use: first-come }]\n`)
    const { config } = loadConfig({ file, env: {}, flags: {} })
    const folder = dirname(file)
    expect(config.network).toBe(join(folder, 'network.json'))
    expect(config.keys).toEqual({ kind: 'process', file: join(folder, 'operator.key') })
    expect(config.strategies.map((one) => one.use)).toEqual([join(folder, 'mine.ts'), 'first-come'])
  })
})

test('simulated money has a room of its own in the data directory', () => {
  const file = configFile(`${healthy}dataDir: /var/agent\n`)
  const [live, paper] = [{}, { mode: 'paper' }].map((flags) => loadConfig({ file, env: {}, flags }).config.dataDir)
  expect([live, paper]).toEqual(['/var/agent', '/var/agent/paper'])
})

describe('the key of a config', () => {
  const at = '0x00000000000000000000000000000000000000E1'
  const keysOf = (text: string) => load({ text: healthy.replace('{ operator: operator.key }', text) }).config.keys

  test.each([
    ['{ socket: /run/s.sock }', { kind: 'socket', path: '/run/s.sock' }],
    [`{ address: "${at}" }`, { kind: 'watch', address: at }],
    [
      `{ remote: "http://127.0.0.1:9000", address: "${at}" }`,
      { kind: 'remote', url: 'http://127.0.0.1:9000', address: at, dialect: 'web3signer' },
    ],
  ])('is where %s says', (text, source) => {
    expect(keysOf(text)).toEqual(source)
  })

  test('is opened inline only when the config says so', () => {
    expect(keysOf('{ operator: k, password: p, signer: inline }')).toMatchObject({ kind: 'inline' })
    expect(keysOf('{ operator: k, password: "-" }')).toMatchObject({ kind: 'process', password: '-' })
  })

  test.each([
    ['{}', 'keys: names no key: expected operator, socket, remote, or address alone to watch'],
    ['{ operator: k, socket: s }', 'keys: names operator and socket: a key is in one place, keep one of them'],
    [
      `{ operator: k, address: "${at}" }`,
      'keys: names operator and address: a key file says its own address, remove address',
    ],
    ['{ socket: s, password: p }', 'keys: has a password and no operator: name the key file'],
    ['{ remote: "http://127.0.0.1:9000" }', 'keys: names a remote signer and no address: say which of its keys'],
  ])('%s is refused', (text, complaint) => {
    expect(() => keysOf(text)).toThrow(complaint)
  })
})

describe('a bad config is refused with its place', () => {
  test('unknown keys name the nearest known one', () => {
    const text = `${healthy}risk:\n  maxShortfal: 6 USD\nmoed: live\n`
    expect(refusal({ text })).toEqual({
      code: 'E_CONFIG',
      exit: 4,
      message:
        'agent.yaml:6:3 unknown key risk.maxShortfal – did you mean maxShortfall?\n  agent.yaml:7:1 unknown key moed – did you mean mode?',
    })
  })

  test('unknown keys inside a list are found too', () => {
    const text = healthy.replace('rpc:', 'rpcs:')
    expect(refusal({ text }).message).toBe(
      'agent.yaml:4:5 chains.0.rpc is missing\n  agent.yaml:4:18 unknown key chains.0.rpcs – did you mean rpc?',
    )
  })

  test.each([
    ['risk: { maxInFlight: 6000 }', 'agent.yaml:5:22 risk.maxInFlight: "6000" has no unit. Write 6000 USD'],
    [
      'risk: { slippage: 5 USD }',
      'agent.yaml:5:19 risk.slippage: "5 USD" has the unit USD, expected %. Write a ratio such as 5 %',
    ],
    ['provider: { validFor: 6 }', 'agent.yaml:5:23 provider.validFor: "6" has no unit. Write 6s'],
    ['mode: lvie', 'agent.yaml:5:7 mode is shadow or paper or live, found lvie – did you mean live?'],
    ['role: trader', 'agent.yaml:5:7 role is bidder or provider or both, found trader'],
    ['strategies: []', 'agent.yaml:5:13 strategies: Too small: expected array to have >=1 items'],
    ['seed: 1\nseed: 2', 'agent.yaml:6:1 Map keys must be unique'],
    ['risk: [', 'agent.yaml:6:1 Flow sequence in block collection must be sufficiently indented and end with a ]'],
  ])('%s', (line, message) => {
    expect(refusal({ text: `${healthy}${line}\n` })).toEqual({ code: 'E_CONFIG', exit: 4, message })
  })

  test('a missing section is said to be missing', () => {
    expect(refusal({ text: 'network: n.json\n' }).message).toBe(
      'agent.yaml:1:1 keys is missing\n  agent.yaml:1:1 chains is missing',
    )
  })

  test('a bad value of a flag or a variable names the flag or the variable', () => {
    expect(refusal({ flags: { 'risk.slippage': '5' } }).message).toBe(
      '--risk.slippage risk.slippage: "5" has no unit. Write 5 %',
    )
    expect(refusal({ env: { LIENMESH_SEED: 'six' } }).message).toMatch(/^LIENMESH_SEED seed: /)
  })

  test('an unknown variable of ours is a mistake, and foreign ones are not ours', () => {
    const message = 'unknown environment variable LIENMESH_RISK__SLIPPAGEE – did you mean LIENMESH_RISK__SLIPPAGE?'
    expect(refusal({ env: { LIENMESH_RISK__SLIPPAGEE: '5 %' } })).toEqual({ code: 'E_USAGE', exit: 2, message })
    expect(() => load({ env: { PATH: '/bin', LIENMESH_DATA: '/data' } })).not.toThrow()
  })

  test('a file that is not there has a code of its own', () => {
    expect(() => loadConfig({ file: '/nowhere/agent.yaml', env: {}, flags: {} })).toThrow(
      expect.objectContaining({ code: 'E_NO_CONFIG', exit: 4, message: 'cannot read /nowhere/agent.yaml: ENOENT' }),
    )
  })
})

describe('live mode', () => {
  const live = `${healthy}mode: live\n`

  test('needs the file and the flag to agree', () => {
    expect(refusal({ flags: { mode: 'live' } }, requireConsent)).toMatchObject({ code: 'E_LIVE', exit: 4 })
    expect(refusal({ text: live }, requireConsent)).toMatchObject({ code: 'E_LIVE', exit: 4 })
    expect(() => requireConsent(load({ text: live, flags: { mode: 'live' } }))).not.toThrow()
    expect(() => requireConsent(load({ text: live, env: { LIENMESH_MODE: 'live' } }))).not.toThrow()
  })

  test('is left by the flag alone', () => {
    const loaded = load({ text: live, flags: { mode: 'shadow' } })
    expect(() => requireConsent(loaded)).not.toThrow()
    expect(loaded.config.mode).toBe('shadow')
  })
})
