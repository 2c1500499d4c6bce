// What the API's answers are made of, as schemas: the page's types and the OpenAPI description both come from here. Plain
// data: what JSON carries, nothing else.
import { z } from 'zod'

export const row = <S extends z.ZodRawShape>(shape: S) => z.strictObject(shape).readonly()
export const list = <T extends z.ZodType>(of: T) => z.array(of).readonly()
export const table = <T extends z.ZodType>(of: T) => z.record(z.string(), of).readonly()

/** Dollars, 18 decimals, as a decimal string of the integer: exact, also in a spreadsheet. */
export const money = z
  .string()
  .regex(/^-?\d+$/)
  .meta({ id: 'Money', description: 'Dollars with 18 decimals, as a decimal string of the integer.' })

/** Wall time in milliseconds. */
export const time = z.number().meta({ id: 'Time', description: 'Wall time in milliseconds.' })
export const points = list(z.tuple([time, z.number()]).readonly())

/** How something stands; the page gives it a colour and a shape. */
export const tone = z.enum(['ok', 'warn', 'bad', 'idle'])

/** Parts of a P&L. They sum to the total exactly. */
export const parts = table(money)

/** What a token may do. */
export const power = z.enum(['read', 'control'])

/** One agent in a line. */
export const agentLine = row({
  name: z.string(),
  role: z.string(),
  strategy: z.string(),
  tone,
  state: z.string(),
  detail: z.string().optional(),
  wealth: money.optional(),
  inFlight: money.optional(),
  shortfall: money.optional(),
  limit: money.optional(),
  pnl: money,
  won: z.number(),
  lost: z.number(),
  open: z.number(),
  peers: z.number().optional(),
  lastAt: time,
  spark: list(z.number()).describe('Settled P&L, oldest first.'),
}).meta({ id: 'AgentLine' })

export const tile = row({
  name: z.string(),
  tone,
  says: z.string(),
}).meta({ id: 'Tile' })

export const logLine = row({
  seq: z.number(),
  at: time,
  agent: z.string(),
  level: z.string(),
  event: z.string(),
  text: z.string(),
}).meta({ id: 'LogLine' })

export const priceLine = row({
  name: z.string(),
  price: z.number(),
  change: z.number().optional(),
  spark: list(z.number()),
}).meta({ id: 'PriceLine' })

export const nearLine = row({
  account: z.string(),
  mode: z.string(),
  source: z.string(),
  equity: money,
  maintenance: money,
  mark: money,
}).meta({ id: 'NearLine' })

/** One decision. */
export const decisionLine = row({
  seq: z.number(),
  at: time,
  agent: z.string(),
  account: z.string(),
  candidate: z.string(),
  strategy: z.string(),
  kind: z.string(),
  reason: z.string(),
  detail: z.string(),
  net: money.exactOptional(),
  expected: money.exactOptional(),
  shortfall: money.exactOptional(),
  premium: money.exactOptional(),
  fraction: z.number().exactOptional(),
  route: z.string().exactOptional(),
  carried: money.exactOptional(),
  limit: money.exactOptional(),
  rows: z.number().exactOptional(),
  mode: z.string().exactOptional(),
  equity: money.exactOptional(),
  maintenance: money.exactOptional(),
  mark: money.exactOptional(),
}).meta({ id: 'DecisionLine' })

/** One claim of a lane. */
export const claimLine = row({
  vault: z.string(),
  symbol: z.string(),
  amount: z.string(),
  decimals: z.number(),
  openedAt: time,
  anchoredAt: time.exactOptional(),
  usableAt: time.exactOptional(),
  soldAt: time.exactOptional(),
  expectedAt: time.describe('When half of all claims on this route are home.'),
  dueAt: time.describe('When 95 % of all claims on this route are home.'),
  stuck: z.string().exactOptional(),
  doing: z.string().exactOptional(),
  debt: money.exactOptional().describe('What was paid for it.'),
  value: money.exactOptional().describe('Its value then.'),
  now: money.exactOptional().describe('Its value now.'),
}).meta({ id: 'ClaimLine' })

/** One liquidation on its way. */
export const laneLine = row({
  agent: z.string(),
  intent: z.string(),
  account: z.string().exactOptional(),
  strategy: z.string().exactOptional(),
  route: z.string(),
  state: z.string(),
  tone,
  since: time,
  wonAt: time.exactOptional(),
  closedAt: time.exactOptional(),
  dueAt: time.exactOptional(),
  fraction: z.number().exactOptional(),
  outlay: money.exactOptional(),
  collateralValue: money.exactOptional(),
  premium: money.exactOptional(),
  expected: money.exactOptional(),
  shortfall: money.exactOptional().describe('Mean loss in the worst 2.5 %, beyond the mean.'),
  gapNow: money.exactOptional().describe('Collateral now less collateral at the bid; settled: the realised gap.'),
  claims: list(claimLine),
  parts: parts.exactOptional(),
}).meta({ id: 'LaneLine' })

export const bidLine = row({
  at: time,
  bidder: z.string(),
  name: z.string().exactOptional(),
  account: z.string(),
  fraction: z.number().exactOptional(),
  value: money.exactOptional(),
  outlay: money.exactOptional(),
  waited: z.number().exactOptional(),
  road: z.string().exactOptional(),
}).meta({ id: 'BidLine' })
