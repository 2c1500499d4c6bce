import { expect, test } from 'vitest'
import { dollars, json } from '../../../agent/cli/format.ts'
import { wad } from '../../../agent/domain/units.ts'

test.each([
  [10n ** 18n, '1.00'],
  [1_234_567n * 10n ** 15n, '1234.56'],
  [-(5n * 10n ** 16n), '-0.05'],
  [0n, '0.00'],
])('%s wad is $%s', (raw, text) => {
  expect(dollars(wad(raw))).toBe(text)
})

test('an amount nobody knows is not zero', () => {
  expect(dollars(undefined)).toBe('-')
})

test('amounts are decimal strings in JSON', () => {
  expect(json({ net: 2n ** 70n })).toBe('{"net":"1180591620717411303424"}')
})
