// Follows one vault chain: heads to attest and to trust, deposits to credit.
import type { VaultId } from '../domain/units.ts'
import type { Deposit } from '../ports/chain.ts'
import { attest } from './attest.ts'
import type { Context, VaultSeat } from './context.ts'

export type VaultWatch = {
  /** Of several vaults on one chain only one attests its heads. */
  readonly attestor: boolean
  /** Told of new deposits when this agent relays credits; undefined otherwise. */
  readonly onDeposits: ((vault: VaultId, deposits: readonly Deposit[]) => void) | undefined
}

/** Runs until the signal fires. */
export async function watchVault(context: Context, seat: VaultSeat, watch: VaultWatch): Promise<void> {
  const { chain, deployment } = seat
  let next = deployment.fromBlock
  for await (const event of chain.heads(context.signal)) {
    if (event.kind === 'reorg') {
      context.emit('head:reorg', { chain: chain.id, from: event.from.number })
      context.roots.drop(chain.id, event.from.number)
      if (event.from.number < next) next = event.from.number
      continue
    }
    const { head } = event
    context.roots.own(head)
    if (watch.attestor) context.tasks.own('attest', attest(context, head, deployment.finality))
    if (watch.onDeposits === undefined) continue
    const deposits = await chain.deposits(next, head.number)
    next = head.number + 1n
    if (deposits.length > 0) watch.onDeposits(deployment.id, deposits)
  }
}
