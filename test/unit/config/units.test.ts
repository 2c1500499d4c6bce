import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { amount, change, dollarPrice, duration, ratio } from '../../../config/units.ts'

const read = (schema: z.ZodType, text: unknown): unknown => {
  const parsed = schema.safeParse(text)
  return parsed.success ? parsed.data : parsed.error.issues.map((issue) => issue.message)
}

describe('a quantity with its unit', () => {
  test.each([
    [duration, '250ms', 250],
    [duration, '1.5s', 1500],
    [duration, '12m', 720_000],
    [duration, '2 d', 172_800_000],
    [amount, '6000 USD', 6000n * 10n ** 18n],
    [amount, '0.000000000000000001 USD', 1n],
    [dollarPrice, '2500.12345678 USD', 250_012_345_678n],
    [ratio, '5 %', 500],
    [ratio, '0.25%', 25],
    [change, '-18 %', -1800],
    [change, '+7%', 700],
  ])('%#: is read exactly', (schema, text, value) => {
    expect(read(schema, text)).toEqual(value)
  })

  test.each([
    [amount, 6000, '"6000" has no unit. Write 6000 USD'],
    [amount, '6000', '"6000" has no unit. Write 6000 USD'],
    [duration, 2, '"2" has no unit. Write 2s'],
    [ratio, 0.05, '"0.05" has no unit. Write 0.05 %'],
    [ratio, '5 USD', '"5 USD" has the unit USD, expected %. Write a ratio such as 5 %'],
    [duration, '5 parsecs', '"5 parsecs" has the unit parsecs, expected ms, s, m, h, d. Write a duration such as 1.5s'],
    [duration, 'soon', '"soon" is not a duration. Write for example 1.5s'],
    [amount, undefined, 'is missing; write an amount such as 6000 USD'],
    [amount, '-5 USD', '-5 USD is out of range; write an amount such as 6000 USD'],
    [ratio, '0.001 %', '0.001 % is out of range; write a ratio such as 5 %'],
  ])('%#: is refused in words that say what to write', (schema, text, message) => {
    expect(read(schema, text)).toEqual([message])
  })
})
