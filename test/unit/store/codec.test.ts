import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decode, encode } from '../../../agent/adapters/store/codec.ts'

test('money comes back as the integer it was', () => {
  const input = {
    at: 5,
    kind: 'cash',
    cash: -(10n ** 40n),
    prices: new Map([[1, { price: 3n }]]),
    list: [1n, 'x', true],
  }
  expect(decode(encode(input))).toEqual(input)
})

test('the same input has the same text', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ n: fc.bigInt(), s: fc.string(), d: fc.double({ noNaN: true, noDefaultInfinity: true }) })),
      (value) => {
        const text = encode(value)
        expect(encode(decode(text))).toBe(text)
      },
    ),
  )
})

test('a text that only looks like money or a map stays what it is', () => {
  for (const text of ['{"$bigint":5}', '{"$map":"x"}', '{"$bigint":null,"a":[1]}'])
    expect(decode(text)).toEqual(JSON.parse(text))
})
