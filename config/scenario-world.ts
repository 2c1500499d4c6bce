// The world of a scenario: chains, vaults, what is traded, at which prices and by which rules.
import { z } from 'zod'
import { name } from './fields.ts'
import { sourceSchema } from './sources.ts'
import { amount, change, dollarPrice, duration, ratio } from './units.ts'

const finality = z.int().nonnegative().describe('Blocks on top after which a block is final.')
const blockTime = duration.describe('Wall time between blocks, in whole seconds.')
/** A chain by its name. */
export const chainSchema = z.strictObject({ name, blockTime, finality })

const stuck = z
  .strictObject({
    every: duration.describe('Mean wall time between two pauses, exponentially distributed.'),
    min: duration.describe('Shortest pause.'),
    max: duration.describe('Longest pause.'),
  })
  .describe("The guardian pauses the vault's root oracle at random moments.")

const latency = z.strictObject({
  median: duration,
  spread: z.number().nonnegative().describe('Log-standard deviation of the body.'),
  stuckOdds: ratio,
  stuckMedian: duration,
})

/** A vault with its mirror: one route. */
export const vault = z.strictObject({
  id: name,
  chain: name,
  engine: name,
  delay: duration.prefault('0s').describe('Wall time an attested root must age on the vault chain before it pays.'),
  engineSource: sourceSchema
    .optional()
    .describe('Why the vault believes the mirror; attested after the delay by default.'),
  vaultSource: sourceSchema.optional().describe('Why the mirror believes the vault; attested at once by default.'),
  assets: z.array(z.string()).min(1).optional().describe('What may be locked in it; every asset by default.'),
  cap: amount.optional().describe('Most credit of each of its assets, in dollars at the opening; none by default.'),
  stuck: stuck.optional(),
  latency: latency.describe('Prior of bid to collateral, in modelled time; agents price the gap with it.'),
})

/** A collateral token, on every vault chain. */
export const asset = z.strictObject({
  symbol: z.string().min(1),
  decimals: z.int().min(1).max(18),
  feed: z.string().min(1).describe('Feed that prices it.'),
  haircut: ratio,
  gap: ratio.describe('Gap haircut stored on chain, for every vault without its own.'),
  gapByVault: z.record(z.string(), ratio).default({}),
  poolDepth: amount.describe('Dollars on each side of the pool where it is sold.'),
})

/** A spot price. */
export const feed = z.strictObject({
  name: z.string().min(1),
  start: dollarPrice,
  volatility: ratio.describe('Annual, in modelled time.'),
  beta: z.number().default(1).describe('Share of each step of the path that this feed follows.'),
})

/** A perpetual. */
export const perpetual = z.strictObject({
  name: z.string().min(1),
  kind: z.literal('perpetual'),
  feed: z.string().min(1),
  shock: ratio.describe('Largest move of the 16 scenarios, up and down.'),
  contingency: ratio.describe('Flat charge on notional, on top of the scan.'),
})

/** A European option. */
export const option = z.strictObject({
  name: z.string().min(1),
  kind: z.enum(['call', 'put']),
  feed: z.string().min(1),
  strike: dollarPrice,
  expiry: duration.describe('Modelled time from the start.'),
  volatility: ratio,
  shock: ratio,
  contingency: ratio,
})

/** How prices are published. */
export const prices = z.strictObject({
  publishers: z.int().positive(),
  quorum: z.int().positive(),
  interval: duration,
  maxAge: duration,
  deviation: ratio.describe('Spread between publishers above which a feed is degraded.'),
  noise: ratio.prefault('0.01 %').describe('How far publishers differ.'),
  impact: ratio
    .prefault('0 %')
    .describe('Share of what a sale of seized collateral does to its pool that stays in the price of everybody.'),
})

/** One move of the path. */
export const step = z.strictObject({
  at: duration.describe('Wall time from the start of the market.'),
  move: change.describe('Change of the reference price over the step.'),
  over: duration.prefault('0s').describe('Wall time that the change takes.'),
})

/** Terms of every margin engine. */
export const engine = z.strictObject({
  initialFactor: ratio.describe('Initial margin over maintenance.'),
  tradeFee: ratio,
  pool: amount.describe('Cash of the pool that is counterparty to every trade.'),
  insurance: amount,
  tranche: amount.prefault('250000 USD').describe("First loss of each route, borne by the tranche's backers."),
})

/** Terms of every auction. */
export const auction = z.strictObject({
  startDiscount: ratio,
  discountPerSecond: ratio,
  maxDiscount: ratio,
  target: ratio.describe('Maintenance multiple that a bid may restore.'),
  bonded: duration.describe('First seconds open to bonded agents only.'),
  insolvent: duration.describe('Time over which the reward of an insolvent account grows.'),
  dust: amount,
})
