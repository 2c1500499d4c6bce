// What somebody does at a time of a scenario, besides what the drawn traders and the agents do by themselves.
import { z } from 'zod'
import { name } from './fields.ts'
import { amount, duration, ratio } from './units.ts'

const at = duration.describe('Wall time from the opening.')
const asset = z.string().min(1)

/** One action. */
export const action = z.discriminatedUnion('do', [
  z
    .strictObject({
      do: z.literal('forge'),
      at,
      route: name,
      asset,
      amount: amount.describe(
        'What is claimed to have been deposited, in dollars at the opening; less where a cap is.',
      ),
      by: z.enum(['attested', 'message']).default('attested').describe('Which source of the route lies.'),
    })
    .describe('A source swears to a deposit that never was: a quorum signs a root, or a relayer brings a message.'),
  z
    .strictObject({ do: z.literal('equivocate'), at, agent: name.describe('Its key signs two blocks at one height.') })
    .describe('An attestor contradicts itself before everybody.'),
  z
    .strictObject({ do: z.literal('withdraw'), at })
    .describe('Every depositor closes what it holds, takes its collateral out and claims it by proof.'),
  z
    .strictObject({ do: z.literal('deposit'), at, holder: name, amount: amount.describe('In dollars at the opening.') })
    .describe('A named account locks more collateral.'),
  z
    .strictObject({
      do: z.literal('trade'),
      at,
      holder: name,
      side: z.enum(['buy', 'sell']),
      notional: amount.describe('In dollars at the opening.'),
    })
    .describe('A named account trades its instrument.'),
  z
    .strictObject({ do: z.literal('gap'), at, route: name, asset, to: ratio })
    .describe(
      'The gap haircut of an asset on a route is published anew; it counts once the delay of its role is over.',
    ),
])

/** One action, read. */
export type Action = z.output<typeof action>
