// What a backtest writes down about one agent: what it earned and by what, what it was exposed to, whom it lost to.
import type { Effect } from '../../core/core.ts'
import { inFlight, unsettledGas } from '../../core/ledger.ts'
import { candidateId } from '../../core/scan.ts'
import type { Attribution, CandidateId, Decision, Intent, IntentId } from '../../domain/liquidation.ts'
import type { Instant } from '../../domain/units.ts'
import { toDouble } from '../../maths/fixed-point.ts'
import { type Judged, judgedOf } from '../coverage/findings.ts'
import type { Observer } from '../state.ts'

/** P&L by cause, in dollars. */
export type Parts = Readonly<Record<keyof Attribution, number>>

/** One point of a curve: modelled minutes since the opening, and dollars. */
export type Point = readonly [minutes: number, dollars: number]

/** One agent in one seed. Dollars. */
export type Books = {
  readonly liquidations: number
  readonly submitted: number
  readonly parts: Parts
  /** Gas that no settlement carried. */
  readonly overhead: number
  readonly pnl: number
  /** What the quotes of the settled liquidations expected the gap to cost, and what it cost. */
  readonly gapPredicted: number
  readonly gapRealised: number
  readonly outlay: number
  readonly equity: readonly Point[]
  readonly exposure: readonly Point[]
  /** Most outlay that the agent lets be in flight. */
  readonly limit: number
  /** When and why it stopped bidding, if it did. */
  readonly halted: { readonly minute: number; readonly reason: string } | undefined
  /** Candidates left, by the last reason given for each. */
  readonly skipped: Readonly<Record<string, number>>
  /** Bids of ours that somebody else was faster than, by who. */
  readonly lostTo: Readonly<Record<string, number>>
  /** Slices that everybody took. */
  readonly takenBy: Readonly<Record<string, number>>
  readonly judged: readonly Judged[]
}

/** Watches one agent; `books` may be asked when the world has ended. */
export function bookkeeper(
  name: string,
  opensAt: Instant,
  timeScale: number,
): { readonly observer: Observer; books(): Books } {
  const notes = openNotes()
  const minute = (at: number): number => ((at - opensAt) * timeScale) / 60_000
  return {
    observer: {
      effect(agent, effect, at) {
        if (agent.spec.name !== name) return
        note(notes, effect, minute(at))
        notes.limit = toDouble(agent.core.setup.risk.maxInFlight)
        notes.overhead = toDouble(unsettledGas(agent.core.ledger))
        const exposed = toDouble(inFlight(agent.core.ledger))
        if (exposed !== notes.exposure.at(-1)?.[1]) notes.exposure.push([minute(at), exposed])
      },
      taken(who, { before }) {
        const id = candidateId(before)
        count(notes.takenBy, who)
        if (who !== name && notes.open.delete(id)) count(notes.lostTo, who)
        if (who === name) notes.open.delete(id)
        notes.skipped.delete(id)
      },
    },
    books: () => booksOf(notes),
  }
}

type Notes = {
  readonly intents: Map<IntentId, Intent>
  readonly open: Set<CandidateId>
  readonly sums: Record<keyof Attribution, number>
  readonly equity: Point[]
  readonly exposure: Point[]
  readonly skipped: Map<CandidateId, Decision['reason']>
  readonly lostTo: Map<string, number>
  readonly takenBy: Map<string, number>
  readonly judged: Judged[]
  liquidations: number
  submitted: number
  overhead: number
  predicted: number
  outlay: number
  limit: number
  halted: Books['halted']
}

const openNotes = (): Notes => ({
  intents: new Map(),
  open: new Set(),
  sums: {
    ...{ bonus: 0, positions: 0, funding: 0, gas: 0, lostRaceGas: 0 },
    ...{ providerFee: 0, protocolFee: 0, slippage: 0, gap: 0, total: 0 },
  },
  equity: [[0, 0]],
  exposure: [],
  skipped: new Map(),
  lostTo: new Map(),
  takenBy: new Map(),
  judged: [],
  liquidations: 0,
  submitted: 0,
  overhead: 0,
  predicted: 0,
  outlay: 0,
  limit: 0,
  halted: undefined,
})

function note(notes: Notes, effect: Effect, minute: number): void {
  switch (effect.kind) {
    case 'submit':
      notes.submitted++
      notes.intents.set(effect.intent.id, effect.intent)
      notes.open.add(effect.intent.quote.candidate.id)
      return
    case 'decided':
      if (effect.decision.kind === 'take') notes.skipped.delete(effect.decision.candidate)
      else if (!OURS.has(effect.decision.reason)) notes.skipped.set(effect.decision.candidate, effect.decision.reason)
      return
    case 'halted':
      notes.halted = { minute, reason: effect.halt.reason }
      return
    case 'gap-realised':
      notes.judged.push(judgedOf(effect.record))
      return
    case 'settled':
      return settled(notes, effect, minute)
    default:
      return
  }
}

/** Reasons that only say that we are at it. */
const OURS: ReadonlySet<Decision['reason']> = new Set(['already-reserved', 'settling'])

function settled(
  notes: Notes,
  { intent, attribution, fill }: Extract<Effect, { kind: 'settled' }>,
  minute: number,
): void {
  notes.liquidations++
  for (const part of Object.keys(notes.sums) as (keyof Attribution)[]) notes.sums[part] += toDouble(attribution[part])
  notes.outlay += toDouble(fill.outlay)
  notes.predicted += toDouble(notes.intents.get(intent)?.quote.gap.expected ?? 0n)
  notes.equity.push([minute, notes.sums.total])
}

const booksOf = (notes: Notes): Books => ({
  liquidations: notes.liquidations,
  submitted: notes.submitted,
  parts: { ...notes.sums },
  overhead: notes.overhead,
  pnl: notes.sums.total - notes.overhead,
  gapPredicted: notes.predicted,
  gapRealised: -notes.sums.gap,
  outlay: notes.outlay,
  equity: notes.equity,
  exposure: notes.exposure,
  limit: notes.limit,
  halted: notes.halted,
  skipped: tally([...notes.skipped.values()]),
  lostTo: Object.fromEntries(notes.lostTo),
  takenBy: Object.fromEntries(notes.takenBy),
  judged: notes.judged,
})

const count = (of: Map<string, number>, name: string): unknown => of.set(name, (of.get(name) ?? 0) + 1)

function tally(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}
