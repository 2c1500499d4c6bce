// After a restart: whatever the mirror owes us beyond what the vault paid becomes a claim again.
import { keccak256, stringToHex } from 'viem'
import type { Claim } from '../domain/liquidation.ts'
import type { AssetDeployment, VaultDeployment } from '../domain/network.ts'
import type { ChainId, VaultId } from '../domain/units.ts'
import type { EngineChain, VaultChain } from '../ports/chain.ts'
import type { Clock } from '../ports/clock.ts'
import type { VaultSeat } from './context.ts'

/** What recovery reads, and whom it tells. A part of the agent's context. */
type Recovering = {
  readonly clock: Pick<Clock, 'now'>
  readonly engines: ReadonlyMap<ChainId, { readonly chain: Pick<EngineChain, 'owed' | 'latest'> }>
  readonly vaults: ReadonlyMap<VaultId, Owing>
  readonly tell: (found: { readonly kind: 'claim-opened'; readonly claim: Claim }) => void
}

type Owing = Pick<VaultSeat, 'executor'> & {
  readonly chain: Pick<VaultChain, 'claimed'>
  readonly deployment: Pick<VaultDeployment, 'id' | 'engine' | 'assets'>
}

/** Reads every vault once and tells the core what is owed to us; it answers by settling. The chain decides, not a journal. */
export async function recoverClaims(context: Recovering): Promise<void> {
  for (const seat of context.vaults.values())
    for (const asset of seat.deployment.assets) {
      const claim = await openClaim(context, seat, asset)
      if (claim !== undefined) context.tell({ kind: 'claim-opened', claim })
    }
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
