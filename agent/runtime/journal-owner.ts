// Whose journal a journal is.
import type { Address } from 'viem'
import type { AgentConfig } from '../../config/schema.ts'
import type { Network } from '../domain/network.ts'

/** A journal is one key's on one network: its nonces mean nothing anywhere else. What is simulated is apart. */
export const journalOwner = ({ mode }: Pick<AgentConfig, 'mode'>, network: Network, key: Address): string =>
  [
    `${mode === 'paper' ? 'paper of ' : ''}key ${key}`,
    ...network.engines.map(({ chain, engine }) => `engine ${engine} on chain ${chain}`),
  ].join(', ')
