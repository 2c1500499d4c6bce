// Who takes part in a scenario: traders, agents, providers, borrowers.
import { z } from 'zod'
import { name } from './fields.ts'
import { amount, duration, ratio } from './units.ts'

const range = z.strictObject({ min: z.number().positive(), max: z.number().positive() })

/** The traders, drawn. */
export const accounts = z.strictObject({
  count: z.int().positive(),
  modes: z.strictObject({ isolated: ratio, cross: ratio, unified: ratio }).describe('Shares of the three modes.'),
  options: ratio.describe('Share of the accounts that hold an option too.'),
  calm: ratio.prefault('0 %').describe('Share of the accounts with about half the leverage: they stay healthy.'),
  twins: z.boolean().default(false).describe('Every drawn book is held three times: isolated, cross and unified.'),
  leverage: z
    .strictObject({ isolated: range, cross: range, unified: range })
    .describe('Notional over collateral or cash, by mode.'),
  size: z.strictObject({ min: amount, max: amount }).describe('Collateral or cash of an account.'),
})

/** An account with a name. */
export const holder = z.strictObject({
  name,
  mode: z.enum(['isolated', 'cross', 'unified']),
  route: name.describe('Where its collateral is locked; an account on cash trades on the engine of that route.'),
  asset: z.string().min(1).describe('Its collateral.'),
  instrument: z.string().min(1).describe('What it is long of.'),
  size: amount.describe('Its collateral or cash.'),
  leverage: z.number().positive().describe('Notional over that.'),
})

/** Agents that are alike. */
export const group = z.strictObject({
  group: name,
  strategy: z.string().min(1),
  params: z.record(z.string(), z.unknown()).default({}),
  count: z.int().positive(),
  attest: z.boolean().default(false),
  blindLogs: z.int().nonnegative().default(0).describe('How many members of the group never read logs.'),
  capital: z.array(amount).min(1).describe('Cash per member; the last one repeats.'),
})

/** Liquidity providers that are alike. */
export const provider = z.strictObject({
  count: z.int().nonnegative().default(1),
  reserves: amount,
  margin: ratio,
  maxClaim: amount,
})

/** Credit lines. */
export const lines = z
  .strictObject({
    vault: name.describe('Where the collateral is locked.'),
    asset: z.string().min(1),
    count: z.int().positive(),
    first: duration.describe('Wall time of the first request.'),
    every: duration.describe('Wall time between two requests.'),
    principal: amount,
    ltv: ratio.describe('Principal over collateral at the request.'),
    maxLtv: ratio.describe('Above it the provider enforces.'),
    fee: ratio.describe('Of the principal.'),
    penalty: ratio.describe('On what is due when enforced.'),
    term: duration.describe('Wall time to the expiry.'),
    repaid: z.int().nonnegative().describe('How many, the first ones, are repaid.'),
    hold: duration.describe('Wall time until those are repaid.'),
    backers: z
      .array(amount)
      .min(1)
      .optional()
      .describe('Who puts how much into a pool that lends in place of the providers.'),
  })
  .describe('Credit lines that borrowers ask the provider for.')
