// The stuck mode of a slow route: its guardian pauses the root oracle for a while at random moments.
import { setTimeout as sleep } from 'node:timers/promises'
import type { VaultDeployment } from '../domain/network.ts'
import type { Pause } from '../simulator/scenario/stoppages.ts'
import { VAULT_ARTEFACTS } from '../suite/contracts.ts'
import { pausableIn } from '../suite/sources.ts'
import { openBurst } from './burst.ts'
import type { VaultSite } from './deployment.ts'
import { ownersOf } from './owners.ts'

/** Carries the pauses out and reports each end of them. However it ends, the route is open again. */
export async function guard(
  site: VaultSite,
  vault: VaultDeployment,
  stoppages: readonly Pause[],
  {
    at,
    report,
    signal,
  }: { readonly at: () => number; readonly report: (text: string) => void; readonly signal: AbortSignal },
): Promise<void> {
  for (const { from, to } of stoppages) {
    if (!(await until(from, at, signal))) return
    await say(site, vault, 'pause')
    report(`${vault.id} stuck for ${((to - from) / 1000).toFixed(1)} s`)
    await until(to, at, signal)
    await say(site, vault, 'unpause')
    report(`${vault.id} moves again`)
  }
}

async function until(moment: number, at: () => number, signal: AbortSignal): Promise<boolean> {
  await sleep(Math.max(0, moment - at()), undefined, { signal }).catch(() => undefined) // aborted: the caller opens the route
  return !signal.aborted
}

/** Stops, or lets go on, everything that a vault believes its mirror by. */
export async function say(site: VaultSite, vault: VaultDeployment, name: 'pause' | 'unpause'): Promise<void> {
  const { guardian } = await ownersOf(site.chain)
  const burst = await openBurst(site.chain, guardian, 'interval')
  for (const to of pausableIn(vault.engineSource))
    burst.call({ to, abi: VAULT_ARTEFACTS.RootOracle.abi, name, args: [] })
  await burst.flush()
}
