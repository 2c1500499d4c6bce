// The providers of one chain, and what is said when they fail it.
import { configError, type LienmeshError, unavailable } from '../../../domain/errors.ts'
import type { ChainId, Millis } from '../../../domain/units.ts'
import type { Outcome, Provider } from './provider.ts'
import type { Call } from './typing.ts'

/** A chain's providers, and how many of them must agree. */
export type Panel = {
  readonly chain: ChainId
  readonly place: string
  readonly providers: readonly Provider[]
  readonly quorum: number
  readonly limit: Millis
}

/** Puts calls to providers; one outcome per call. */
export type Exchange = (calls: readonly Call[]) => Promise<readonly Outcome[]>

/** What is left when nobody answered. */
export const LOST: Outcome = { kind: 'failed', why: 'no answer' }

/** The node does not answer. */
export const down = ({ chain, place }: Pick<Panel, 'chain' | 'place'>, why: string): LienmeshError =>
  unavailable(
    'E_RPC_DOWN',
    `The node of chain ${chain} at ${place} does not answer: ${why.split('\n')[0]}`,
    'Check that the node runs and that the URL is right; the call is repeated by itself.',
  )

/** The providers answer, and not the same. */
export const noQuorum = ({ chain }: Panel, why: string): LienmeshError =>
  unavailable(
    'E_RPC_QUORUM',
    `The providers of chain ${chain} do not agree: ${why.split('\n')[0]}`,
    'Check the providers of this chain; the call is repeated by itself, and nothing new is committed meanwhile.',
  )

/** A URL leads to another chain. */
export const wrongChain = (chain: ChainId, found: number, place: string): LienmeshError =>
  configError(
    'E_CHAIN_ID',
    `Expected chain ${chain} at ${place}, found chain ${found}.`,
    'Point this chain at a node of its own network, or correct the chain id.',
  )
