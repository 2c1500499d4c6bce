// Accounts that changed and were not read since: a node that does not answer leaves them for the next time.
import type { Anchor } from '../domain/market.ts'
import type { AccountId } from '../domain/units.ts'

export type Unread = {
  /** Reads these accounts, and those left from earlier, at a block; what fails is left. */
  read(accounts: readonly AccountId[], at: Anchor): Promise<void>
}

/** Nothing left yet. */
export function createUnread(read: (accounts: readonly AccountId[], at: Anchor) => Promise<void>): Unread {
  const left = new Set<AccountId>()
  return {
    async read(accounts, at) {
      for (const account of accounts) left.add(account)
      const due = [...left]
      await read(due, at)
      for (const account of due) left.delete(account)
    },
  }
}
