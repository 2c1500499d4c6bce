import { describe, expect, test } from 'vitest'
import { action } from '../../../config/actions.ts'
import { contradictionsIn } from '../../../config/contradictions.ts'
import { loadScenario, type Scenario } from '../../../config/scenario.ts'

const base = loadScenario('poisoned-root')
const proven = loadScenario('bad-prover')

const found = (change: Partial<Scenario>, of = base): readonly string[] =>
  contradictionsIn({ ...of, actions: [], assert: [], ...change }).map(
    ({ path, message }) => `${path.join('.')}: ${message}`,
  )

test('what is consistent is accepted', () => {
  expect([found({}), contradictionsIn(base), contradictionsIn(proven)]).toEqual([[], [], []])
})

describe('a scenario that contradicts itself is refused', () => {
  test('a quorum that nobody could reach', () => {
    expect(found({ prices: { ...base.prices, quorum: 4 } })).toEqual(['prices.quorum: 3 publishers are no quorum of 4'])
    expect(found({ bonds: { ...base.bonds, threshold: 9 } })).toEqual([
      'bonds.threshold: 4 agents attest, so that 9 signatures never come together',
    ])
  })

  test('a holder of what its route does not take', () => {
    const [vault] = base.vaults
    if (vault === undefined) throw new Error('the scenario lost its vaults')
    const whale = { name: 'whale', mode: 'unified', route: 'vault-1', asset: 'WBTC', instrument: 'ETH-PERP' } as const
    const holders = [{ ...whale, size: base.engine.pool, leverage: 2 }]
    expect(found({ holders })).toEqual([])
    expect(found({ holders, vaults: [{ ...vault, assets: ['WETH'] }] })).toEqual([
      'holders.0.asset: vault-1 takes no WBTC',
    ])
    expect(found({ holders: holders.map((one) => ({ ...one, instrument: 'SOL-PERP' })) })).toEqual([
      'holders.0.instrument: SOL-PERP is not declared (ETH-PERP, BTC-PERP)',
    ])
  })

  test.each([
    [{ do: 'withdraw', at: '90s' }, 'withdraw: it comes at 90s, when the market is closed'],
    [
      { do: 'equivocate', at: '1s', agent: 'house-9' },
      'equivocate: house-9 is not declared (house-1, house-2, house-3, house-4)',
    ],
    [{ do: 'deposit', at: '1s', holder: 'whale', amount: '5 USD' }, 'deposit: whale is not declared ()'],
    [{ do: 'gap', at: '1s', route: 'vault-1', asset: 'WSOL', to: '3 %' }, 'gap: WSOL is not declared (WETH, WBTC)'],
    [
      { do: 'forge', at: '1s', route: 'vault-1', asset: 'WETH', amount: '5 USD', by: 'message' },
      'forge: vault-1 stands on attested, not on message',
    ],
  ])('an action that cannot be done: %o', (written, why) => {
    expect(found({ actions: [action.parse(written)] })).toEqual([`actions.0: ${why}`])
  })

  test('a member of a quorum may lie, its other members as little as a stranger', () => {
    const forging = { do: 'forge', at: '1s', route: 'quorum-1', asset: 'WETH', amount: '5 USD' }
    expect(found({ actions: [action.parse({ ...forging, by: 'message' })] }, proven)).toEqual([])
    expect(found({ actions: [action.parse({ ...forging, route: 'proven-1' })] }, proven)).toEqual([
      'actions.0: forge: proven-1 stands on message, not on attested',
    ])
  })
})
