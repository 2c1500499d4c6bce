// Which peer is which agent: learned from statuses that the agents themselves signed.
import type { Address } from 'viem'
import type { Status } from '../../domain/message.ts'

export type Entry = {
  readonly agent: Address
  readonly account: Address | undefined
  readonly addresses: readonly string[]
}

export type Directory = {
  readonly learn: (status: Status) => void
  /** Agents that answer for an address: the agent itself, else those that named it as their provider account. */
  readonly find: (who: Address) => readonly Entry[]
  /** The agents that gave this peer id as their own. */
  readonly agentsAt: (peerId: string) => readonly Address[]
}

/** A directory of at most `capacity` agents; the longest silent are forgotten. */
export function createDirectory(capacity = 1_024): Directory {
  const entries = new Map<Address, Entry>()
  return {
    learn({ agent, addresses, provider }) {
      entries.delete(agent)
      entries.set(agent, { agent, account: provider?.account, addresses })
      if (entries.size > capacity) for (const oldest of entries.keys()) return void entries.delete(oldest)
    },
    find(who) {
      const key = who.toLowerCase()
      const all = [...entries.values()]
      const itself = all.filter(({ agent }) => agent.toLowerCase() === key)
      return itself.length > 0 ? itself : all.filter(({ account }) => account?.toLowerCase() === key)
    },
    agentsAt(peerId) {
      const suffix = `/p2p/${peerId}`
      return [...entries.values()]
        .filter((entry) => entry.addresses.some((a) => a.endsWith(suffix)))
        .map(({ agent }) => agent)
    },
  }
}
