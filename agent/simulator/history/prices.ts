// Prices that were: a time column and one column per asset, as text. What cannot be trusted is refused with its line.
import { configError, type LienmeshError } from '../../domain/errors.ts'
import { type Instant, instant } from '../../domain/units.ts'

/** Rows in order of time. A row is what was last traded by its time: reading it then is no look into the future. */
export type PriceHistory = {
  readonly name: string
  readonly times: Float64Array
  /** By symbol, a price per row. */
  readonly prices: ReadonlyMap<string, Float64Array>
  /** What an oracle said of some of them, where that is known. */
  readonly rounds?: ReadonlyMap<string, Rounds>
}

/** Rounds of one oracle in order of time; several may share a moment, and the last of them counts. */
export type Rounds = { readonly times: Float64Array; readonly prices: Float64Array }

/** What a reader may tolerate. */
export type Tolerance = {
  /** Longest time without a row, in milliseconds. */
  readonly gap: number
}

/**
 * Reads CSV with a header: first `timestamp_ms`, `timestamp` or `time` (milliseconds, seconds or ISO 8601, one of them
 * throughout), then `ETH_USD` or `ETH` and so on. Throws E_PRICE_FILE.
 */
export function readPrices(name: string, text: string, { gap }: Tolerance): PriceHistory {
  const lines = text.trimEnd().split(/\r?\n/)
  const sheet = { name, symbols: symbolsOf(name, lines[0] ?? ''), unit: unitOf(name, lines[1]?.split(',')[0] ?? '') }
  const rows = lines.length - 1
  if (rows < 2) throw wrong(name, `expected at least two rows of prices, found ${rows}`, 'Give a longer file.')
  const times = new Float64Array(rows)
  const columns = sheet.symbols.map(() => new Float64Array(rows))
  for (let row = 0; row < rows; row++) {
    const { time, prices } = readRow(sheet, row + 2, lines[row + 1] ?? '')
    if (row > 0) follows(sheet, row + 2, time - (times[row - 1] ?? 0), gap)
    times[row] = time
    for (const [i, price] of prices.entries()) columns[i]?.fill(price, row, row + 1)
  }
  return { name, times, prices: new Map(sheet.symbols.map((symbol, i) => [symbol, columns[i] ?? times])) }
}

/** Reads an oracle's rounds: CSV with a time first and a column `price`. Throws E_PRICE_FILE. */
export function readRounds(name: string, text: string): Rounds {
  const lines = text.trimEnd().split(/\r?\n/)
  const header = (lines[0] ?? '').split(',').map((one) => one.trim())
  const column = header.indexOf('price')
  if (!TIME.test(header[0] ?? '') || column < 1)
    throw wrong(name, `expected a header with timestamp_ms and price, found "${header.join(',').slice(0, 60)}"`, HEADER)
  const unit = unitOf(name, lines[1]?.split(',')[0] ?? '')
  const rows = lines.slice(1).map((line, i) => {
    const cells = line.split(',')
    const price = Number(cells[column])
    if (!(price > 0 && Number.isFinite(price)))
      throw wrong(name, `line ${i + 2}: expected a price above zero, found "${cells[column]}"`, 'Correct the row.')
    return { time: timeOf(name, i + 2, cells[0] ?? '', unit), price }
  })
  const back = rows.findIndex(({ time }, i) => time < (rows[i - 1]?.time ?? 0))
  if (back >= 0) throw wrong(name, `line ${back + 2}: earlier than the line before`, 'Sort the rows by time.')
  return { times: Float64Array.from(rows, ({ time }) => time), prices: Float64Array.from(rows, ({ price }) => price) }
}

type Sheet = { readonly name: string; readonly symbols: readonly string[]; readonly unit: Unit }

