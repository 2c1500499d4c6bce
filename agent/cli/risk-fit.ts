// lienmesh risk fit: from a file of prices to the parameters of a model.
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { EXIT, usageError } from '../domain/errors.ts'
import { fitPrices, type Tick } from '../maths/risk/fit.ts'
import { Refusal } from '../maths/risk/refusal.ts'
import { command } from './command.ts'

/** Prints the model that fits a history of prices, with what it rests on. */
export const riskFit = command({
  options: z.strictObject({
    file: z.string().min(1).describe('Comma-separated lines of time in seconds and price; other lines are left out.'),
  }),
  positionals: ['file'],
  examples: ['lienmesh risk fit prices.csv --json'],
  run: async ({ file }, { json, print }) => {
    const found = judged(ticksIn(file))
    if (json || found.type === 'refusal') print(JSON.stringify(found))
    else for (const [name, value] of Object.entries(found)) print(`${name.padEnd(14)} ${JSON.stringify(value)}`)
    return EXIT.ok
  },
})

function judged(ticks: readonly Tick[]) {
  try {
    return { type: 'fit' as const, ...fitPrices(ticks) }
  } catch (error) {
    if (error instanceof Refusal) return { type: 'refusal' as const, reason: error.reason, message: error.message }
    throw error
  }
}

function ticksIn(file: string): readonly Tick[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => /^\s*[\d.]/.test(line))
      .map((line) => line.split(',').map(Number))
      .map(([at = Number.NaN, price = Number.NaN]) => ({ at, price }))
  } catch (cause) {
    throw usageError(
      'E_RISK_INPUT',
      `cannot read ${file}: ${cause instanceof Error ? cause.message : cause}`,
      'Give a file of lines "seconds,price", evenly spaced.',
    )
  }
}
