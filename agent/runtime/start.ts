// The first entry of a run in the log of inputs: everything that the core was told before them, without a secret.
import type { Network } from '../domain/network.ts'
import type { Instant } from '../domain/units.ts'
import type { DecisionConfig, Standing } from './setup.ts'

/** A start as the log keeps it. */
export type Start = {
  readonly kind: 'started'
  readonly at: Instant
  readonly config: DecisionConfig
  readonly network: Network
  readonly standing: Standing
}

/** What decisions rest on, and nothing else of the config: no node, no key, no path. */
export function startOf({ config, network, standing, at }: Omit<Start, 'kind'>): Start {
  const { role, mode, seed, pace, strategies, risk, capital, protections, policy } = config
  return {
    kind: 'started',
    at,
    config: { role, mode, seed, pace, strategies, risk, capital, protections, ...(policy && { policy }) },
    network,
    standing,
  }
}