function readRow({ name, symbols, unit }: Sheet, line: number, text: string) {
  const [time = '', ...cells] = text.split(',')
  if (cells.length !== symbols.length)
    throw wrong(name, `line ${line}: expected ${symbols.length} prices, found ${cells.length}`, 'Fill every column.')
  const prices = cells.map((cell, i) => {
    const price = Number(cell)
    if (cell.trim() !== '' && Number.isFinite(price) && price > 0) return price
    const what = `line ${line}: expected a price of ${symbols[i]} above zero, found "${cell}"`
    throw wrong(name, what, 'Correct the row or leave it out.')
  })
  return { time: timeOf(name, line, time, unit), prices }
}

/** The last row that was known at a time; before the first, the first. */
export function rowAt({ times }: Pick<PriceHistory, 'times'>, at: number): number {
  let [low, high] = [0, times.length]
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    if ((times[middle] ?? 0) <= at) low = middle
    else high = middle
  }
  return low
}

/** First and last time. */
export const spanOf = ({ times }: PriceHistory): readonly [Instant, Instant] => [
  instant(times[0] ?? 0),
  instant(times.at(-1) ?? 0),
]

function symbolsOf(name: string, header: string): readonly string[] {
  const [time = '', ...names] = header.split(',').map((one) => one.trim())
  if (!TIME.test(time))
    throw wrong(name, `expected a header that begins with timestamp_ms, found "${header.slice(0, 60)}"`, HEADER)
  const symbols = names.map((one) => /^W?([A-Z0-9]+?)(?:[_/-]?USDT?)?$/i.exec(one)?.[1]?.toUpperCase() ?? '')
  if (symbols.length === 0 || symbols.includes(''))
    throw wrong(name, `expected columns such as ETH_USD, found "${header.slice(0, 60)}"`, HEADER)
  if (new Set(symbols).size < symbols.length) throw wrong(name, `an asset has two columns: ${names.join(', ')}`, HEADER)
  return symbols
}

const TIME = /^(timestamp|timestamp_ms|time|time_ms)$/i
const HEADER = 'Write a header such as timestamp_ms,ETH_USD,BTC_USD.'

type Unit = 'milliseconds' | 'seconds' | 'ISO 8601'

/** A second of our time has ten digits, a millisecond thirteen. */
function unitOf(name: string, time: string): Unit {
  const unit = guess(time)
  if (unit === undefined)
    throw wrong(name, `line 2: expected a time, found "${time}"`, 'Write milliseconds, seconds or ISO 8601.')
  return unit
}

function guess(time: string): Unit | undefined {
  if (/^\d{9,10}(\.\d+)?$/.test(time)) return 'seconds'
  if (/^\d{12,13}$/.test(time)) return 'milliseconds'
  return /^\d{4}-\d\d-\d\d[T ]/.test(time) ? 'ISO 8601' : undefined
}

function timeOf(name: string, line: number, time: string, unit: Unit): number {
  const found = guess(time)
  if (found !== undefined && found !== unit)
    throw wrong(name, `line ${line}: times are in ${unit} before and in ${found} here`, 'Write all times in one unit.')
  const zoned = /Z$|[+-]\d\d:?\d\d$/.test(time) ? time : `${time}Z`
  const at = unit === 'ISO 8601' ? Date.parse(zoned) : Number(time) * (unit === 'seconds' ? 1_000 : 1)
  if (found !== undefined && Number.isFinite(at)) return at
  throw wrong(name, `line ${line}: expected a time in ${unit}, found "${time}"`, 'Correct the row.')
}

function follows({ name }: Sheet, line: number, step: number, gap: number): void {
  if (step === 0) throw wrong(name, `line ${line}: the time of the line before again`, 'Leave one of the two rows out.')
  if (step < 0) throw wrong(name, `line ${line}: earlier than the line before`, 'Sort the rows by time.')
  if (step <= gap) return
  const what = `line ${line}: nothing for ${minutes(step)} before it, at most ${minutes(gap)} is accepted`
  throw wrong(name, what, 'Fill the gap, cut the file, or raise --max-gap.')
}

const minutes = (time: number): string => `${Math.round(time / 60_000)} min`

const wrong = (name: string, what: string, fix: string): LienmeshError =>
  configError('E_PRICE_FILE', `${name}: ${what}`, fix)
