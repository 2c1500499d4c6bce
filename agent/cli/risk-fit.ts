// lienmesh risk fit: from a file of prices to the parameters of a model.
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { z } from 'zod'
import { EXIT, usageError } from '../domain/errors.ts'
import { fitPrices, type Tick } from '../maths/risk/fit.ts'
import { command } from './command.ts'
import { orRefused } from './risk-refused.ts'

/** Prints the model that fits a history of prices, with what it rests on. */
export const riskFit = command({
  options: z.strictObject({
    file: z.string().min(1).describe('Comma-separated: a time in seconds or milliseconds, then prices. May be .gz.'),
    column: z.string().optional().describe('Column of prices by its name in the first line; the second otherwise.'),
  }),
  positionals: ['file'],
  examples: ['lienmesh risk fit prices.csv --column ETH_USD --json'],
  run: async ({ file, column }, { json, print }) => {
    const ticks = ticksIn(linesOf(file), column)
    const found = { type: 'fit', ...orRefused('fit', () => fitPrices(ticks)) }
    if (json) print(JSON.stringify(found))
    else for (const [name, value] of Object.entries(found)) print(`${name.padEnd(14)} ${JSON.stringify(value)}`)
    return EXIT.ok
  },
})

/** Times past this are in milliseconds. */
const MILLIS = 1e11

function ticksIn([first = '', ...rest]: readonly string[], column: string | undefined): readonly Tick[] {
  const names = first.split(',').map((name) => name.trim())
  const place = column === undefined ? 1 : names.indexOf(column)
  if (place < 1)
    throw usageError('E_USAGE', `--column: found ${column}`, `The file has ${names.slice(1).join(', ') || 'no names'}.`)
  return (/^[\d.]/.test(first) ? [first, ...rest] : rest)
    .map((line) => line.split(',').map(Number))
    .map((cells) => ({ at: cells[0] ?? Number.NaN, price: cells[place] ?? Number.NaN }))
    .map(({ at, price }) => ({ at: at > MILLIS ? at / 1000 : at, price }))
}

function linesOf(file: string): readonly string[] {
  try {
    const bytes = readFileSync(file)
    const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
    return text.split(/\r?\n/).filter((line) => line.trim() !== '')
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause)
    throw usageError(
      'E_RISK_INPUT',
      `cannot read ${file}: ${found}`,
      'Give a file of lines "time,price", evenly spaced.',
    )
  }
}
