// lienmesh swarm price: the market of a run moves by hand.
import { z } from 'zod'
import { change, dollarPrice, duration } from '../../config/units.ts'
import { EXIT, usageError } from '../domain/errors.ts'
import { command } from './command.ts'
import { json } from './format.ts'
import { order, runFlags } from './swarm-order.ts'

/** Moves a feed of the newest run that lives: what is true, what publishers sign, what pools trade at. */
export const swarmPrice = command({
  options: z.strictObject({
    feed: z.string({ error: 'is missing' }).min(1).describe('Name of the feed, such as ETH.'),
    to: z.string({ error: 'is missing' }).min(1).describe('A price, 2000 USD, or a change with its sign, -10%.'),
    over: duration.prefault('0s').describe('Time that the move takes.'),
    ...runFlags,
  }),
  positionals: ['feed', 'to'],
  rest: true,
  examples: ['lienmesh swarm price ETH -10%', 'lienmesh swarm price ETH 2000 USD --over 5s'],
  run: async ({ feed, to, over, 'run-dir': runDir }, context) => {
    const said = await order(runDir, { verb: 'price', feed, over, ...targetOf(to) })
    const [before, after] = [Number(said['before']), Number(said['after'])]
    context.print(
      context.json
        ? json({ type: 'price', feed, before, after, over })
        : `✔ ${feed} $${before.toFixed(2)} → $${after.toFixed(2)}${over > 0 ? ` over ${over / 1_000} s` : ''}`,
    )
    return EXIT.ok
  },
})

function targetOf(to: string): { readonly move: number } | { readonly to: number } {
  const moved = /^[+-]/.test(to) ? change.safeParse(to.replaceAll(' ', '')) : undefined
  if (moved?.success === true && moved.data > -10_000) return { move: moved.data }
  const price = dollarPrice.safeParse(/[a-z]/i.test(to) ? to : `${to} USD`)
  if (moved === undefined && price.success) return { to: Number(price.data) / 1e8 }
  throw usageError('E_PRICE', `"${to}" is neither a price nor a change`, 'Write 2000 USD, or -10% with its sign.')
}
