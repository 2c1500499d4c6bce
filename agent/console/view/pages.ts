// What the API answers, page by page.
import { z } from 'zod'
import {
  agentLine,
  bidLine,
  decisionLine,
  laneLine,
  list,
  logLine,
  money,
  nearLine,
  parts,
  points,
  power,
  priceLine,
  row,
  table,
  tile,
  time,
} from './shapes.ts'

/** What is served, said once per session. */
export const served = row({
  kind: z.enum(['agent', 'swarm']),
  name: z.string(),
  mode: z.string(),
  version: z.string(),
  power,
  startedAt: time,
  timeScale: z.number().describe('Modelled time per wall time.'),
  agents: list(z.string()),
  collaterals: list(
    row({
      id: z.number(),
      vault: z.string(),
      symbol: z.string(),
      decimals: z.number(),
    }),
  ),
  names: table(z.string()).describe('Names of addresses that are ours.'),
}).meta({ id: 'Served' })

export const overview = row({
  at: time,
  agents: list(agentLine),
  wealth: money.optional(),
  free: money.optional(),
  inFlight: money,
  settled: money,
  unsettledGas: money,
  marked: money.optional().describe("Collateral on its way at today's prices less what was paid for it."),
  parts,
  shortfall: money,
  limit: money,
  mostInFlight: money,
  won: z.number(),
  lost: z.number(),
  open: z.number(),
  stuck: z.number(),
  tiles: list(tile),
  curve: points,
  prices: list(priceLine),
  near: list(nearLine),
  events: list(logLine),
}).meta({ id: 'Overview' })

export const opportunities = row({
  rows: list(decisionLine),
  reasons: list(
    row({
      kind: z.string(),
      reason: z.string(),
      count: z.number(),
    }),
  ),
}).meta({ id: 'Opportunities' })

/** Everything about one account: who found it, what everybody decided, what was bid, and how it came home. */
export const story = row({
  account: z.string(),
  found: list(
    row({
      agent: z.string(),
      at: time,
      via: z.string().exactOptional(),
      mode: z.string().exactOptional(),
      equity: money.exactOptional(),
      maintenance: money.exactOptional(),
      mark: money.exactOptional(),
    }),
  ),
  decisions: list(decisionLine),
  lanes: list(laneLine),
  bids: list(bidLine),
  events: list(logLine),
}).meta({ id: 'Story' })

export const settlements = row({
  at: time,
  open: list(laneLine),
  done: list(laneLine),
}).meta({ id: 'Settlements' })

export const holdingLine = row({
  agent: z.string(),
  chain: z.number(),
  place: z.string(),
  asset: z.string(),
  decimals: z.number(),
  actual: z.string(),
  inFlight: z.string(),
  reserved: z.string(),
  inventory: z.string(),
}).meta({ id: 'HoldingLine' })

export const capital = row({
  at: time,
  holdings: list(holdingLine),
  split: list(
    row({
      agent: z.string(),
      free: money,
      reserved: money,
      inFlight: money,
      wealth: money,
    }),
  ),
  runway: list(
    row({
      agent: z.string(),
      chain: z.number(),
      place: z.string(),
      claims: z.number(),
    }),
  ),
}).meta({ id: 'Capital' })

export const pnlLine = row({
  name: z.string(),
  settled: z.number(),
  parts,
}).meta({ id: 'PnlLine' })

export const calibration = row({
  carried: z.number(),
  followed: z.number(),
  pit: list(z.number()).describe('Gaps per tenth of their forecast.'),
  levels: list(
    row({
      alpha: z.number(),
      expected: z.number(),
      observed: z.number(),
      of: z.number(),
    }),
  ),
  said: points.describe('Dollars that were said of carried gaps, cumulative.'),
  lost: points.describe('Dollars that they lost, cumulative.'),
}).meta({ id: 'Calibration' })

export const pnl = row({
  at: time,
  parts,
  unsettledGas: money,
  settled: z.number(),
  drawdown: z.number(),
  byAgent: list(pnlLine),
  byStrategy: list(pnlLine),
  byRoute: list(pnlLine),
  byAsset: list(pnlLine),
  curves: list(
    row({
      name: z.string(),
      points,
    }),
  ).describe('Total after each settlement, in dollars, by agent.'),
  calibration,
}).meta({ id: 'Pnl' })

export const peerLine = row({
  agent: z.string(),
  id: z.string(),
  address: z.string(),
  name: z.string().exactOptional(),
  topics: list(z.string()),
  mesh: list(z.string()),
  score: z.number(),
}).meta({ id: 'PeerLine' })

