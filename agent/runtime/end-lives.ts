// Liquidations whose claims are paid on chain and not in the journal: a kill came between, or an earlier run had no name
// for what it redeemed. They hold capital in the books until they are ended here.
import type { Address } from 'viem'
import { carries } from '../core/ledger.ts'
import type { Core } from '../core/state.ts'
import type { IntentId } from '../domain/liquidation.ts'
import type { VaultDeployment } from '../domain/network.ts'
import { type ChainId, millis, type VaultId } from '../domain/units.ts'
import type { EngineChain, VaultChain } from '../ports/chain.ts'
import type { Clock } from '../ports/clock.ts'
import type { Journal } from '../ports/journal.ts'
import type { Context } from './context.ts'
import type { Desk } from './settle.ts'
import { rest } from './tasks.ts'

/** What is compared. A part of the agent's context. */
export type Ending = {
  readonly journal: Pick<Journal, 'lives' | 'paid'>
  readonly engines: ReadonlyMap<ChainId, { readonly chain: Pick<EngineChain, 'owed'> }>
  readonly vaults: ReadonlyMap<VaultId, Paying>
}

type Paying = {
  readonly chain: Pick<VaultChain, 'claimed'>
  readonly deployment: Pick<VaultDeployment, 'id' | 'engine' | 'assets'>
  readonly executor: Address
}

const PAUSE = millis(5_000)

/** The running agent: what it carries ends by itself, unless nothing of it is left on the chains. */
type Running = {
  readonly carries: (intent: IntentId) => boolean
  /** Whether nothing of its claims is left to redeem or to sell, though no sale of them is known. */
  readonly isEmpty: (intent: IntentId) => boolean
  /** Whether nothing of ours is under way to a chain that pays. */
  readonly quiet: () => boolean
  /** Claims that were paid, by whatever run, without a sale that anybody knows of. */
  readonly gone: (intents: readonly IntentId[]) => void
}

/** The running agent's core and desk as this room sees them. */
export const endingOf = (
  { journal, vaults, tell }: Pick<Context, 'journal' | 'vaults' | 'tell'>,
  { ledger }: Pick<Core, 'ledger'>,
  desk: Pick<Desk, 'drop' | 'isEmpty'>,
): Running => ({
  carries: (intent) => carries(ledger, intent),
  isEmpty: (intent) => ledger.settlements.has(intent) && desk.isEmpty(intent),
  quiet: () => [...vaults.values()].every(({ deployment }) => journal.open(deployment.chain).length === 0),
  gone: (intents) => {
    desk.drop(intents)
    tell({ kind: 'claims-gone', intents })
  },
})

/** Looks until the signal fires. What the core carries must have been paid at two looks, with nothing under way. */
export async function keepEndingLives(
  ending: Ending & { readonly clock: Clock },
  { carries, isEmpty, quiet, gone }: Running,
  signal: AbortSignal,
): Promise<void> {
  for (let before: readonly IntentId[] = []; !signal.aborted; await rest(ending.clock, PAUSE, signal)) {
    const still = quiet()
    const paid = await paidLives(ending)
    const ours = paid.filter(isEmpty)
    const lost = still && quiet() ? ours.filter((intent) => before.includes(intent)) : []
    if (lost.length > 0) gone(lost)
    for (const intent of paid) if (!carries(intent) || lost.includes(intent)) ending.journal.paid(intent)
    before = still ? ours : []
  }
}

/** Settles every liquidation that is paid. */
export async function endLives(ending: Ending): Promise<void> {
  for (const intent of await paidLives(ending)) ending.journal.paid(intent)
}

/**
 * Every liquidation whose bid is final, once an engine's mirrors owe us no more than the vaults have paid: then the claim
 * of each of them is among what was paid.
 */
async function paidLives({ journal, engines, vaults }: Ending): Promise<readonly IntentId[]> {
  // What becomes final while we ask is not among what was asked for.
  const final = journal.lives().filter(({ state }) => state === 'final')
  const ended: IntentId[] = []
  for (const engine of new Set(final.map(({ chain }) => chain))) {
    const mirror = engines.get(engine)?.chain
    const paying = [...vaults.values()].filter(({ deployment }) => deployment.engine === engine)
    if (mirror === undefined || !(await allPaid(mirror, paying))) continue
    for (const { chain, intent } of final) if (chain === engine) ended.push(intent)
  }
  return ended
}

async function allPaid(mirror: Pick<EngineChain, 'owed'>, vaults: readonly Paying[]): Promise<boolean> {
  const open = vaults.flatMap(({ chain, deployment: { id, assets }, executor }) =>
    assets.map(async ({ token }) => {
      const [owed, claimed] = await Promise.all([mirror.owed(id, executor, token), chain.claimed(executor, token)])
      return owed > claimed
    }),
  )
  return !(await Promise.all(open)).includes(true)
}
