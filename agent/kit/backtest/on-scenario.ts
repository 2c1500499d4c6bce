// A scenario as a ground: the market of the file with another seed each time, and the tested agent among its agents.
import { loadScenario, type Scenario } from '../../../config/scenario.ts'
import { type Wad, wad } from '../../domain/units.ts'
import { max } from '../../maths/fixed-point.ts'
import { simulatedSetup } from '../../runtime/simulated.ts'
import { participantsOf, scenarioNetwork, scenarioWorld } from '../../simulator/scenario/world-of.ts'
import type { WorldSpec } from '../../simulator/spec.ts'
import { rivalsOf } from '../../simulator/venue.ts'
import { entrantsOf } from './entrants.ts'
import type { Opened } from './opened.ts'
import { type Plan, type Spec, TESTED } from './plan.ts'

/** Reads the file; its agents stay unless others were named. */
export async function openScenario(file: string, plan: Plan, lineups: readonly (readonly Spec[])[]): Promise<Opened> {
  const scenario = loadScenario(file)
  const { rivals } = plan.terms
  // What is wrong with a strategy is said before a thread begins.
  const network = scenarioNetwork(scenario)
  for (const lineup of lineups) await entrantsOf(lineup, network)
  return {
    name: scenario.name,
    from: 0,
    worldOf: async (seed, lineup) => {
      const world = await simulatedScenario(seated({ ...scenario, seed }, lineups[lineup] ?? [], plan))
      return plan.named ? { ...world, rivals: rivalsOf(seed).slice(0, rivals) } : world
    },
  }
}

/** A scenario as a simulated world whose agents have the setups that live ones would have. */
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

type Group = Scenario['agents'][number]

/** The tested agent first, bonded, with what the best-funded of the scenario's agents has. */
function seated(scenario: Scenario, lineup: readonly Spec[], plan: Pick<Plan, 'named'>): Scenario {
  const most = scenario.agents.flatMap(({ capital }) => capital).reduce(max<Wad>, wad(0n))
  const groupOf = (group: string, { use, params }: Spec, count: number): Group => ({
    ...{ group, strategy: use, params: { ...params }, count, attest: true, blindLogs: 0 },
    capital: [most],
  })
  const [first, ...others] = lineup
  const tested = first === undefined ? [] : [groupOf(TESTED, first, 1)]
  const named = [...Map.groupBy(others, ({ use, params }) => JSON.stringify([use, params])).values()].flatMap((same) =>
    same.slice(0, 1).map((one) => groupOf(one.use.replace(/^.*\//, ''), one, same.length)),
  )
  return { ...scenario, agents: [...tested, ...(plan.named ? named : scenario.agents)] }
}
