// Plays tasks of a plan in this thread: files are read and strategies are loaded once.
import { type Played, playWorld } from '../../simulator/backtest/run.ts'
import { openPrices } from './on-prices.ts'
import { openScenario } from './on-scenario.ts'
import { openSession } from './on-session.ts'
import type { Opened } from './opened.ts'
import type { Ground, Plan, Spec, Task } from './plan.ts'

/** Ready to play any seed. */
export type Player = (task: Task) => Promise<Played>

/** Reads the grounds and loads the strategies of every line-up. */
export async function openPlayer(plan: Plan, lineups: readonly (readonly Spec[])[]): Promise<Player> {
  const grounds = await openGrounds(plan, lineups)
  return async ({ ground, seed, lineup }) => {
    const found = grounds[ground]
    if (found === undefined) throw new RangeError(`no ground ${ground}`)
    return playWorld(await found.worldOf(seed, lineup), found.name)
  }
}

/** Every ground, read and judged. Throws E_PRICE_FILE, E_SCENARIO, E_SESSION or what loading a strategy throws. */
export const openGrounds = (plan: Plan, lineups: readonly (readonly Spec[])[]): Promise<readonly Opened[]> =>
  Promise.all(plan.grounds.map((ground) => openGround(ground, plan, lineups)))

function openGround(ground: Ground, plan: Plan, lineups: readonly (readonly Spec[])[]): Promise<Opened> {
  switch (ground.kind) {
    case 'prices':
      return openPrices(ground.file, plan, lineups)
    case 'scenario':
      return openScenario(ground.file, plan, lineups)
    case 'session':
      return openSession(ground.file, plan, lineups)
  }
}
