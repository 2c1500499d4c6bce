// Auctions that everybody waits for and nobody has opened: asked for when it is our turn, and again when it failed.
import type { Candidate, CandidateId } from '../domain/liquidation.ts'
import type { Anchor } from '../domain/market.ts'
import { after, type Instant, millis } from '../domain/units.ts'
import type { Market } from './book.ts'
import type { Choice } from './decide.ts'
import { stopped } from './protect.ts'
import { type Saying, wake } from './round.ts'
import type { Core, Opening } from './state.ts'

/** Openings to ask for now: each until its transaction failed, and not before its turn. Only live opens any. */
export function openings(core: Core, market: Market, choices: readonly Choice[]): readonly Saying[] {
  if (core.setup.mode !== 'live' || stopped(core.watch) !== undefined) return []
  const taken = new Set(choices.flatMap(({ kind, candidate }) => (kind === 'take' ? [candidate.id] : [])))
  return choices.flatMap(({ kind, candidate }): Saying[] => {
    const waiting =
      kind === 'postpone' && candidate.account.auctionStartedAt === undefined && candidate.source !== 'peer'
    if (market.at - candidate.since < turn(core, candidate)) return []
    if (!waiting || taken.has(candidate.id) || !mayOpen(core.opened.get(candidate.id), market.at)) return []
    core.opened.set(candidate.id, { tries: (core.opened.get(candidate.id)?.tries ?? 0) + 1, again: undefined })
    return [{ kind: 'open-auction', candidate }]
  })
}

const mayOpen = (opening: Opening | undefined, at: Instant): boolean =>
  opening === undefined || (opening.again !== undefined && opening.again <= at)

/** How long we leave the opening of an auction to others, who leave it to us elsewhere: one opening is enough. */
function turn({ setup }: Core, { account }: Candidate): number {
  const us = BigInt(setup.self[0] ?? 0)
  return Number((BigInt(account.id) ^ us) % TURNS) * TURN
}

const TURNS = 5n
/** Wall milliseconds. */
const TURN = 1_200

/** Transactions that opened nothing: whoever is still below maintenance then is asked for again, later every time. */
export function unopened(core: Core, at: Instant, candidates: readonly CandidateId[]): readonly Saying[] {
  const times = candidates.flatMap((id) => {
    const opening = core.opened.get(id)
    if (opening === undefined) return []
    const again = after(at, millis(Math.min(LONGEST, SHORTEST * 2 ** (opening.tries - 1))))
    core.opened.set(id, { ...opening, again })
    return [again]
  })
  return wake(core, at, times)
}

/** Wall milliseconds between a failed opening and the next. */
const [SHORTEST, LONGEST] = [1_000, 30_000]

/** A block and everything on it is gone: what was said about an auction opened there may be said again. */
export function forgetOpened(core: Core, from: Anchor): void {
  for (const id of core.opened.keys()) if (id.startsWith(`${from.chain}:`)) core.opened.delete(id)
}
