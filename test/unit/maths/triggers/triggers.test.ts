import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bucketOf } from '../../../../agent/maths/triggers/arm.ts'
import { assemble, type Code } from '../../../../agent/maths/triggers/assemble.ts'
import {
  LARGE,
  load,
  move,
  openTriggers,
  release,
  settle,
  suspects,
} from '../../../../agent/maths/triggers/triggers.ts'

/** Long one unit of the column at 100, owing so much. */
const long = (owed: number, column = 0) => ({ base: -owed, legs: [{ column, weight: 1 }], spread: undefined })
const short = (held: number, column = 0) => ({ base: held, legs: [{ column, weight: -1 }], spread: undefined })
const at = (...prices: number[]) => Float64Array.from(prices)

/** A book of longs that owe 50 to 99 dollars, one after the other. */
function bookOf(accounts: number) {
  const triggers = openTriggers(2)
  move(triggers, at(100, 100))
  for (let i = 0; i < accounts; i++) load(triggers, i, long(50 + (49 * i) / accounts))
  return triggers
}

describe('triggers', () => {
  test('a fall reaches who owes too much, and nobody else', () => {
    const triggers = openTriggers(1)
    move(triggers, at(100))
    for (const [i, owed] of [90, 80, 95].entries()) load(triggers, i, long(owed))
    load(triggers, 3, short(104))
    move(triggers, at(97))
    expect(suspects(triggers)).toEqual([])
    move(triggers, at(94))
    expect(suspects(triggers)).toEqual([2])
    move(triggers, at(89.99))
    expect(suspects(triggers)).toEqual([0, 2])
    move(triggers, at(105))
    expect(suspects(triggers)).toEqual([0, 2, 3])
  })

  test('who is well again waits again once somebody has looked', () => {
    const triggers = openTriggers(1)
    move(triggers, at(100))
    load(triggers, 0, long(95))
    move(triggers, at(94))
    expect(suspects(triggers)).toEqual([0])
    move(triggers, at(99))
    expect(settle(triggers, 0)).toBe('armed')
    expect(suspects(triggers)).toEqual([])
    move(triggers, at(94.5))
    expect(suspects(triggers)).toEqual([0])
  })

  test('an account without a price waits for the first one', () => {
    const triggers = openTriggers(2)
    move(triggers, at(100, Number.NaN))
    load(triggers, 0, long(90, 1))
    expect(suspects(triggers)).toEqual([])
    move(triggers, at(100, 89))
    expect(suspects(triggers)).toEqual([0])
  })

  test('released and loaded anew, an account is what it was loaded as last', () => {
    const triggers = bookOf(LARGE + 10)
    release(triggers, 7)
    load(triggers, 7, short(101))
    load(triggers, 7, long(99.9))
    load(triggers, 8, {
      ...long(10),
      legs: [
        { column: 0, weight: 1 },
        { column: 1, weight: -1 },
      ],
    })
    move(triggers, at(99.95, 100))
    expect(suspects(triggers)).toEqual([8])
    move(triggers, at(99.85, 100))
    expect(suspects(triggers)).toEqual([7, 8])
  })

  test('a crash of a large book is answered at once, and every later move too', () => {
    const triggers = bookOf(LARGE * 3)
    const below = (price: number) => Math.floor(((price - 50) / 49) * LARGE * 3) + 1
    for (const price of [70, 69, 75, 60, 61]) {
      move(triggers, at(price, 100))
      const found = suspects(triggers)
      expect(found.at(-1)).toBe(LARGE * 3 - 1)
      expect(found.length).toBeGreaterThanOrEqual(LARGE * 3 - below(price))
    }
  })

  test('a bucket rises with the price and is about a basis point wide', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-9, max: 1e12, noNaN: true }),
        fc.double({ min: 0, max: 0.1, noNaN: true }),
        (price, more) => {
          expect(bucketOf(price * (1 + more))).toBeGreaterThanOrEqual(bucketOf(price))
          expect(bucketOf(price * 1.000_13)).toBeGreaterThan(bucketOf(price))
        },
      ),
    )
  })

  test('an immediate in the wrong place is refused when a module is assembled', () => {
    const wrong: Code = ['i32.add', ['i32.const', 1], 2]
    expect(() => assemble([wrong], { parameters: 0, integers: 0, vectors: 0 })).toThrow('i32.add')
  })
})
