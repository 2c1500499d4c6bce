// Prices that were, as a scenario replays them: one moment of the file is one moment of the modelled time.
import { readFileSync } from 'node:fs'
import { configError, type LienmeshError } from '../agent/domain/errors.ts'

/** What a column did since its first row: at wall milliseconds from the opening, by which factor. */
export type Replay = {
  readonly feed: string
  readonly at: readonly number[]
  readonly factor: readonly number[]
}

/**
 * Reads CSV with a header: first `timestamp_ms`, `timestamp` or `time` (milliseconds, seconds or ISO 8601), then `ETH_USD` or
 * `ETH` and so on, named like feeds. `timeScale` is modelled time per wall time.
 */
export function readReplay(file: string, timeScale: number): readonly Replay[] {
  const [header = '', ...lines] = textOf(file).trimEnd().split(/\r?\n/)
  const columns = header.split(',').slice(1)
  const rows = lines.map((line, i) => rowOf(file, i + 2, line, columns.length))
  const [first] = rows
  if (first === undefined || rows.length < 2 || columns.length === 0)
    throw wrong(file, 'expected a header with a time and prices, and at least two rows')
  const at = rows.map(({ time }) => (time - first.time) / timeScale)
  const back = at.findIndex((one, i) => i > 0 && one <= (at[i - 1] ?? 0))
  if (back > 0) throw wrong(file, `line ${back + 2}: no later than the line before`)
  return columns.map((column, i) => ({
    feed: column.trim().replace(/_USDT?$/, ''),
    at,
    factor: rows.map(({ prices }) => (prices[i] ?? 1) / (first.prices[i] ?? 1)),
  }))
}

function rowOf(file: string, line: number, text: string, columns: number) {
  const [time = '', ...cells] = text.split(',')
  const prices = cells.map(Number)
  if (prices.length !== columns || prices.some((price) => !(price > 0 && Number.isFinite(price))))
    throw wrong(file, `line ${line}: expected a time and ${columns} prices above zero, found "${text.slice(0, 60)}"`)
  const moment = momentOf(time.trim())
  if (Number.isNaN(moment)) throw wrong(file, `line ${line}: expected a time, found "${time}"`)
  return { time: moment, prices }
}

/** Milliseconds; whole numbers below 10^11 are seconds. */
function momentOf(text: string): number {
  if (!/^\d+$/.test(text)) return text === '' ? Number.NaN : Date.parse(text)
  return Number(text) < 1e11 ? Number(text) * 1_000 : Number(text)
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
    throw configError(
      'E_CONFIG',
      `cannot read the prices ${file}: ${why}`,
      'Name a CSV file beside the scenario.',
      cause,
    )
  }
}

const wrong = (file: string, what: string): LienmeshError =>
  configError('E_CONFIG', `${file}: ${what}`, 'Correct the file; nothing was started.')
