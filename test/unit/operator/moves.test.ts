import { describe, expect, test } from 'vitest'
import { bps, chainId, wad } from '../../../agent/domain/units.ts'
import { type Place, planMoves } from '../../../agent/operator/moves.ts'

const usd = (amount: number) => wad(BigInt(amount) * 10n ** 18n)
const [A, B, C] = [chainId(1), chainId(10), chainId(137)]
const engine = (working: number, wallet = 0, chain = B): Place => ({
  ...{ chain, kind: 'engine' },
  working: usd(working),
  wallet: usd(wallet),
})
const vault = (working: number, wallet = 0, chain = A): Place => ({
  ...{ chain, kind: 'vault' },
  working: usd(working),
  wallet: usd(wallet),
})
const ALL = bps(10_000)

describe('a plan of moves', () => {
  test('is empty where everything is where it should be', () => {
    expect(planMoves([engine(100), vault(0)], ALL)).toEqual([])
    expect(planMoves([engine(80), vault(20)], bps(8_000))).toEqual([])
  })

  test('leaves cents alone: a move costs gas', () => {
    const cents: Place = { ...vault(0), working: wad(5n * 10n ** 17n) }
    expect(planMoves([engine(100), cents], ALL)).toEqual([])
  })

  test('takes what sales brought home, and says that only a bridge brings it over', () => {
    expect(planMoves([engine(60), vault(40)], ALL)).toEqual([
      { kind: 'withdraw', chain: A, amount: usd(40) },
      { kind: 'bridge', from: A, to: B, amount: usd(40) },
    ])
  })

  test("pays in the owner's own cash first: that needs no bridge", () => {
    expect(planMoves([engine(60, 15), vault(40)], ALL)).toEqual([
      { kind: 'deposit', chain: B, amount: usd(15) },
      { kind: 'withdraw', chain: A, amount: usd(40) },
      { kind: 'bridge', from: A, to: B, amount: usd(25) },
    ])
  })

  test('goes the other way when the target wants dollars on the vaults’ side', () => {
    expect(planMoves([engine(100), vault(0)], bps(7_000))).toEqual([{ kind: 'withdraw', chain: B, amount: usd(30) }])
  })

  test('shares between several engines and bridges from wherever something is over', () => {
    expect(planMoves([engine(90), engine(0, 0, C), vault(10)], ALL)).toEqual([
      { kind: 'withdraw', chain: B, amount: usd(40) },
      { kind: 'withdraw', chain: A, amount: usd(10) },
      { kind: 'bridge', from: B, to: C, amount: usd(40) },
      { kind: 'bridge', from: A, to: C, amount: usd(10) },
    ])
  })
})
