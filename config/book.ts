// The described book: who holds accounts in a backtest. A YAML file, every key of which may be left out.
import { z } from 'zod'

/** Keys of the file, each with what is taken without it. */
export const bookFile = z
  .strictObject({
    accounts: z.int().min(1).max(100_000).default(100).describe('Accounts that are open at once.'),
    every: z.number().positive().default(15).describe('Modelled minutes between two newcomers.'),
    long: z.number().min(0).max(1).default(0.7).describe('Share of the traders that are long.'),
    smallest: z.number().positive().default(2_000).describe('Least collateral of an account in dollars.'),
    largest: z.number().positive().default(100_000).describe('Most collateral of an account in dollars.'),
    nearest: z.number().min(1).default(1).describe('Least equity at the opening, over initial margin.'),
    farthest: z.number().min(1).default(2.5).describe('Most equity at the opening, over initial margin.'),
  })
  .refine(({ smallest, largest }) => smallest <= largest, {
    error: 'expected smallest up to largest',
    path: ['smallest'],
  })
  .refine(({ nearest, farthest }) => nearest <= farthest, {
    error: 'expected nearest up to farthest',
    path: ['nearest'],
  })

/** A book with every default filled in. */
export type Book = z.infer<typeof bookFile>
