import { describe, expect, test } from 'vitest'
import type { Claim, Sale } from '../../../agent/domain/liquidation.ts'
import { chainId, instant, wad } from '../../../agent/domain/units.ts'
import { createSurplus } from '../../../agent/runtime/surplus.ts'

const ASSET = '0x00000000000000000000000000000000000000a1'
const ENGINE = chainId(1)

const claim = (change: Partial<Claim> = {}): Claim => ({
  intent: '0x01',
  vault: 'vault-fast',
  collateral: 0,
  asset: ASSET,
  amount: 10n,
  openedAt: instant(0),
  openedIn: { chain: ENGINE, number: 5n, hash: '0x' },
  ...change,
})

const sale = (change: Partial<Sale> = {}): Sale => ({
  tx: '0x',
  anchor: { chain: ENGINE, number: 9n, hash: '0x' },
  proceeds: wad(300n),
  value: wad(310n),
  gasCost: 7n,
  soldAt: instant(1),
  ...change,
})

const byAmount = (_: string, amount: bigint): bigint => amount

describe('surplus', () => {
  test('a sale of exactly the batch belongs to the batch', () => {
    const surplus = createSurplus()
    const sold = { received: [{ asset: ASSET, amount: 10n } as const], sale: sale(), upTo: 6n }
    expect(surplus.split([claim()], sold, byAmount)).toEqual(sale())
    expect(surplus.take(claim({ intent: '0x02' }))).toBeUndefined()
  })

  test('what a proof paid beyond its batch waits for the claim it belongs to, to the wei', () => {
    const surplus = createSurplus()
    const sold = { received: [{ asset: ASSET, amount: 30n } as const], sale: sale(), upTo: 6n }
    expect(surplus.split([claim()], sold, byAmount)).toMatchObject({ proceeds: 100n, value: 103n })
    const late = claim({ intent: '0x02', amount: 20n, openedIn: { chain: ENGINE, number: 6n, hash: '0x' } })
    expect(surplus.take(late)).toMatchObject({ proceeds: 200n, value: 207n, gasCost: 0n })
    expect(surplus.take(late)).toBeUndefined()
  })

  test('a claim opened after the proven block is not paid by it', () => {
    const surplus = createSurplus()
    const sold = { received: [{ asset: ASSET, amount: 30n } as const], sale: sale(), upTo: 6n }
    surplus.split([claim()], sold, byAmount)
    expect(surplus.take(claim({ openedIn: { chain: ENGINE, number: 7n, hash: '0x' } }))).toBeUndefined()
  })

  test('two claims share one surplus without losing a wei', () => {
    const surplus = createSurplus()
    const sold = { received: [{ asset: ASSET, amount: 17n } as const], sale: sale(), upTo: 6n }
    const own = surplus.split([claim()], sold, byAmount)
    const parts = [3n, 4n].map((amount) => surplus.take(claim({ amount }))?.proceeds ?? 0n)
    expect(own.proceeds + parts.reduce<bigint>((a, b) => a + b, 0n)).toBe(300n)
  })
})
