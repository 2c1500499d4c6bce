// How much may be on its way: in one settlement, over one route, in one group of assets; and the gas to bring it home.
import { expect, test } from 'vitest'
import { createCore, type Effect, type Input } from '../../../agent/core/core.ts'
import type { Setup } from '../../../agent/core/setup.ts'
import { wad } from '../../../agent/domain/units.ts'
import {
  address,
  anchor,
  engineTerms,
  hash,
  only,
  opening,
  play,
  ripe,
  START,
  seatOf,
  secondsIn,
  setup,
  takeAll,
  usd,
  VAULT_CHAIN,
  WETH,
} from '../../support/builders.ts'

const ALL = { settlement: usd(1e9), route: usd(1e9), group: usd(1e9) }
const outlays = (effects: readonly Effect[]): readonly bigint[] =>
  only(effects, 'submit').map(({ intent }) => intent.quote.outlay)
const details = (effects: readonly Effect[]): readonly string[] =>
  only(effects, 'decided').map(({ decision }) => `${decision.reason}: ${decision.detail}`)

/** What an agent with these caps does about one ripe account, after what it was told before. */
function offered(caps: Partial<Setup['risk']['caps']>, before: readonly Input[] = [], over: Partial<Setup> = {}) {
  const base = setup()
  const core = createCore(
    setup({ seats: [seatOf(takeAll)], risk: { ...base.risk, caps: { ...ALL, ...caps } }, ...over }),
  )
  const [held, ...first] = [...opening(2_400, ripe())].reverse()
  return { core, effects: play(core, [...first.reverse(), ...before, ...(held ? [held] : [])]) }
}

/** A claim of ours on WETH that is on its way from a vault; its debt is its value. */
const carried = (vault: 'vault-fast' | 'vault-slow', ether: number): Input => ({
  at: START,
  kind: 'claim-opened',
  claim: {
    ...{ intent: hash(7), vault, collateral: vault === 'vault-fast' ? 0 : 2, asset: WETH },
    ...{ amount: BigInt(ether) * 10n ** 18n, openedAt: START, openedIn: anchor(1n) },
  },
})

const [whole = 0n] = outlays(offered({}).effects)

test('a settlement is made as small as its cap', () => {
  const [outlay = 0n] = outlays(offered({ settlement: wad(whole / 2n) }).effects)
  expect([outlay > (whole * 4n) / 10n, outlay <= whole / 2n]).toEqual([true, true])
})

test('a route and a group of assets take what their caps leave, whatever is on its way elsewhere', () => {
  const [half = 0n] = outlays(offered({ route: wad(usd(4_800) + whole / 2n) }, [carried('vault-fast', 2)]).effects)
  expect([half > 0n, half <= whole / 2n + usd(1)]).toEqual([true, true])
  expect(outlays(offered({ route: wad(whole + usd(1)) }, [carried('vault-slow', 2)]).effects)).toEqual([whole])
  const group = offered({ group: wad(whole + usd(1)) }, [carried('vault-slow', 2)])
  expect(outlays(group.effects)[0]).toBeLessThan(whole)
})

test('nothing is bid past a cap that leaves no room, and the refusal names it', () => {
  const full = offered({ route: usd(4_800) }, [carried('vault-fast', 2)])
  expect([outlays(full.effects), details(full.effects)]).toEqual([
    [],
    ['route-limit: outlay on route vault-fast would pass its limit of $4800'],
  ])
  const group = offered({ group: usd(4_800) }, [carried('vault-slow', 2)])
  expect(details(group.effects)).toEqual(['asset-limit: outlay in ether would pass its limit of $4800'])
  const single = offered({ settlement: usd(1) })
  expect(details(single.effects)).toEqual(['settlement-limit: outlay of one settlement would pass its limit of $1'])
})

const gas = { bid: usd(0.5), claim: usd(0.5), nativeFeed: 0, runway: 5 }
const coin = (claims: number): Input => ({ at: START, kind: 'runway', chain: VAULT_CHAIN, claims })

test('a claim whose way home is not paid for is not bought', () => {
  expect(details(offered({}, [], { gas }).effects)).toEqual(['gas-runway: our coin on chain 31337 is not known yet'])
  expect(details(offered({}, [coin(5)], { gas }).effects)).toEqual([
    'gas-runway: our coin on chain 31337 pays for 5 claims, 0 are under way',
  ])
  expect(outlays(offered({}, [coin(6)], { gas }).effects)).toHaveLength(1)
  expect(outlays(offered({}, [carried('vault-fast', 1), coin(6)], { gas }).effects)).toEqual([])
  expect(outlays(offered({}, [carried('vault-fast', 1), coin(7)], { gas }).effects)).toHaveLength(1)
})

test('a route on which claims are stuck takes nothing new until one came home', () => {
  const closed: Input = { at: START, kind: 'route', vault: 'vault-fast', closed: true }
  const { core, effects } = offered({}, [closed])
  expect(details(effects)).toEqual(['route-stalled: claims on vault-fast are stuck'])
  const opened: Input = { at: secondsIn(1), kind: 'route', vault: 'vault-fast', closed: false }
  const news = ripe({ id: address(0x12) })
  expect(
    only(play(core, [opened, { at: secondsIn(1), kind: 'account', account: news, source: 'own' }]), 'submit'),
  ).not.toEqual([])
  expect(engineTerms().collaterals[0]?.vault).toBe('vault-fast')
})
