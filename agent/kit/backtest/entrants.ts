// The agents of a line-up, with setups that live ones would have.
import type { Setup } from '../../core/setup.ts'
import type { Network } from '../../domain/network.ts'
import { simulatedSetup } from '../../runtime/simulated.ts'
import { type Entrant, executorOf } from '../../simulator/backtest/world.ts'
import { namesOf, type Spec } from './plan.ts'

/** Loads every strategy of a line-up. Throws E_STRATEGY_... */
export const entrantsOf = (lineup: readonly Spec[], network: Network): Promise<readonly Entrant[]> =>
  Promise.all(namesOf(lineup).map(async (name, i) => ({ name, setup: await setupFor(lineup[i], { name, network }) })))

type Seat = { readonly name: string; readonly network: Network }

function setupFor(spec: Spec | undefined, { name, network }: Seat): Promise<Setup> {
  const strategies = spec === undefined ? [] : [{ use: spec.use, params: { ...spec.params } }]
  return simulatedSetup(network, { executor: executorOf(name), bonded: true, seed: 1, strategies })
}
