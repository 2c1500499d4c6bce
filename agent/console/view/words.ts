// The words between server and page. Plain data: what JSON carries, nothing else.

/** Dollars, 18 decimals, as a decimal string of the integer: exact, also in a spreadsheet. */
export type Money = string
/** Wall time in milliseconds. */
export type Time = number
/** How something stands; the page gives it a colour and a shape. */
export type Tone = 'ok' | 'warn' | 'bad' | 'idle'

/** Parts of a P&L. They sum to the total exactly. */
export type Parts = Readonly<Record<string, Money>>

/** What is served, said once per session. */
export type Served = {
  readonly kind: 'agent' | 'swarm'
  readonly name: string
  readonly mode: string
  readonly version: string
  readonly power: Power
  readonly startedAt: Time
  /** Modelled time per wall time. */
  readonly timeScale: number
  readonly agents: readonly string[]
  readonly collaterals: readonly {
    readonly id: number
    readonly vault: string
    readonly symbol: string
    readonly decimals: number
  }[]
  /** Names of addresses that are ours. */
  readonly names: Readonly<Record<string, string>>
}

/** What a token may do. */
export type Power = 'read' | 'control'

/** One agent in a line. */
export type AgentLine = {
  readonly name: string
  readonly role: string
  readonly strategy: string
  readonly tone: Tone
  readonly state: string
  readonly detail: string | undefined
  readonly wealth: Money | undefined
  readonly inFlight: Money | undefined
  readonly shortfall: Money | undefined
  readonly limit: Money | undefined
  readonly pnl: Money
  readonly won: number
  readonly lost: number
  readonly open: number
  readonly peers: number | undefined
  readonly lastAt: Time
  /** Settled P&L, oldest first. */
  readonly spark: readonly number[]
}

export type Tile = { readonly name: string; readonly tone: Tone; readonly says: string }

export type Overview = {
  readonly at: Time
  readonly agents: readonly AgentLine[]
  readonly wealth: Money | undefined
  readonly free: Money | undefined
  readonly inFlight: Money
  readonly settled: Money
  readonly unsettledGas: Money
  /** Collateral on its way at today's prices less what was paid for it. */
  readonly marked: Money | undefined
  readonly parts: Parts
  readonly shortfall: Money
  readonly limit: Money
  readonly mostInFlight: Money
  readonly won: number
  readonly lost: number
  readonly open: number
  readonly stuck: number
  readonly tiles: readonly Tile[]
  readonly curve: readonly (readonly [Time, number])[]
  readonly prices: readonly PriceLine[]
  readonly near: readonly NearLine[]
  readonly events: readonly LogLine[]
}

export type PriceLine = {
  readonly name: string
  readonly price: number
  readonly change: number | undefined
  readonly spark: readonly number[]
}

export type NearLine = {
  readonly account: string
  readonly mode: string
  readonly source: string
  readonly equity: Money
  readonly maintenance: Money
  readonly mark: Money
}

/** One decision. */
export type DecisionLine = {
  readonly seq: number
  readonly at: Time
  readonly agent: string
  readonly account: string
  readonly candidate: string
  readonly strategy: string
  readonly kind: string
  readonly reason: string
  readonly detail: string
  readonly net?: Money
  readonly expected?: Money
  readonly shortfall?: Money
  readonly premium?: Money
  readonly fraction?: number
  readonly route?: string
  readonly carried?: Money
  readonly limit?: Money
  readonly rows?: number
  readonly mode?: string
  readonly equity?: Money
  readonly maintenance?: Money
  readonly mark?: Money
}

export type Opportunities = {
  readonly rows: readonly DecisionLine[]
  readonly reasons: readonly { readonly kind: string; readonly reason: string; readonly count: number }[]
}

