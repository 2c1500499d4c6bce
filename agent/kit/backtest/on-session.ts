// A recorded session as a ground: its prices, its accounts, its terms, with whoever is tested in it.
import { configError } from '../../domain/errors.ts'
import { recordedMarket, recordedWorld } from '../../simulator/backtest/recorded-world.ts'
import { readSession } from '../session/session.ts'
import { entrantsOf } from './entrants.ts'
import type { Opened } from './opened.ts'
import type { Plan, Spec } from './plan.ts'

/** Reads the session and loads the strategies. Throws E_SESSION. */
export async function openSession(file: string, plan: Plan, lineups: readonly (readonly Spec[])[]): Promise<Opened> {
  const { agent, start, inputs } = readSession(file)
  const market = recordedMarket(agent, start.network, inputs)
  if (market === undefined)
    throw configError(
      'E_SESSION',
      `${file}: no market is told of: terms, prices or accounts are missing`,
      'Record an agent that reads its chains by itself and ran until prices moved.',
    )
  const entrants = await Promise.all(lineups.map((lineup) => entrantsOf(lineup, start.network)))
  return {
    name: agent,
    from: market.opensAt,
    worldOf: async (seed, lineup) => recordedWorld(market, seed, plan.terms.rivals, entrants[lineup] ?? []),
  }
}
