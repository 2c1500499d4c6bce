// The default market in the simulator: the same file as the local chains play, the very core that runs live.
import { beforeAll, describe, expect, test } from 'vitest'
import type { Effect } from '../../agent/core/core.ts'
import { simulatedScenario } from '../../agent/kit/backtest/on-scenario.ts'
import { wholeCash } from '../../agent/simulator/engine.ts'
import type { WorldSpec } from '../../agent/simulator/spec.ts'
import { type Ran, runWorld } from '../../agent/simulator/world.ts'
import { changed } from '../../agent/swarm/seats.ts'
import { loadScenario } from '../../config/scenario.ts'

const scenario = changed(loadScenario('flash-crash'), { accounts: 80, agents: 6 })

describe('the flash crash in the simulator', () => {
  let spec: WorldSpec
  let ran: Ran
  let opened: bigint | undefined
  const effects: Effect[] = []

  beforeAll(async () => {
    spec = await simulatedScenario(scenario)
    const filling = ({ engine }: Ran['world']): void => {
      opened ??= wholeCash(engine)
    }
    ran = runWorld(spec, [{ effect: (_, effect) => void effects.push(effect), filling }])
  })

  test('drives accounts below maintenance, and the agents take and settle them', () => {
    const settled = effects.filter(({ kind }) => kind === 'settled').length
    expect(settled).toBeGreaterThan(10)
    expect(effects.filter(({ kind }) => kind === 'settle').length).toBeGreaterThan(10)
  })

  test('makes no cash and loses none', () => {
    expect(wholeCash(ran.world.engine)).toBe(opened)
  })

  test('brings every claim home, and leaves the books of every agent as the chain has them', () => {
    const { agents, engine } = ran.world
    expect(agents.map(({ claims }) => claims.size)).toEqual(agents.map(() => 0))
    expect(agents.map(({ core }) => core.ledger.cash.get(engine.terms.chain))).toEqual(
      agents.map(({ spec: { executor } }) => engine.cash.get(executor)),
    )
    expect(agents.map(({ core }) => core.ledger.settlements.size + core.ledger.reserved.size)).toEqual(
      agents.map(() => 0),
    )
  })

  test('is the same run again, decision by decision', () => {
    expect(runWorld(spec).decisionsHash).toBe(ran.decisionsHash)
  })

  test('has other decisions with another seed', async () => {
    const other = await simulatedScenario({ ...scenario, seed: 43 })
    expect(runWorld(other).decisionsHash).not.toBe(ran.decisionsHash)
  })

  test('shows the same prices when an agent more takes part', async () => {
    const more = await simulatedScenario(changed(scenario, { agents: 7 }))
    const seen = (world: WorldSpec): readonly number[] =>
      [0, 5_000, 12_000, 30_000].map((at) => world.market.spot(0, at))
    expect(seen(more)).toEqual(seen(spec))
  })
})