/** Everything about one account: who found it, what everybody decided, what was bid, and how it came home. */
export type Story = {
  readonly account: string
  readonly found: readonly {
    readonly agent: string
    readonly at: Time
    readonly via?: string
    readonly mode?: string
    readonly equity?: Money
    readonly maintenance?: Money
    readonly mark?: Money
  }[]
  readonly decisions: readonly DecisionLine[]
  readonly lanes: readonly LaneLine[]
  readonly bids: readonly BidLine[]
  readonly events: readonly LogLine[]
}

/** One claim of a lane. */
export type ClaimLine = {
  readonly vault: string
  readonly symbol: string
  readonly amount: string
  readonly decimals: number
  readonly openedAt: Time
  readonly anchoredAt?: Time
  readonly usableAt?: Time
  readonly soldAt?: Time
  /** When half, and when 95 % of all claims on this route are home. */
  readonly expectedAt: Time
  readonly dueAt: Time
  readonly stuck?: string
  readonly doing?: string
  /** What was paid for it, its value then, and its value now. */
  readonly debt?: Money
  readonly value?: Money
  readonly now?: Money
}

/** One liquidation on its way. */
export type LaneLine = {
  readonly agent: string
  readonly intent: string
  readonly account?: string
  readonly strategy?: string
  readonly route: string
  readonly state: string
  readonly tone: Tone
  readonly since: Time
  readonly wonAt?: Time
  readonly closedAt?: Time
  readonly dueAt?: Time
  readonly fraction?: number
  readonly outlay?: Money
  readonly collateralValue?: Money
  readonly premium?: Money
  readonly expected?: Money
  /** Mean loss in the worst 2.5 %, beyond the mean. */
  readonly shortfall?: Money
  /** Collateral now less collateral at the bid; settled: the realised gap. */
  readonly gapNow?: Money
  readonly claims: readonly ClaimLine[]
  readonly parts?: Parts
}

export type Settlements = { readonly at: Time; readonly open: readonly LaneLine[]; readonly done: readonly LaneLine[] }

export type HoldingLine = {
  readonly agent: string
  readonly chain: number
  readonly place: string
  readonly asset: string
  readonly decimals: number
  readonly actual: string
  readonly inFlight: string
  readonly reserved: string
  readonly inventory: string
}

export type Capital = {
  readonly at: Time
  readonly holdings: readonly HoldingLine[]
  readonly split: readonly {
    readonly agent: string
    readonly free: Money
    readonly reserved: Money
    readonly inFlight: Money
    readonly wealth: Money
  }[]
  readonly runway: readonly {
    readonly agent: string
    readonly chain: number
    readonly place: string
    readonly claims: number
  }[]
}

export type PnlLine = { readonly name: string; readonly settled: number; readonly parts: Parts }

export type Pnl = {
  readonly at: Time
  readonly parts: Parts
  readonly unsettledGas: Money
  readonly settled: number
  readonly drawdown: number
  readonly byAgent: readonly PnlLine[]
  readonly byStrategy: readonly PnlLine[]
  readonly byRoute: readonly PnlLine[]
  readonly byAsset: readonly PnlLine[]
  /** Total after each settlement, in dollars, by agent. */
  readonly curves: readonly { readonly name: string; readonly points: readonly (readonly [Time, number])[] }[]
  readonly calibration: Calibration
}

export type Calibration = {
  readonly carried: number
  readonly followed: number
  /** Gaps per tenth of their forecast. */
  readonly pit: readonly number[]
  readonly levels: readonly {
    readonly alpha: number
    readonly expected: number
    readonly observed: number
    readonly of: number
  }[]
  /** Dollars said and dollars lost of carried gaps, cumulative. */
  readonly said: readonly (readonly [Time, number])[]
  readonly lost: readonly (readonly [Time, number])[]
}

export type PeerLine = {
  readonly agent: string
  readonly id: string
  readonly address: string
  readonly name?: string
  readonly topics: readonly string[]
  readonly mesh: readonly string[]
  readonly score: number
}

