// After a restart: whatever the mirror owes us beyond what the vault paid becomes a claim again.
import { keccak256, stringToHex } from 'viem'
import type { Claim } from '../domain/liquidation.ts'
import type { AssetDeployment } from '../domain/network.ts'
import type { Context, VaultSeat } from './context.ts'
import type { Desk } from './settle.ts'

/** Reads every vault once and reopens what is owed to us. The chain decides, whatever a journal says. */
export async function recoverClaims(context: Context, desk: Desk): Promise<void> {
  for (const seat of context.vaults.values())
    for (const asset of seat.deployment.assets) {
      const claim = await openClaim(context, seat, asset)
      if (claim === undefined) continue
      context.tell({ kind: 'claim-opened', claim })
      desk.open(claim)
    }
}

async function openClaim(context: Context, seat: VaultSeat, asset: AssetDeployment): Promise<Claim | undefined> {
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
