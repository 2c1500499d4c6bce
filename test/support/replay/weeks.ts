// Price weeks from the directory that LIENMESH_DATA names.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

/** Minute prices of one asset in one week: modelled milliseconds ascending. */
export type Series = {
  readonly week: string
  readonly asset: string
  readonly at: Float64Array
  readonly price: Float64Array
}

/** The directory, if it is named. */
export const dataDirectory = (): string | undefined => process.env['LIENMESH_DATA']

/** Names of all weeks, in order. */
export const weekNames = (directory: string): readonly string[] =>
  readdirSync(join(directory, 'prices'))
    .filter((name) => name.endsWith('.csv.gz'))
    .map((name) => name.replace('.csv.gz', ''))
    .sort()

/** Both assets of a week. */
export function readWeek(directory: string, week: string): readonly Series[] {
  const text = gunzipSync(readFileSync(join(directory, 'prices', `${week}.csv.gz`))).toString('utf8')
  const [head = '', ...lines] = text.split('\n').filter((line) => line !== '')
  const rows = lines.map((line) => line.split(',').map(Number))
  return head
    .split(',')
    .slice(1)
    .map((name, column) => ({
      week,
      asset: name.replace('_USD', ''),
      at: Float64Array.from(rows, (row) => row[0] ?? Number.NaN),
      price: Float64Array.from(rows, (row) => row[column + 1] ?? Number.NaN),
    }))
}

/** Seconds that single messages took on a route, in the order in which they were sent. */
export function readMessages(
  directory: string,
  file: string,
  column: string,
): readonly { at: number; seconds: number }[] {
  const text = gunzipSync(readFileSync(join(directory, 'latency', file))).toString('utf8')
  const [head = '', ...lines] = text.split('\n').filter((line) => line !== '')
  const names = head.split(',')
  const [sent, taken] = [names.indexOf('send_ms'), names.indexOf(column)]
  return lines
    .map((line) => line.split(','))
    .map((cells) => ({ at: Number(cells[sent]), seconds: Number(cells[taken]) }))
    .sort((a, b) => a.at - b.at)
}
