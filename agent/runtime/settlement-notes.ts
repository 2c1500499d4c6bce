// Second legs in the journal as they happen, so that a restart goes on and an operator can ask.
import { LienmeshError } from '../domain/errors.ts'
import type { Claim, IntentId } from '../domain/liquidation.ts'
import type { SettlementStep, Share } from '../domain/settlement.ts'
import type { SettlementRecord } from '../ports/journal.ts'
import type { Context } from './context.ts'

/** A part of the agent's context. */
export type Noting = Pick<Context, 'journal' | 'emit'>

/** Writes a step down. A disk that takes nothing for a while holds up no claim: the chain knows what is owed. */
export function note({ journal, emit }: Noting, step: SettlementStep): void {
  try {
    journal.note(step)
  } catch (error) {
    if (!(error instanceof LienmeshError) || error.remedy !== 'retry') throw error
    emit('agent:retried', { task: 'note settlement', error })
  }
}

/** What is written of one claim's liquidation so far. */
export const recordOf = ({ journal }: Noting, intent: IntentId): SettlementRecord | undefined =>
  journal.settlements({ id: intent, limit: 1 }).at(0)

/** Claims that were opened and not sold since. */
export function openIn({ steps }: Pick<SettlementRecord, 'steps'>): readonly Claim[] {
  const open = new Map<string, Claim>()
  for (const step of steps) {
    if (step.kind === 'opened') open.set(placeOf(step.claim), step.claim)
    if (step.kind !== 'sold') continue
    for (const [place, claim] of open) if (isSoldBy(step, claim)) open.delete(place)
  }
  return [...open.values()]
}

const isSoldBy = ({ shares, vault }: Sold, claim: Claim): boolean =>
  shares === undefined ? vault === claim.vault : shares.some((share) => sameClaim(share.claim, claim))

/** Whether both are one liquidation's claim on one collateral of a vault. */
export const sameClaim = (a: Claim, b: Claim): boolean => a.intent === b.intent && placeOf(a) === placeOf(b)

/** What each of its claims brought that is sold. */
export const sharesIn = ({ intent, steps }: Pick<SettlementRecord, 'intent' | 'steps'>): readonly Share[] =>
  steps
    .flatMap((step) => (step.kind === 'sold' ? (step.shares ?? []) : []))
    .filter(({ claim }) => claim.intent === intent)

/** Whether an earlier run sold a claim that it had opened. */
export function wasSold(noting: Noting, claim: Claim): boolean {
  const record = recordOf(noting, claim.intent)
  const before = record?.steps.some((step) => step.kind === 'opened' && sameClaim(step.claim, claim)) ?? false
  return before && record !== undefined && !openIn(record).some((one) => sameClaim(one, claim))
}

/** Notes a claim once, whoever tells of it again. */
export function noteOpened(noting: Noting, claim: Claim, at: SettlementStep['at']): void {
  const known = recordOf(noting, claim.intent)?.steps ?? []
  const again = known.some((step) => step.kind === 'opened' && sameClaim(step.claim, claim))
  if (!again) note(noting, { kind: 'opened', at, vault: claim.vault, intents: [claim.intent], claim })
}

/** Notes a sale. What was bid for by this journal is settled by the core; anything else is paid with its last claim. */
export function noteSold(
  noting: Noting,
  claims: readonly Claim[],
  sold: Omit<Sold, 'kind' | 'intents' | 'vault'>,
): void {
  const intents = [...new Set(claims.map(({ intent }) => intent))]
  const [first] = claims
  if (first === undefined) return
  note(noting, { kind: 'sold', vault: first.vault, intents, ...sold })
  for (const intent of intents) {
    const record = recordOf(noting, intent)
    const bid = noting.journal.bid(intent)
    if (bid === undefined && record?.life !== undefined && openIn(record).length === 0) noting.journal.paid(intent)
  }
}

type Sold = Extract<SettlementStep, { readonly kind: 'sold' }>

const placeOf = ({ vault, collateral }: Claim): string => `${vault}:${collateral}`