export const networkView = row({
  at: time,
  peers: list(peerLine),
  agents: list(
    row({
      name: z.string(),
      peers: z.number().optional(),
      mesh: z.number().optional(),
      messages: z.number(),
      p50: z.number().exactOptional(),
      p99: z.number().exactOptional(),
    }),
  ),
  kinds: list(
    row({
      kind: z.string(),
      received: z.number(),
      published: z.number(),
    }),
  ),
  rejects: list(
    row({
      cause: z.string(),
      count: z.number(),
    }),
  ),
  delivery: list(z.tuple([time, z.number(), z.number()]).readonly()).describe(
    'Milliseconds from signature to receipt: when, median, 99th percentile.',
  ),
  heads: list(
    row({
      agent: z.string(),
      chain: z.number(),
      place: z.string(),
      number: z.string(),
      age: z.number(),
    }),
  ),
}).meta({ id: 'NetworkView' })

export const rivalLine = row({
  bidder: z.string(),
  name: z.string().exactOptional(),
  ours: z.boolean(),
  bids: z.number(),
  share: z.number(),
  value: money,
  bonus: money,
  median: z.number().exactOptional().describe('Median wall milliseconds from below maintenance to the bid.'),
  first: time,
  last: time,
}).meta({ id: 'RivalLine' })

export const competitors = row({
  rivals: list(rivalLine),
  bids: list(bidLine),
}).meta({ id: 'Competitors' })

export const strategyLine = row({
  agent: z.string(),
  name: z.string(),
  share: z.string(),
  shortfall: z.string(),
  params: z.string(),
  taken: z.number(),
  postponed: z.number(),
  skipped: z.number(),
  errors: z.number(),
  settled: z.number(),
  pnl: money,
  reasons: list(
    row({
      reason: z.string(),
      count: z.number(),
    }),
  ),
}).meta({ id: 'StrategyLine' })

/** A fault of a run; without an end it stays until it is healed. */
export const faultLine = row({
  id: z.number(),
  line: z.string(),
  state: z.enum(['waiting', 'acting', 'done']),
  since: time,
  until: time.exactOptional(),
}).meta({ id: 'FaultLine' })

export const scenarioView = row({
  name: z.string(),
  about: z.string(),
  seed: z.number(),
  phase: z.string(),
  openedAt: time.exactOptional(),
  duration: z.number(),
  timeScale: z.number(),
  chains: list(
    row({
      name: z.string(),
      id: z.number(),
      url: z.string(),
    }),
  ),
  processes: list(
    row({
      name: z.string(),
      pid: z.number(),
      alive: z.boolean(),
    }),
  ),
  prices: list(
    row({
      name: z.string(),
      points,
    }),
  ),
  timeline: list(
    row({
      at: time,
      who: z.string(),
      what: z.string(),
    }),
  ),
  assertions: list(
    row({
      claim: z.string(),
      holds: z.boolean().exactOptional(),
      found: z.string().exactOptional(),
    }),
  ),
  counts: table(z.number()),
  faults: list(faultLine).exactOptional().describe('What is wrong on purpose; absent where nothing can be injected.'),
}).meta({ id: 'ScenarioView' })

export const logs = row({
  rows: list(logLine),
}).meta({ id: 'Logs' })

export const configView = row({
  settings: list(
    row({
      agent: z.string(),
      key: z.string(),
      value: z.string(),
      from: z.string(),
    }),
  ),
}).meta({ id: 'ConfigView' })

/** Rows of the stream, oldest first. */
export const rows = row({
  decisions: list(decisionLine),
  logs: list(logLine),
})

/** Every page's data, by the name under /api/v1. */
export const views = z.strictObject({
  overview,
  opportunities,
  settlements,
  capital,
  pnl,
  network: networkView,
  competitors,
  strategies: row({
    rows: list(strategyLine),
  }),
  scenario: z.union([scenarioView, z.strictObject({})]),
  logs,
  config: configView,
})

const units = z.string().regex(/^-?\d+$/)

/** An account over all chains on one engine. Dollars as money, amounts in the assets' own units. */
export const portfolio = row({
  ...{ account: z.string(), engine: z.number(), mode: z.string(), source: z.string() },
  ...{ block: units, version: units, cash: money },
  margin: row({ ...{ netValue: money, mark: money, equity: money, maintenance: money, initial: money } })
    .optional()
    .describe('Absent while a price is missing.'),
  positions: list(row({ instrument: z.string(), size: units, value: money, notional: money })),
  collateral: list(row({ vault: z.string(), symbol: z.string(), amount: units, value: money, counts: money })),
  distance: row({ down: z.number().optional(), up: z.number().optional() }).describe(
    'How far all prices may fall or rise together until it is liquidated; absent where no move up to 100 % does.',
  ),
  tail: row({ expected: money, shortfall: money }).optional().describe('Of realising its collateral over the gap.'),
  act: row({ refused: z.string().optional() }).optional().describe('The act that was asked about.'),
}).meta({ id: 'Portfolio' })

/** What became of an order, and how it is taken back. */
export const orderDone = row({
  state: z.string(),
  undo: z.enum(['pause', 'resume', 'flatten']).optional(),
})
