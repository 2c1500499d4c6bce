// The words between server and page.
import type { z } from 'zod'
import type * as pages from './pages.ts'
import type * as shapes from './shapes.ts'

/** Dollars, 18 decimals, as a decimal string of the integer: exact, also in a spreadsheet. */
export type Money = z.infer<typeof shapes.money>
/** Wall time in milliseconds. */
export type Time = z.infer<typeof shapes.time>
/** How something stands; the page gives it a colour and a shape. */
export type Tone = z.infer<typeof shapes.tone>
/** Parts of a P&L. They sum to the total exactly. */
export type Parts = z.infer<typeof shapes.parts>
/** What a token may do. */
export type Power = z.infer<typeof shapes.power>
/** What is served, said once per session. */
export type Served = z.infer<typeof pages.served>
/** One agent in a line. */
export type AgentLine = z.infer<typeof shapes.agentLine>
export type Tile = z.infer<typeof shapes.tile>
export type LogLine = z.infer<typeof shapes.logLine>
export type PriceLine = z.infer<typeof shapes.priceLine>
export type NearLine = z.infer<typeof shapes.nearLine>
export type Overview = z.infer<typeof pages.overview>
/** One decision. */
export type DecisionLine = z.infer<typeof shapes.decisionLine>
export type Opportunities = z.infer<typeof pages.opportunities>
/** One claim of a lane. */
export type ClaimLine = z.infer<typeof shapes.claimLine>
/** One liquidation on its way. */
export type LaneLine = z.infer<typeof shapes.laneLine>
export type BidLine = z.infer<typeof shapes.bidLine>
/** Everything about one account: who found it, what everybody decided, what was bid, and how it came home. */
export type Story = z.infer<typeof pages.story>
export type Settlements = z.infer<typeof pages.settlements>
export type HoldingLine = z.infer<typeof pages.holdingLine>
export type Capital = z.infer<typeof pages.capital>
export type PnlLine = z.infer<typeof pages.pnlLine>
export type Calibration = z.infer<typeof pages.calibration>
export type Pnl = z.infer<typeof pages.pnl>
export type PeerLine = z.infer<typeof pages.peerLine>
export type NetworkView = z.infer<typeof pages.networkView>
export type RivalLine = z.infer<typeof pages.rivalLine>
export type Competitors = z.infer<typeof pages.competitors>
export type StrategyLine = z.infer<typeof pages.strategyLine>
/** A fault of a run; without an end it stays until it is healed. */
export type FaultLine = z.infer<typeof pages.faultLine>
export type ScenarioView = z.infer<typeof pages.scenarioView>
export type Logs = z.infer<typeof pages.logs>
export type ConfigView = z.infer<typeof pages.configView>
/** Rows of the stream, oldest first. */
export type Rows = z.infer<typeof pages.rows>
/** Every page's data, by the name under /api/v1. */
export type Views = z.infer<typeof pages.views>
