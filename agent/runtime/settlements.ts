// Liquidations as an operator follows them: both legs, where each stands, and what is done about what does not come.
import { type Hash, parseTransaction } from 'viem'
import { deadlineIn } from '../adapters/chain/executor-call.ts'
import type { IntentId } from '../domain/liquidation.ts'
import type { PlaybookStep, SettlementStep } from '../domain/settlement.ts'
import { type ChainId, type Instant, instant, type VaultId, type Wad } from '../domain/units.ts'
import type { Journal, JournaledTx, SettlementRecord } from '../ports/journal.ts'
import { askJournals } from './journals.ts'

/** `bidding`: paid for if it is included. `coming home`: paid, the collateral is on its way. `found`: no bid of ours. */
type State = 'bidding' | 'coming home' | 'settled' | 'failed' | 'abandoned' | 'found'

/** One transaction. `deadline` is where its executor stops accepting it. */
export type Leg = Pick<JournaledTx, 'chain' | 'nonce' | 'leg' | 'hash' | 'state'> & {
  readonly deadline: Instant | undefined
}

/** The way home of one claim. `stuck` is why the newest attempt did not get on; `doing` what the playbook does about it. */
export type Homecoming = {
  readonly vault: VaultId
  readonly amount: bigint
  readonly asset: string
  readonly openedAt: Instant
  readonly usableAt: Instant | undefined
  readonly stuck: string | undefined
  readonly doing: { readonly step: PlaybookStep; readonly detail: string } | undefined
  readonly sold: { readonly tx: Hash; readonly proceeds: bigint } | undefined
}

/** One liquidation. */
export type Settlement = {
  readonly intent: IntentId
  readonly state: State
  readonly chain: ChainId | undefined
  readonly reserved: Wad | undefined
  readonly legs: readonly Leg[]
  readonly claims: readonly Homecoming[]
  readonly steps: readonly SettlementStep[]
}

type Filter = Parameters<Journal['settlements']>[0]

/** Settlements of every journal below a folder. */
export async function readSettlements(
  folder: string,
  filter: Filter,
): Promise<readonly (Settlement & { readonly agent: string })[]> {
  const all = await askJournals(folder, {
    read: (journal) => settlementsIn(journal, filter),
    question: { ask: 'settlements', filter },
    said: (answer): readonly Settlement[] =>
      typeof answer === 'object' && answer !== null && 'settlements' in answer
        ? (answer.settlements as Settlement[])
        : [],
  })
  return all.flatMap(({ agent, found }) => found.map((one) => ({ ...one, agent })))
}

/** What a journal knows, without the signed bytes. */
export const settlementsIn = (journal: Pick<Journal, 'settlements'>, filter: Filter): readonly Settlement[] =>
  journal.settlements(filter).map(settlementOf)

function settlementOf({ intent, life, transactions, steps }: SettlementRecord): Settlement {
  const opened = steps.flatMap((step) => (step.kind === 'opened' && step.claim.intent === intent ? [step.claim] : []))
  return {
    intent,
    state: stateOf(life, steps),
    chain: life?.chain,
    reserved: life?.reserved,
    legs: transactions.map(legOf),
    claims: opened.map(({ vault, amount, asset, openedAt }) => ({
      ...{ vault, amount, asset, openedAt },
      ...progress(steps.filter((step) => step.vault === vault)),
    })),
    steps,
  }
}

function stateOf(life: SettlementRecord['life'], steps: readonly SettlementStep[]): State {
  switch (life?.state) {
    case 'signed':
      return 'bidding'
    case 'final':
      return 'coming home'
    case undefined:
      return steps.some(({ kind }) => kind === 'sold') ? 'settled' : 'found'
    default:
      return life?.state ?? 'found'
  }
}

function legOf({ chain, nonce, leg, hash, state, raw }: JournaledTx): Leg {
  const { data } = parseTransaction(raw)
  const seconds = data === undefined ? undefined : deadlineIn(data)
  return {
    chain,
    nonce,
    leg,
    hash,
    state,
    deadline: seconds === undefined ? undefined : instant(Number(seconds) * 1_000),
  }
}

/** What the newest steps say: whatever came after something was stuck has overcome it. */
function progress(steps: readonly SettlementStep[]): Omit<Homecoming, 'vault' | 'amount' | 'asset' | 'openedAt'> {
  const last = steps.findLastIndex(({ kind }) => kind === 'anchored' || kind === 'opened')
  const since = steps.slice(last)
  const stuck = since.findLast((step) => step.kind === 'stuck')
  const played = since.findLast((step) => step.kind === 'playbook')
  const anchored = steps.findLast((step) => step.kind === 'anchored')
  const sold = steps.findLast((step) => step.kind === 'sold')
  return {
    usableAt: anchored && instant(Number(anchored.usableAt) * 1_000),
    stuck: sold === undefined ? stuck?.reason : undefined,
    doing: sold === undefined && played !== undefined ? { step: played.step, detail: played.detail } : undefined,
    sold: sold && { tx: sold.tx, proceeds: sold.proceeds },
  }
}
