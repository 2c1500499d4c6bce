// The setup of an agent in a simulated world: what the same config would give it on a live network.
import type { Address } from 'viem'
import { type AgentConfig, type AgentConfigInput, agentConfig } from '../../config/schema.ts'
import { type Seat, type Setup, seat } from '../core/setup.ts'
import type { Network } from '../domain/network.ts'
import { loadStrategy } from './plugins.ts'
import { nameFor } from './seats.ts'
import { setupOf } from './setup.ts'

/** Who it is, and the few settings that a simulation changes. */
export type Simulated = {
  readonly executor: Address
  readonly bonded: boolean
  readonly seed: number
  readonly strategies: AgentConfigInput['strategies']
}

/** Every default of the config, and these. */
export async function simulatedSetup(
  network: Network,
  { executor, bonded, seed, strategies }: Simulated,
): Promise<Setup> {
  const config = agentConfig.parse({
    network: 'simulated',
    mode: 'live',
    pace: '400ms',
    // Coins are not simulated.
    capital: { gasRunway: 0 },
    seed,
    keys: { operator: 'none' },
    chains: network.engines.map(({ chain }) => ({ id: chain, rpc: ['http://127.0.0.1'], executor })),
    strategies,
  })
  const setup = setupOf(config, network, { self: [executor], bonded }, await seatsOf(config))
  // Nor are breakers: a simulated route books what it holds.
  return { ...setup, guarded: false }
}

/** Every strategy of the config, asked here: time stands still while it decides. */
async function seatsOf(config: AgentConfig): Promise<readonly Seat[]> {
  const seats: Seat[] = []
  for (const { use, params, share, shortfall } of config.strategies) {
    const loaded = await loadStrategy(use, params)
    const name = nameFor(
      loaded.strategy.name,
      seats.map((one) => one.name),
    )
    seats.push(seat(loaded.strategy, loaded.params, { name, budget: { capital: share, shortfall } }))
  }
  return seats
}
