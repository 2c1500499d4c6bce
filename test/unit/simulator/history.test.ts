import { describe, expect, test } from 'vitest'
import { historyMarket, published } from '../../../agent/simulator/history/market.ts'
import { readPrices, readRounds, rowAt } from '../../../agent/simulator/history/prices.ts'

const MINUTE = 60_000
const read = (...lines: readonly string[]) => readPrices('prices.csv', lines.join('\n'), { gap: 5 * MINUTE })
const HEADER = 'timestamp_ms,ETH_USD,BTC_USD'

describe('a price file', () => {
  test('is read in milliseconds, seconds or ISO 8601, into the same history', () => {
    const rows = ['199.43,8033.31', '201.88,8059.67']
    const written = [
      ['1583712000000', '1583712060000'],
      ['1583712000', '1583712060'],
      ['2020-03-09T00:00:00Z', '2020-03-09 00:01:00'],
    ]
    const histories = written.map((times) => read(HEADER, ...times.map((time, i) => `${time},${rows[i]}`)))
    expect(new Set(histories.map(({ times }) => times.join()))).toEqual(new Set(['1583712000000,1583712060000']))
    expect(histories[0]?.prices.get('BTC')?.join()).toBe('8033.31,8059.67')
  })

  test('knows at any time the last row that was written by then', () => {
    const history = read(HEADER, '1583712000000,1,2', '1583712060000,2,3', '1583712120000,3,4')
    expect([0, 59_999, 60_000, 119_999, 999_999].map((later) => rowAt(history, 1_583_712_000_000 + later))).toEqual([
      0, 0, 1, 1, 2,
    ])
  })

  test.each([
    ['no header', ['1583712000000,1,2', '1583712060000,1,2'], 'expected a header that begins with timestamp_ms'],
    ['one row', [HEADER, '1583712000000,1,2'], 'expected at least two rows of prices, found 1'],
    ['a row twice', [HEADER, '1583712000000,1,2', '1583712000000,1,2'], 'line 3: the time of the line before again'],
    ['a wrong order', [HEADER, '1583712060000,1,2', '1583712000000,1,2'], 'line 3: earlier than the line before'],
    ['a gap', [HEADER, '1583712000000,1,2', '1583719200000,1,2'], 'line 3: nothing for 120 min before it'],
    [
      'no number',
      [HEADER, '1583712000000,NaN,2', '1583712060000,1,2'],
      'expected a price of ETH above zero, found "NaN"',
    ],
    ['nothing', [HEADER, '1583712000000,,2', '1583712060000,1,2'], 'expected a price of ETH above zero, found ""'],
    ['a negative price', [HEADER, '1583712000000,1,-2', '1583712060000,1,2'], 'expected a price of BTC above zero'],
    ['too few columns', [HEADER, '1583712000000,1', '1583712060000,1,2'], 'line 2: expected 2 prices, found 1'],
    [
      'mixed units',
      [HEADER, '1583712000,1,2', '1583712060000,1,2'],
      'line 3: times are in seconds before and in milliseconds',
    ],
    ['no time', [HEADER, 'yesterday,1,2', 'today,1,2'], 'line 2: expected a time, found "yesterday"'],
    ['an asset twice', ['timestamp_ms,ETH,WETH', '1583712000000,1,1'], 'an asset has two columns'],
  ])('with %s is refused in one message', (_, lines, message) => {
    expect(() => read(...lines)).toThrow(
      expect.objectContaining({ code: 'E_PRICE_FILE', message: expect.stringContaining(message) }),
    )
  })
})

test('publishers speak after a move or a silence, and repeat themselves otherwise', () => {
  const times = Float64Array.from([0, 1, 2, 3, 4, 5, 6], (minute) => minute * MINUTE)
  const traded = Float64Array.from([100, 100.4, 100.6, 100.5, 99, 99.2, 99.3])
  const rule = { deviation: 0.005, heartbeat: 2 * MINUTE }
  expect([...published(times, traded, rule)]).toEqual([100, 100, 100.6, 100.6, 99, 99, 99.3])
  expect([...published(times, traded, { ...rule, deviation: 0 })]).toEqual([...traded])
})

describe('the rounds of an oracle', () => {
  const rounds = (...lines: readonly string[]) =>
    readRounds('rounds.csv', ['timestamp_ms,phase,round,price', ...lines].join('\n'))

  test('take the place of its model: publishers say the last round, and nothing of a later one', () => {
    const history = {
      ...read(HEADER, '1583712000000,100,1', '1583712060000,101,1', '1583712120000,102,1'),
      rounds: new Map([['ETH', rounds('1583711990000,6,1,99', '1583712060000,6,2,98', '1583712060000,6,3,101.5')]]),
    }
    const rule = { deviation: 0, heartbeat: 60 * MINUTE }
    const market = historyMarket(history, {
      symbols: ['ETH', 'BTC'],
      opensAt: 1_583_712_000_000,
      timeScale: 60,
      oracle: rule,
    })
    const said = [0, 999, 1_000, 2_000].map((at) => market.entries(at, 0).map(({ price }) => Number(price) / 1e8))
    expect(said).toEqual([
      [99, 1],
      [99, 1],
      [101.5, 1],
      [101.5, 1],
    ])
    expect([0, 1_000, 2_000].map((at) => market.spot(0, at))).toEqual([100, 101, 102])
  })

  test.each([
    ['without a price', ['1583712000000,6,1,'], 'line 2: expected a price above zero'],
    ['in the wrong order', ['1583712060000,6,1,9', '1583712000000,6,2,9'], 'line 3: earlier than the line before'],
    ['in mixed units', ['1583712000,6,1,9', '1583712060000,6,2,9'], 'times are in seconds before'],
  ])('%s are refused in one message', (_, lines, message) => {
    expect(() => rounds(...lines)).toThrow(
      expect.objectContaining({ code: 'E_PRICE_FILE', message: expect.stringContaining(message) }),
    )
  })
})
