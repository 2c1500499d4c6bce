// Liquidations whose claims are paid on chain and not in the journal: a kill came between, or an earlier run had no name
// for what it redeemed. They hold capital in the books until they are ended here.
import type { Address } from 'viem'
import type { VaultDeployment } from '../domain/network.ts'
import { type ChainId, millis, type VaultId } from '../domain/units.ts'
import type { EngineChain, VaultChain } from '../ports/chain.ts'
import type { Clock } from '../ports/clock.ts'
import type { Journal } from '../ports/journal.ts'
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

/** Looks until the signal fires. */
export async function keepEndingLives(ending: Ending, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await endLives(ending)
    await rest(clock, PAUSE, signal)
  }
}

/**
 * Settles every liquidation whose bid is final, once an engine's mirrors owe us no more than the vaults have paid: then
 * the claim of each of them is among what was paid.
 */
export async function endLives({ journal, engines, vaults }: Ending): Promise<void> {
  // What becomes final while we ask is not among what was asked for.
  const final = journal.lives().filter(({ state }) => state === 'final')
  for (const engine of new Set(final.map(({ chain }) => chain))) {
    const mirror = engines.get(engine)?.chain
    const paying = [...vaults.values()].filter(({ deployment }) => deployment.engine === engine)
    if (mirror === undefined || !(await allPaid(mirror, paying))) continue
    for (const { chain, intent } of final) if (chain === engine) journal.paid(intent)
  }
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
