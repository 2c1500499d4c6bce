// The end of a run in words: tables of eighty columns, and the one JSON object that machines read.
import type { Verdict } from './assertions/judge.ts'
import type { ModeRow } from './assertions/modes.ts'
import { isConserved } from './conservation.ts'
import { gainText, seconds, table, usd } from './format.ts'
import { gapLines } from './gaps.ts'
import { lagTable } from './lags.ts'
import type { AgentRow, LendingOutcome, Outcome } from './outcome.ts'
import { percentile } from './statistics.ts'

/** The last line of a run: amounts as decimal strings of wad. */
export const summaryObject = (outcome: Outcome) => ({
  type: 'summary',
  seed: outcome.seed,
  liquidated: outcome.liquidated.length,
  missed: outcome.missed.length,
  refused: outcome.refused.length,
  badDebt: outcome.badDebt.toString(),
  claims: outcome.claims.length,
  settled: outcome.settled,
  unsettled: outcome.unsettled,
  conservation: isConserved(outcome.ledgers),
  agents: outcome.agents.map((agent) => ({
    name: agent.name,
    strategy: agent.strategy,
    wins: agent.wins,
    lost: agent.lost,
    pnl: agent.pnl.toString(),
    capital: agent.capital.toString(),
    gapPredicted: agent.gapPredicted.toString(),
    gapRealised: agent.gapRealised.toString(),
  })),
  gossip: { messages: outcome.gossip.messages, p50Ms: outcome.gossip.p50 ?? null, p99Ms: outcome.gossip.p99 ?? null },
  gaps: outcome.gaps,
  wallSeconds: Number(outcome.wallSeconds.toFixed(1)),
  ...(outcome.lines === undefined ? {} : { lines: lendingObject(outcome.lines) }),
})

const lendingObject = ({ opened, repaid, enforced, pnl, cashLag, creditLag }: LendingOutcome) => ({
  ...{ opened, repaid, enforced, pnl: pnl.toString() },
  cashMs: percentile(cashLag, 0.5) ?? null,
  creditMs: percentile(creditLag, 0.5) ?? null,
})

/** The tables and the verdicts. */
export function summaryLines(
  outcome: Outcome,
  verdicts: readonly Verdict[],
  modes: readonly ModeRow[],
): readonly string[] {
  return [
    '',
    ...overview(outcome),
    '',
    ...table(
      ['agent', 'strategy', 'wins', 'lost', 'P&L', 'capital', 'gap expected', 'realised'],
      outcome.agents.map(agentCells),
    ),
    ...attribution(outcome.agents),
    ...remarks(outcome.agents),
    ...modeTable(modes),
    '',
    ...lagTable(outcome),
    '',
    ...verdicts.map(({ claim, holds, found }) => `  ${holds ? '✔' : '✖'} ${claim}: ${found}`),
  ]
}

function overview(outcome: Outcome): readonly string[] {
  const { fell, liquidated, missed, refused, recovered, inTime, settledBy, gossip, creditLag } = outcome
  const ms = (value: number | undefined): string => (value === undefined ? '-' : `${value.toFixed(0)} ms`)
  return [
    `  fell ${fell.length} · liquidated ${liquidated.length} (${inTime} before negative equity) · refused for gap ${refused.length} · missed ${missed.length} (${recovered} recovered)`,
    `  bids ${outcome.bids.length} · bad debt ${usd(outcome.badDebt)} · claims ${outcome.claims.length}, settled ${outcome.settled}`,
    `  settlements: state proof ${settledBy['state-proof']} · liquidity service ${settledBy['liquidity-service']} · cash only ${outcome.bids.filter((bid) => bid.road === 'none').length}`,
    `  deposit to credit: median ${seconds(percentile(creditLag, 0.5))}, p95 ${seconds(percentile(creditLag, 0.95))} over ${creditLag.length}`,
    `  gossip: ${gossip.messages} messages · prices p50 ${ms(gossip.p50)}, p99 ${ms(gossip.p99)} · in the crash p50 ${ms(gossip.crashP50)}, p99 ${ms(gossip.crashP99)}`,
    ...gapLines(outcome.gaps),
    ...lendingLine(outcome),
    `  wall time ${outcome.wallSeconds.toFixed(1)} s`,
  ]
}

function lendingLine({ lines }: Outcome): readonly string[] {
  if (lines === undefined) return []
  const { opened, repaid, enforced, pnl, cashLag, creditLag } = lines
  const lags = `deposit to cash ${seconds(percentile(cashLag, 0.5))}, to credit ${seconds(percentile(creditLag, 0.5))}`
  return [
    `  credit lines: opened ${opened} · repaid ${repaid} · enforced ${enforced} · provider earned ${gainText(pnl)} · ${lags}`,
  ]
}

const agentCells = (agent: AgentRow): readonly string[] => [
  agent.name,
  agent.strategy,
  String(agent.wins),
  String(agent.lost),
  gainText(agent.pnl),
  usd(agent.capital),
  usd(agent.gapPredicted),
  usd(agent.gapRealised),
]

const PARTS = ['bonus', 'positions', 'gas', 'lostRaceGas', 'providerFee', 'protocolFee', 'slippage', 'gap'] as const
const HEADS = ['bonus', 'positions', 'gas', 'lost gas', 'provider', 'protocol', 'slippage', 'gap'] as const

function attribution(agents: readonly AgentRow[]): readonly string[] {
  const told = agents.filter((agent) => agent.parts.size > 0)
  if (told.length === 0) return []
  const rows = told.map((agent) => [agent.name, ...PARTS.map((part) => whole(agent.parts.get(part) ?? 0n))])
  return ['', ...table(['attribution ($)', ...HEADS], rows)]
}

/** The same books under three modes, where a scenario holds them so. */
function modeTable(modes: readonly ModeRow[]): readonly string[] {
  if (modes.every(({ books }) => books === 0)) return []
  const head = ['margin', 'books', 'liquidated', 'bad debt', 'idle when it fell']
  const rows = modes.map(({ mode, books, liquidated, badDebt, idle }) => {
    return [mode, String(books), String(liquidated), usd(badDebt), usd(idle)]
  })
  return ['', ...table(head, rows)]
}

/** Whole dollars: eight parts have to fit into a line. */
const whole = (value: bigint): string => ((value + (value < 0n ? -HALF : HALF)) / (2n * HALF)).toString()
const HALF = 5n * 10n ** 17n

function remarks(agents: readonly AgentRow[]): readonly string[] {
  const off = agents.filter(({ reported, pnl }) => reported !== undefined && differs(reported, pnl))
  return [
    ...agents
      .filter((agent) => agent.learned !== undefined)
      .map((agent) => `  ${agent.name} had no log access: ${agent.learned} candidates found from peers' proven states`),
    ...agents
      .filter((agent) => agent.exhausted)
      .map((agent) => `  ${agent.name} ran out of capital and passed on candidates`),
    ...off.map(
      (agent) => `  ${agent.name} reports ${gainText(agent.reported ?? 0n)}, the chains say ${gainText(agent.pnl)}`,
    ),
  ]
}

/** More than a dollar and half a percent apart. */
const differs = (a: bigint, b: bigint): boolean => {
  const gap = a > b ? a - b : b - a
  return gap > 10n ** 18n && gap * 200n > (b < 0n ? -b : b)
}
