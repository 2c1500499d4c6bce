import { describe, expect, test } from 'vitest'
import {
  accountKey,
  anchor as anchorPrices,
  type Book,
  hear,
  learn,
  marketAt,
  openBook,
  retire,
  retiredUntil,
  retract,
} from '../../../agent/core/book.ts'
import type { Source } from '../../../agent/domain/market.ts'
import { bps, instant, type Price } from '../../../agent/domain/units.ts'
import {
  account,
  address,
  anchor,
  batch,
  batchesAt,
  ENGINE,
  engineTerms,
  head,
  PUBLISHERS,
  START,
  secondsIn,
  usd,
  VAULT_CHAIN,
} from '../../support/builders.ts'

const held = (book: Book) => book.accounts.get(accountKey(ENGINE, account().id))
const told = (facts: readonly (readonly [Source, Parameters<typeof account>[0]])[]): Book => {
  const book = openBook(PUBLISHERS)
  for (const [source, over] of facts) learn(book, { source, account: account(over) })
  return book
}

describe('an account', () => {
  test('is believed in its newest version, whatever the order of arrival', () => {
    const book = told([
      ['own', { version: 3n }],
      ['own', { version: 2n, anchor: anchor(9n) }],
    ])
    expect(held(book)?.account.version).toBe(3n)
  })

  test('of the same version is believed as of the later block: credit grows outside versions', () => {
    const book = told([
      ['own', { anchor: anchor(5n), cash: usd(1) }],
      ['proven', { anchor: anchor(4n), cash: usd(2) }],
      ['proven', { anchor: anchor(6n), cash: usd(3) }],
    ])
    expect(held(book)).toMatchObject({ source: 'proven', account: { cash: usd(3) } })
  })

  test('from our own node outranks a proof of the same block', () => {
    expect(
      held(
        told([
          ['own', {}],
          ['proven', { cash: usd(9) }],
        ]),
      )?.source,
    ).toBe('own')
    expect(
      held(
        told([
          ['proven', {}],
          ['own', {}],
        ]),
      )?.source,
    ).toBe('own')
  })

  test('from a peer never replaces what we know, and is replaced by anything we know', () => {
    expect(
      held(
        told([
          ['proven', {}],
          ['peer', { version: 999n, anchor: anchor(99n) }],
        ]),
      )?.account.version,
    ).toBe(1n)
    expect(
      held(
        told([
          ['peer', { version: 999n }],
          ['own', {}],
        ]),
      )?.account.version,
    ).toBe(1n)
  })

  test('read in a block that is gone is forgotten, and an older one is kept', () => {
    const book = told([
      ['own', { anchor: anchor(5n) }],
      ['own', { id: address(0x12), anchor: anchor(4n) }],
    ])
    retract(book, anchor(5n))
    expect([...book.accounts.values()].map((fact) => fact.account.id)).toEqual([address(0x12)])
  })

  test('of another chain survives a reorg', () => {
    const book = told([['own', { anchor: anchor(5n) }]])
    retract(book, anchor(1n, { chain: VAULT_CHAIN }))
    expect(held(book)).toBeDefined()
  })
})

describe('a retired account', () => {
  const retired = (until: number | undefined) => {
    const book = told([['own', { version: 2n, anchor: anchor(5n) }]])
    retire(book, account({ version: 2n }), 6n, until === undefined ? undefined : instant(until))
    return book
  }
  const stands = (book: Book, version: bigint, at = START) => retiredUntil(book, account({ version }), at) !== undefined

  test('after a win waits for a newer version, however long', () => {
    const book = retired(undefined)
    learn(book, { source: 'own', account: account({ version: 2n, anchor: anchor(9n) }) })
    expect([stands(book, 2n, secondsIn(9_999)), stands(book, 3n)]).toEqual([true, false])
    learn(book, { source: 'own', account: account({ version: 3n, anchor: anchor(9n) }) })
    expect(stands(book, 2n)).toBe(false)
  })

  test('after a loss comes back with time, or when our node still sees the same in a later block', () => {
    expect([stands(retired(secondsIn(3)), 2n, secondsIn(2)), stands(retired(secondsIn(3)), 2n, secondsIn(3))]).toEqual([
      true,
      false,
    ])
    const book = retired(secondsIn(3))
    learn(book, { source: 'own', account: account({ version: 2n, anchor: anchor(7n) }) })
    expect(stands(book, 2n)).toBe(false)
  })

  test("is nobody's business after a reorg of the block that retired it", () => {
    const book = retired(undefined)
    retract(book, anchor(6n))
    expect(stands(book, 2n)).toBe(false)
  })
})

describe('prices', () => {
  const market = (book: Book, at = START) => {
    book.terms.set(ENGINE, engineTerms())
    book.heads.set(ENGINE, { head: head(1n), seenAt: START })
    return marketAt(book, ENGINE, at)
  }

  test('of strangers are not heard, and of publishers only when newer', () => {
    const book = openBook(PUBLISHERS)
    expect(hear(book, batch({ publisher: address(0x66) }))).toBe(false)
    expect([hear(book, batch()), hear(book, batch()), hear(book, batch({ sequence: instant(START - 1) }))]).toEqual([
      true,
      false,
      false,
    ])
  })

  test('need a quorum, and stop being prices when they are old', () => {
    const book = openBook(PUBLISHERS)
    const [first, second] = batchesAt(2_500)
    if (first) hear(book, first)
    expect(market(book)).toMatchObject({ stale: false, batches: [] })
    if (second) hear(book, second)
    expect(market(book)?.prices.size).toBe(3)
    expect(market(book, secondsIn(6))).toMatchObject({ stale: true, batches: [] })
  })

  test('without terms or head make no market', () => {
    expect(marketAt(openBook(PUBLISHERS), ENGINE, START)).toBeUndefined()
  })
})

describe('a jump of a price', () => {
  const DEVIATION = bps(300)
  const eth = (dollars: number): Price => batchesAt(dollars)[0]?.entries[0]?.price ?? (0n as Price)
  /** What so many publishers agree on, where the price book held that before (undefined: degraded, nobody saw from what). */
  const degraded = (publishers: number, ether: number, ...held: readonly (number | undefined)[]): boolean => {
    const book = openBook(PUBLISHERS)
    book.terms.set(ENGINE, engineTerms())
    book.heads.set(ENGINE, { head: head(1n), seenAt: START })
    for (const before of held)
      anchorPrices(book, ENGINE, {
        deviation: DEVIATION,
        prices: new Map([[0, before === undefined ? before : eth(before)]]),
      })
    for (const one of batchesAt(ether).slice(0, publishers)) hear(book, one)
    return marketAt(book, ENGINE, START)?.prices.get(0)?.degraded === true
  }

  test('that only the bare quorum confirms counts at its worse edge, one that more confirm does not', () => {
    expect([degraded(2, 2_424, 2_500), degraded(2, 2_425, 2_500), degraded(2, 2_576, 2_500)]).toEqual([
      true,
      false,
      true,
    ])
    expect(degraded(3, 2_000, 2_500)).toBe(false)
  })

  test('is measured from the last price that was none, however often the jump is repeated', () => {
    expect([degraded(2, 2_000, 2_500, undefined), degraded(2, 2_490, 2_500, undefined)]).toEqual([true, false])
    expect([degraded(2, 2_490, undefined), degraded(2, 2_490)]).toEqual([true, false])
  })
})
