import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { openMarket } from '../../../agent/simulator/scenario/market.ts'
import { loadScenario } from '../../../config/scenario.ts'
import { temporaryFolder } from '../../support/config-file.ts'

const calm = readFileSync(new URL('../../../config/scenarios/calm.yaml', import.meta.url), 'utf8')

/** The calm market on the prices of a CSV file, without volatility of its own. */
function replaying(csv: string): string {
  const file = join(temporaryFolder(), 'calm.yaml')
  writeFileSync(join(dirname(file), 'week.csv'), csv)
  writeFileSync(file, calm.replace('path: []', 'path: week.csv').replace('volatility: 30 %', 'volatility: 0 %'))
  return file
}

test('prices that were are read at their modelled time, between rows geometrically', () => {
  const scenario = loadScenario(replaying('timestamp,ETH_USD\n1000000000,2000\n1000000060,1000\n1000000120,1500\n'))
  const market = openMarket(scenario)
  const prices = [-1, 0, 500, 1_000, 2_000, 9_000].map((at) => market.spot(0, at))
  const wanted = [2_500, 2_500, 2_500 * Math.SQRT1_2, 1_250, 1_875, 1_875]
  for (const [i, price] of prices.entries()) expect(price).toBeCloseTo(wanted[i] ?? 0, 6)
})

test.each([
  ['timestamp,ETH\n1,2000\n', 'at least two rows'],
  ['timestamp,ETH\n1,2000\n1,2000\n', 'line 3: no later than the line before'],
  ['timestamp,ETH\n1,2000\n2,-1\n', 'line 3: expected a time and 1 prices above zero, found "2,-1"'],
  ['timestamp,ETH\nsoon,2000\n2,1\n', 'line 2: expected a time, found "soon"'],
])('a file that cannot be trusted is refused with its line: %j', (csv, why) => {
  expect(() => loadScenario(replaying(csv))).toThrow(
    expect.objectContaining({ code: 'E_CONFIG', message: expect.stringContaining(why) }),
  )
})

test('a file that is not there is named', () => {
  const file = replaying('')
  writeFileSync(file, readFileSync(file, 'utf8').replace('week.csv', 'gone.csv'))
  expect(() => loadScenario(file)).toThrow(/cannot read the prices .*gone\.csv: ENOENT/)
})
