// Our own scaled tail against the library's, and the library where others give up.
import { describe, expect, test } from 'vitest'
import { fastErfcx } from '../../../../agent/maths/risk/scaled-tail.ts'
import { erfcx, normalCdf, normalQuantile, studentCdf, studentQuantile } from '../../../../agent/maths/risk/special.ts'

const places = Array.from({ length: 4001 }, (_, i) => -5 + i * 0.015)

describe('the scaled tail', () => {
  test("agrees with the library's to 1e-15 from -5 to 55", () => {
    const worst = places.reduce((most, x) => Math.max(most, Math.abs(fastErfcx(x) / erfcx(x) - 1)), 0)
    expect(worst).toBeLessThan(2e-15)
  })
})

describe('the normal law', () => {
  test.each([1e-100, 1e-30, 1e-10, 0.001, 0.3, 0.9])('gives back %d through its quantile', (p) => {
    expect(normalCdf(normalQuantile(p)) / p - 1).toBeCloseTo(0, 11)
  })
})

describe("Student's law", () => {
  test.each([1e-9, 1e-3, 0.4, 0.99])('gives back %d through its quantile', (p) => {
    expect(studentCdf(studentQuantile(p, 3.5), 3.5) / p - 1).toBeCloseTo(0, 11)
  })
})
