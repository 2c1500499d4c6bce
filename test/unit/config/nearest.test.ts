import { expect, test } from 'vitest'
import { nearest, suggest } from '../../../config/nearest.ts'

const known = ['mode', 'role', 'risk', 'maxShortfall', 'dataDir']

test.each([
  ['moed', 'mode'],
  ['Mode', 'mode'],
  ['rsik', 'risk'],
  ['maxShortfal', 'maxShortfall'],
  ['datadir', 'dataDir'],
  ['quantile', undefined],
  ['x', undefined],
])('%s was meant as %s', (word, meant) => {
  expect(nearest(word, known)).toBe(meant)
})

test('when nothing is near, the few known words are listed', () => {
  expect(suggest('quantile', known)).toBe('known: mode, role, risk, maxShortfall, dataDir')
  expect(suggest('quantile', [])).toBe('')
})
