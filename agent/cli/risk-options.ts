// Flags of the risk commands.
import { z } from 'zod'

/** A flag that holds a number. */
export const decimal = z
  .string()
  .regex(/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i, { error: (issue) => `expected a number, found ${issue.input}` })
  .transform(Number)
