import { describe, expect, test } from 'vitest'
import { systemClock } from '../../../agent/adapters/clock/system-clock.ts'
import { signerOf } from '../../../agent/adapters/signer/local-signer.ts'
import { type Bps, bps, chainId, wad } from '../../../agent/domain/units.ts'
import { createProvider, type ProviderTerms } from '../../../agent/runtime/provide.ts'
import { strategy as buyer } from '../../../strategies/claim-buyer.ts'
import { smallNetwork } from '../../support/agent-directory.ts'
import { engineTerms } from '../../support/builders.ts'
import { fakeEngine, fakeVault } from '../../support/fake-chain.ts'

const US = '0x00000000000000000000000000000000000000b1' as const
const BIDDER = '0x00000000000000000000000000000000000000c1' as const
const ETHER = 10n ** 18n
const TRIPPED = 'the breaker of vault-fast is tripped'

/** A desk that asks 2 % for the gap and keeps 0.5 %. */
function desk(
  shut: string | undefined,
  price: ProviderTerms['price'] = plain,
  carried = 0n,
  hedge: Bps | 'none' = bps(5),
) {
  const [deployed] = smallNetwork.engines
  const [locked] = smallNetwork.vaults
  if (!deployed || !locked) throw new Error('a network has both')
  const engine = { ...fakeEngine(engineTerms()), id: deployed.chain, purse: wad(50_000n * ETHER) }
  const vault = { chain: fakeVault(chainId(31_338), locked.id), deployment: locked, executor: US }
  const room = { clock: systemClock, emit: () => {}, signer: signerOf(`0x${'11'.repeat(32)}`), network: smallNetwork }
  return createProvider(
    { ...room, vaults: new Map([[locked.id, vault]]) },
    { chain: { ...engine, cash: async () => engine.purse }, deployment: deployed, executor: US },
    {
      ...{ maxClaim: wad(20_000n * ETHER), minReserve: wad(0n), validFor: 6, gapPremium: () => 200 },
      ...{ shut: () => shut, promised: () => 0n, price, inFlight: () => carried },
      placeOf: () => ({ feed: 0, vault: locked.id, hedge: hedge === 'none' ? undefined : hedge }),
    },
  )
}

const plain: ProviderTerms['price'] = ({ premium }) => ({
  kind: 'buy',
  rate: bps(10_000 - premium - 50),
  reason: 'plain',
})

const request = {
  ...{ engine: chainId(31_337), bidder: BIDDER, account: BIDDER },
  ...{ value: wad(1_000n * ETHER), collaterals: [0] },
}

test('a claim is bought at its value less the gap and the margin', async () => {
  expect(await desk(undefined).answer(request)).toMatchObject({ kind: 'offer', offer: { rate: bps(9_750) } })
  expect((await desk(undefined).status()).rates).toEqual([{ collateral: 0, rate: 9_750 }])
})

test('on a tripped route nothing is bought, and no rate is said', async () => {
  expect(await desk(TRIPPED).answer(request)).toEqual({ kind: 'declined', reason: TRIPPED })
  expect((await desk(TRIPPED).status()).rates).toEqual([])
})

test('with most of its reserves lent out it asks for more, and then says no rate at all', async () => {
  const buys = (carried: bigint) =>
    desk(
      undefined,
      (claimed) => buyer.price?.(claimed, buyer.params.parse({})) ?? { kind: 'decline', reason: '' },
      carried,
    )
  const rateWith = async (carried: bigint) => (await buys(carried * ETHER).status()).rates.map(({ rate }) => rate)
  const [rested = 0] = await rateWith(0n)
  const [busy = 0] = await rateWith(150_000n)
  expect([rested > busy, busy > 9_500]).toEqual([true, true])
  expect(await rateWith(900_000n)).toEqual([])
  expect(await buys(900_000n * ETHER).answer(request)).toEqual({
    kind: 'declined',
    reason: 'reserves exhausted: the rest is kept',
  })
})

describe('a quote of the claim-buyer', () => {
  const rateOf = async (given: object, hedge: Bps | 'none' = bps(5)) => {
    const params = buyer.params.parse({ slope: 0, ...given })
    const price: ProviderTerms['price'] = (claimed) => buyer.price?.(claimed, params) ?? { kind: 'decline', reason: '' }
    const answer = await desk(undefined, price, 0n, hedge).answer(request)
    return answer.kind === 'offer' ? answer.offer.rate : answer.reason
  }

  test('pays for the way of the proceeds back to the engine', async () => {
    expect(await rateOf({ rebalance: 0 })).toBe(10_000 - 200 - 50)
    expect(await rateOf({})).toBe(10_000 - 200 - 50 - 5)
    expect(await rateOf({ rebalance: 40 })).toBe(10_000 - 200 - 50 - 40)
  })

  test('asks, with a hedge beside it, for the fees of the hedge and for what that leaves of the gap', async () => {
    const bare = { rebalance: 0, residual: 2_000 }
    expect(await rateOf({ ...bare, hedge: 10_000 })).toBe(10_000 - 40 - 2 * 5 - 50)
    expect(await rateOf({ ...bare, hedge: 5_000 })).toBe(10_000 - 120 - 5 - 50)
    expect(await rateOf({ ...bare, hedge: 10_000 }, 'none')).toBe(10_000 - 200 - 50)
  })
})
