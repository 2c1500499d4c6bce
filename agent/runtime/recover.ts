// After a restart: whatever the mirror owes us beyond what the vault paid becomes a claim again.
import { keccak256, stringToHex } from 'viem'
import { holdsCapital } from '../domain/life.ts'
import type { Claim } from '../domain/liquidation.ts'
import type { AssetDeployment, VaultDeployment } from '../domain/network.ts'
import type { ChainId, VaultId } from '../domain/units.ts'
import type { EngineChain, VaultChain } from '../ports/chain.ts'
import type { Clock } from '../ports/clock.ts'
import type { Journal } from '../ports/journal.ts'
import type { VaultSeat } from './context.ts'
import { openIn } from './settlement-notes.ts'

/** What recovery reads, and whom it tells. A part of the agent's context. */
type Recovering = {
  readonly journal: Pick<Journal, 'settlements'>
  readonly clock: Pick<Clock, 'now'>
  readonly engines: ReadonlyMap<ChainId, { readonly chain: Pick<EngineChain, 'owed' | 'latest'> }>
  readonly vaults: ReadonlyMap<VaultId, Owing>
  readonly tell: (found: { readonly kind: 'claim-opened'; readonly claim: Claim }) => void
}

type Owing = Pick<VaultSeat, 'executor'> & {
  readonly chain: Pick<VaultChain, 'claimed'>
  readonly deployment: Pick<VaultDeployment, 'id' | 'engine' | 'assets'>
}

/**
 * Reads every vault once and tells the core what is owed to us; it answers by settling. The chain decides how much; where
 * the journal's open claims are exactly that, they go on as themselves.
 */
export async function recoverClaims(context: Recovering): Promise<void> {
  for (const seat of context.vaults.values())
    for (const asset of seat.deployment.assets) {
      const claim = await openClaim(context, seat, asset)
      for (const one of claim === undefined ? [] : known(context, claim))
        context.tell({ kind: 'claim-opened', claim: one })
    }
}

/** The claims that an amount owed is made of, as far as the journal knows them; else the amount as one. */
function known({ journal }: Recovering, whole: Claim): readonly Claim[] {
  const bids = journal.settlements({}).filter(({ life }) => life !== undefined && holdsCapital(life.state))
  const parts = bids.flatMap(openIn).filter((one) => one.vault === whole.vault && one.collateral === whole.collateral)
  return parts.reduce((sum, { amount }) => sum + amount, 0n) === whole.amount ? parts : [whole]
}

async function openClaim(context: Recovering, seat: Owing, asset: AssetDeployment): Promise<Claim | undefined> {
  const engine = context.engines.get(seat.deployment.engine)
  if (engine === undefined) return undefined
  const { id } = seat.deployment
  const [owed, claimed, head] = await Promise.all([
    engine.chain.owed(id, seat.executor, asset.token),
    seat.chain.claimed(seat.executor, asset.token),
    engine.chain.latest(),
  ])
  if (owed <= claimed) return undefined
  return {
    intent: keccak256(stringToHex(`recovered ${id} ${asset.collateral} ${owed}`)),
    vault: id,
    collateral: asset.collateral,
    asset: asset.token,
    amount: owed - claimed,
    openedAt: context.clock.now(),
    openedIn: head,
  }
}
