// Lists of what an owner wants nothing of, read against a network.
import { expect, test } from 'vitest'
import { createCore } from '../../../agent/core/core.ts'
import type { Policy } from '../../../agent/core/policy.ts'
import type { Decision } from '../../../agent/domain/liquidation.ts'
import { policyOf } from '../../../agent/runtime/policy.ts'
import { agentConfig } from '../../../config/schema.ts'
import { only, opening, play, ripe, seatOf, setup, takeAll } from '../../support/builders.ts'
import { network as testNetwork, vaultAt } from '../gossip/builders.ts'

const slow = vaultAt('slow', 2)
const network = testNetwork({
  vaults: [vaultAt('fast', 0), { ...slow, engineSource: { kind: 'message', at: slow.vault, courier: slow.mirror } }],
})
const [engine] = network.engines
const [vault] = network.vaults

const read = (policy: Readonly<Record<string, unknown>>): Policy | undefined =>
  policyOf(
    agentConfig.parse({
      ...{ network: 'network.json', keys: { operator: 'key' }, policy },
      chains: [{ id: engine?.chain, rpc: ['http://127.0.0.1:1'] }],
    }).policy,
    network,
  )

const found = (policy: Readonly<Record<string, unknown>>): Record<string, unknown> => {
  const { engines, ways, assets } = read(policy) ?? { engines: new Map(), ways: new Map(), assets: new Map() }
  return { engines: [...engines.keys()], ways: [...ways.keys()], assets: [...assets.keys()] }
}

const nothing = { engines: [], ways: [], assets: [] }

test('without lists everything is bid on', () => {
  expect(read({})).toBeUndefined()
})

test('a vault is refused by name, by what its proofs rest on, and by a word of our own', () => {
  const bySlow = { ...nothing, ways: ['vault-slow:state-proof', 'vault-slow:liquidity-service'] }
  expect(found({ routes: { refuse: ['vault-slow'] } })).toEqual(bySlow)
  expect(found({ routes: { refuse: ['message'] } })).toEqual(bySlow)
  expect(found({ tags: { bridged: ['vault-slow'] }, routes: { refuse: ['bridged'] } })).toEqual(bySlow)
  expect(found({ routes: { allow: ['vault-fast'] } })).toEqual(bySlow)
})

test('claims are kept and never sold where the liquidity service is refused', () => {
  const ways = ['vault-fast:liquidity-service', 'vault-slow:liquidity-service']
  expect(found({ routes: { refuse: ['liquidity-service'] } })).toEqual({ ...nothing, ways })
  expect(found({ routes: { allow: ['state-proof'] } })).toEqual({ ...nothing, ways })
})

test('a chain takes with it the engine on it, or every vault on it', () => {
  expect(found({ chains: { refuse: [engine?.chain] } })).toEqual({ ...nothing, engines: [engine?.chain] })
  const ways = ['fast', 'slow'].flatMap((one) => [`vault-${one}:state-proof`, `vault-${one}:liquidity-service`])
  expect(found({ chains: { allow: ['engine'] } })).toEqual({ ...nothing, ways })
})

test('an asset is refused by symbol or kind, in every vault, and refusing goes before allowing', () => {
  const assets = ['vault-fast:1', 'vault-slow:3']
  expect(found({ assets: { refuse: ['WBTC'] } })).toEqual({ ...nothing, assets })
  expect(found({ assets: { allow: ['ether'] } })).toEqual({ ...nothing, assets })
  expect(found({ assets: { allow: ['WETH', 'WBTC'], refuse: ['bitcoin'] } })).toEqual({ ...nothing, assets })
})

test('the reason names the list, the word and the thing', () => {
  expect(
    read({ tags: { risky: ['message'] }, routes: { refuse: ['risky'] } })?.ways.get('vault-slow:state-proof'),
  ).toBe('policy.routes.refuse has risky: vault-slow by state-proof')
  expect(read({ chains: { allow: [vault?.chain] } })?.engines.get(engine?.chain ?? expect.fail())).toBe(
    `policy.chains.allow has only ${vault?.chain}: not chain ${engine?.chain}`,
  )
})

test.each([
  [
    { routes: { refuse: ['vault-slwo'] } },
    'policy.routes.refuse: nothing in this network is called vault-slwo – did you mean vault-slow?',
  ],
  [{ assets: { allow: ['DOGE'] } }, 'policy.assets.allow: nothing in this network is called DOGE'],
  [{ tags: { far: ['vault-far'] } }, 'policy.tags.far: nothing in this network is called vault-far'],
  [
    { tags: { far: ['vault-slow'] }, assets: { refuse: ['far'] } },
    'policy.assets.refuse: nothing in this network is called far',
  ],
])('a word that means nothing refuses to start: %j', (policy, message) => {
  const failed = (() => {
    try {
      return read(policy)
    } catch (error) {
      return error
    }
  })()
  expect(failed).toMatchObject({ code: 'E_POLICY', remedy: 'fix-config' })
  expect(String(failed)).toContain(message)
})

const decided = (policy: Policy): readonly Decision[] => {
  const core = createCore(setup({ seats: [seatOf(takeAll)], policy }))
  const effects = play(core, opening(2_400, ripe()))
  expect(only(effects, 'submit')).toEqual([])
  return only(effects, 'decided').map(({ decision }) => decision)
}

test('an account with one refused asset is left, and why says which list', () => {
  const why = 'policy.assets.refuse has ether: WETH'
  const assets = new Map([['vault-fast:0', why]])
  const [one, ...more] = decided({ engines: new Map(), ways: new Map(), assets })
  expect([one?.kind, one?.reason, one?.detail, more]).toEqual(['skip', 'policy-refused', why, []])
})
