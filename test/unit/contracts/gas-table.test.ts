import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { gasPage, withGasTable } from '../../../contracts/gas-table.ts'

test('the page shows the gas that is recorded', () => {
  const page = readFileSync(gasPage, 'utf8')
  expect(page).toBe(withGasTable(page))
})
