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
export async function simulatedSetup(network: Network, who: Simulated): Promise<Setup> {
  const config = simulatedConfig(network, who)
  const setup = setupOf(config, network, { self: [who.executor], bonded: who.bonded }, await seatsHere(config))
  // Nor are breakers: a simulated route books what it holds.
  return { ...setup, guarded: false }
}

/** The config that a simulated agent would have. */
export const simulatedConfig = (network: Network, { executor, seed, strategies }: Simulated): AgentConfig =>
  agentConfig.parse({
    network: 'simulated',
    mode: 'live',
    pace: '400ms',
    // A simulation wants to see how a strategy ends, not where a protection would have stopped it.
    protections: { drawdown: '100 %', gapLosses: 1_000_000, failedGas: '1000000 USD' },
    // Coins are not simulated.
    capital: { gasRunway: 0 },
    seed,
    keys: { operator: 'none' },
    chains: network.engines.map(({ chain }) => ({ id: chain, rpc: ['http://127.0.0.1'], executor })),
    strategies,
  })

/** Every strategy of the config, asked here: time stands still while it decides. */
export async function seatsHere(config: Pick<AgentConfig, 'strategies'>): Promise<readonly Seat[]> {
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
