// What a scenario file may say.
import { z } from 'zod'
import { action } from './actions.ts'
import { assertion } from './assertions.ts'
import { faultSchema } from './faults.ts'
import { name } from './fields.ts'
import type { Replay } from './replay.ts'
import { accounts, group, holder, lines, provider } from './scenario-cast.ts'
import { asset, auction, chainSchema, engine, feed, option, perpetual, prices, step, vault } from './scenario-world.ts'
import { amount, duration } from './units.ts'

/** Its fields. Whether they agree with each other is judged elsewhere. */
export const scenarioShape = z.strictObject({
  name,
  description: z.string().min(1),
  seed: z.int().nonnegative(),
  timeScale: z.number().positive().describe('Modelled time per wall time: 60 makes a second a minute.'),
  duration: duration.describe('Wall time of the market; settlements get time to finish after it.'),
  engines: z.array(chainSchema).min(1),
  vaultChains: z.array(chainSchema).min(1),
  vaults: z.array(vault).min(1),
  feeds: z.array(feed).min(1),
  assets: z.array(asset).min(1),
  instruments: z.array(z.discriminatedUnion('kind', [perpetual, option])).min(1),
  prices,
  path: z
    .union([
      z.array(step),
      z
        .string()
        .endsWith('.csv')
        .transform(() => []),
    ])
    .describe('Moves of the reference price, in order, or a CSV file of prices that were; volatility runs throughout.'),
  engine,
  auction,
  bonds: z.strictObject({
    minimum: amount,
    threshold: z.int().positive(),
    unbonding: duration.prefault('1h').describe('Time on the chain until a bond that was asked back is paid.'),
  }),
  accounts,
  holders: z.array(holder).default([]).describe('Accounts that actions and assertions can name.'),
  agents: z.array(group).min(1),
  provider,
  lines: lines.optional(),
  actions: z.array(action).default([]).describe('What somebody does at a time.'),
  faults: z.array(faultSchema).default([]).describe('What goes wrong: each an object, or one line of text.'),
  assert: z
    .array(assertion)
    .default([])
    .describe('What must hold, as sentences or as fields; judged while the market is open and at the end.'),
})

/** A valid scenario, every default filled in and every unit read; `replay` is what a CSV file said. */
export type Scenario = z.infer<typeof scenarioShape> & { readonly replay?: readonly Replay[] }
