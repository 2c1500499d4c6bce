// Who may attest now: the network file says who might, the registries who still has a bond.
import type { Address } from 'viem'
import { millis } from '../domain/units.ts'
import type { Slasher } from '../ports/chain.ts'
import type { Context } from './context.ts'
import { rest } from './tasks.ts'

export type Members = {
  readonly has: (agent: Address) => boolean
  /** Tells whether a registry takes an agent for an attestor; true when that changed who has a voice. */
  readonly seen: (agent: Address, chain: number, attests: boolean) => boolean
}

/** Everybody of the network file, until a registry says otherwise: one that dismissed an agent is enough. */
export function createMembers(attestors: readonly Address[]): Members {
  const named = new Set(attestors.map((one) => one.toLowerCase()))
  const gone = new Map<string, Set<number>>()
  const has = (agent: Address): boolean => {
    const key = agent.toLowerCase()
    return named.has(key) && (gone.get(key)?.size ?? 0) === 0
  }
  return {
    has,
    seen(agent, chain, attests) {
      const before = has(agent)
      const where = gone.get(agent.toLowerCase()) ?? new Set()
      gone.set(agent.toLowerCase(), where)
      if (attests) where.delete(chain)
      else where.add(chain)
      return has(agent) !== before
    },
  }
}

/** Asks every registry about every attestor, again and again until the signal fires. */
export async function watchMembers(
  { network, emit, clock }: Pick<Context, 'network' | 'emit' | 'clock'>,
  { members, slashers }: { readonly members: Members; readonly slashers: readonly Slasher[] },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    for (const registry of slashers)
      for (const attestor of network.attestors) {
        const attests = await registry.attests(attestor)
        if (members.seen(attestor, registry.chain, attests))
          emit('attestor:changed', { attestor, chain: registry.chain, attests })
      }
    await rest(clock, PAUSE, signal)
  }
}

/** A bond takes hours to leave; a slashed one is known from its evidence at once. */
const PAUSE = millis(60_000)
