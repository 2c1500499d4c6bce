// The same asset has two prices: what pools pay where collateral comes home, and the engine's mark. Bids count collateral
// at what its pool pays. Where claims are held on one side and cash on the other, the dear side is sold: short on the
// engine while pools pay less than the mark, bought back as they meet.

import type { Answer, Pool, Quote, Tradable, Trade, View } from '../agent/strategy.ts'
import { API_VERSION, after, defineStrategy, millis, mulDivDown, wad, z } from '../agent/strategy.ts'

const amount = z.coerce.bigint().nonnegative()
const params = z.strictObject({
  minNet: amount.default(0n).meta({ live: true }).describe('Least net value of a bid in dollars (wad).'),
  open: z
    .int()
    .positive()
    .default(40)
    .meta({ live: true })
    .describe('Bps below the mark that pools pay when it sells.'),
  close: z.int().default(10).meta({ live: true }).describe('Bps below the mark at most when it buys back.'),
})
type Params = z.infer<typeof params>

/** Both sides of one asset, priced apart. */
export const strategy = defineStrategy<Params>({
  name: 'inventory',
  apiVersion: API_VERSION,
  params,
  decide: (view, settings) => view.candidates.flatMap(({ quotes }) => answer(view, quotes, settings)),
  trade: (view, settings) => view.instruments.flatMap((one) => arbitrage(view, one, settings)),
})

function answer(view: View, quotes: readonly Quote[], { minNet }: Params): Answer[] {
  const [first, ...rest] = quotes.map((quote) => ({ quote, net: quote.net + basisOf(view, quote) }))
  if (first === undefined) return []
  const { quote, net } = rest.reduce((top, one) => (one.net > top.net ? one : top), first)
  if (net > minNet) return [{ kind: 'take', quote, reason: 'pays at the prices of its pools' }]
  const until = after(view.now, millis(1_000))
  return [{ kind: 'postpone', quote, until, reason: 'does not pay at the prices of its pools' }]
}

/** What pools pay for the collateral beyond the publishers' prices; nothing where somebody else takes it over. */
function basisOf(view: View, { legs, route }: Quote): bigint {
  if (route.settlement !== 'state-proof') return 0n
  const extra = legs.map(({ vault, value }) =>
    mulDivDown(value, BigInt(above(view, (pool) => pool.vault === vault) ?? 0), 10_000n),
  )
  return extra.reduce((sum, one) => sum + one, 0n)
}

/** How far pools pay above the publishers, on average, in bps; undefined without a word of the last minute. */
function above({ pools, now }: View, which: (pool: Pool) => boolean): number | undefined {
  const heard = pools.filter((pool) => which(pool) && now - pool.observedAt <= 60_000)
  if (heard.length === 0) return undefined
  const sum = heard.reduce((total, { price, official }) => total + Number(price) / Number(official) - 1, 0)
  return Math.floor((10_000 * sum) / heard.length)
}

function arbitrage(view: View, { instrument, feed, mark, held }: Tradable, { open, close }: Params): Trade[] {
  const worth = view.travelling.reduce((sum, one) => (one.feed === feed ? sum + one.worth : sum), 0n)
  const basis = above(view, (pool) => pool.feed === feed) ?? 0
  const size = -mulDivDown(worth, 10n ** 8n, mark)
  if (held === 0n && size !== 0n && basis <= -open)
    return [{ instrument, size: wad(size), reason: `pools pay ${-basis} bps less than the mark` }]
  const met = held !== 0n && (worth === 0n || basis >= -close)
  return met ? [{ instrument, size: wad(-held), reason: 'the prices have met, or nothing is on its way' }] : []
}
