// The stuck mode of a slow route: when its guardian pauses the root oracle, and for how long.
import type { Scenario } from '../../../config/scenario.ts'
import { between, exponential, seeded } from './random.ts'

/** What a route is about to do. Times in milliseconds since the opening. */
export type Pause = { readonly vault: string; readonly from: number; readonly to: number }

/** The pauses of one vault's route, from the seed alone, over by the end of the market. None without a stuck mode. */
export function stoppagesOf(scenario: Scenario, vault: Scenario['vaults'][number]): readonly Pause[] {
  if (vault.stuck === undefined) return []
  const { every, min, max } = vault.stuck
  const random = seeded(scenario.seed, `stuck ${vault.id}`)
  const pauses: Pause[] = []
  for (let from = exponential(random, every); from < scenario.duration; ) {
    const to = Math.min(scenario.duration, from + between(random, min, max))
    pauses.push({ vault: vault.id, from, to })
    from = to + exponential(random, every)
  }
  return pauses
}