export type NetworkView = {
  readonly at: Time
  readonly peers: readonly PeerLine[]
  readonly agents: readonly {
    readonly name: string
    readonly peers: number | undefined
    readonly mesh: number | undefined
    readonly messages: number
    readonly p50?: number
    readonly p99?: number
  }[]
  readonly kinds: readonly { readonly kind: string; readonly received: number; readonly published: number }[]
  readonly rejects: readonly { readonly cause: string; readonly count: number }[]
  /** Milliseconds from signature to receipt: when, median, 99th percentile. */
  readonly delivery: readonly (readonly [Time, number, number])[]
  readonly heads: readonly {
    readonly agent: string
    readonly chain: number
    readonly place: string
    readonly number: string
    readonly age: number
  }[]
}

export type BidLine = {
  readonly at: Time
  readonly bidder: string
  readonly name?: string
  readonly account: string
  readonly fraction?: number
  readonly value?: Money
  readonly outlay?: Money
  readonly waited?: number
  readonly road?: string
}

export type RivalLine = {
  readonly bidder: string
  readonly name?: string
  readonly ours: boolean
  readonly bids: number
  readonly share: number
  readonly value: Money
  readonly bonus: Money
  /** Median wall milliseconds from below maintenance to the bid. */
  readonly median?: number
  readonly first: Time
  readonly last: Time
}

export type Competitors = { readonly rivals: readonly RivalLine[]; readonly bids: readonly BidLine[] }

export type StrategyLine = {
  readonly agent: string
  readonly name: string
  readonly share: string
  readonly shortfall: string
  readonly params: string
  readonly taken: number
  readonly postponed: number
  readonly skipped: number
  readonly errors: number
  readonly settled: number
  readonly pnl: Money
  readonly reasons: readonly { readonly reason: string; readonly count: number }[]
}

export type ScenarioView = {
  readonly name: string
  readonly about: string
  readonly seed: number
  readonly phase: string
  readonly openedAt?: Time
  readonly duration: number
  readonly timeScale: number
  readonly chains: readonly { readonly name: string; readonly id: number; readonly url: string }[]
  readonly processes: readonly { readonly name: string; readonly pid: number; readonly alive: boolean }[]
  readonly prices: readonly { readonly name: string; readonly points: readonly (readonly [Time, number])[] }[]
  readonly timeline: readonly { readonly at: Time; readonly who: string; readonly what: string }[]
  readonly assertions: readonly { readonly claim: string; readonly holds?: boolean; readonly found?: string }[]
  readonly counts: Readonly<Record<string, number>>
  /** What is wrong on purpose; not there where nothing can be injected. */
  readonly faults?: readonly FaultLine[]
}

/** A fault of a run; without an end it stays until it is healed. */
export type FaultLine = {
  readonly id: number
  readonly line: string
  readonly state: 'waiting' | 'acting' | 'done'
  readonly since: Time
  readonly until?: Time
}

export type LogLine = {
  readonly seq: number
  readonly at: Time
  readonly agent: string
  readonly level: string
  readonly event: string
  readonly text: string
}

export type Logs = { readonly rows: readonly LogLine[] }

export type ConfigView = {
  readonly settings: readonly {
    readonly agent: string
    readonly key: string
    readonly value: string
    readonly from: string
  }[]
}

/** Rows of the stream, oldest first. */
export type Rows = { readonly decisions: readonly DecisionLine[]; readonly logs: readonly LogLine[] }

/** Every page's data, by the name under /api/v1. */
export type Views = {
  readonly overview: Overview
  readonly opportunities: Opportunities
  readonly settlements: Settlements
  readonly capital: Capital
  readonly pnl: Pnl
  readonly network: NetworkView
  readonly competitors: Competitors
  readonly strategies: { readonly rows: readonly StrategyLine[] }
  readonly scenario: ScenarioView | Record<string, never>
  readonly logs: Logs
  readonly config: ConfigView
}
