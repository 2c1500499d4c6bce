// A scenario as a simulated world whose agents have the setups that live ones would have.

import { simulatedSetup } from '../../agent/runtime/simulated.ts'
import { participantsOf, scenarioNetwork, scenarioWorld } from '../../agent/simulator/scenario/world-of.ts'
import type { WorldSpec } from '../../agent/simulator/spec.ts'
import type { Scenario } from '../../config/scenario.ts'

/** Loads every agent's strategy, then builds the world. */
export async function simulatedScenario(scenario: Scenario): Promise<WorldSpec> {
  const network = scenarioNetwork(scenario)
  const setups = new Map(
    await Promise.all(
      participantsOf(scenario).map(async ({ name, executor, bonded, strategy, params }) => {
        const strategies = [{ use: strategy, params: { ...params } }]
        return [name, await simulatedSetup(network, { executor, bonded, seed: scenario.seed, strategies })] as const
      }),
    ),
  )
  return scenarioWorld(scenario, ({ name }) => {
    const setup = setups.get(name)
    if (setup === undefined) throw new RangeError(`no setup for ${name}`)
    return setup
  })
}
