// The pool of transactions of one chain and how a block is filled from it: the best tip first, then the earliest.

/** A transaction that waits for its block. Gas is what it takes of the block at most. */
export type Transaction = {
  readonly tip: bigint
  readonly gas: bigint
  /** Milliseconds after which it is void. */
  readonly deadline: number
  readonly execute: () => void
  readonly expire: () => void
}

/** Transactions in the order in which they came. */
export type Waiting = { add(transaction: Transaction): void; fillBlock(at: number, gasLimit: bigint): void }

/** A pool without transactions. */
export function openPool(): Waiting {
  let waiting: Transaction[] = []
  return {
    add(transaction) {
      waiting.push(transaction)
    },
    fillBlock(at, gasLimit) {
      const late = waiting.filter(({ deadline }) => deadline < at)
      const ranked = waiting.filter(({ deadline }) => deadline >= at).sort(byTip)
      let room = gasLimit
      waiting = ranked.filter(({ gas }) => {
        room -= gas
        return room < 0n
      })
      for (const transaction of late) transaction.expire()
      for (const transaction of ranked) if (!waiting.includes(transaction)) transaction.execute()
    },
  }
}

/** The sort is stable: equal tips stay in the order of their arrival. */
const byTip = (a: Transaction, b: Transaction): number => (a.tip > b.tip ? -1 : a.tip < b.tip ? 1 : 0)

/** Gas of what agents send, as the contracts' own tests measure it, with prices and closing. */
export const GAS = { bid: 950_000n, reverted: 320_000n, open: 330_000n, trade: 400_000n, claim: 620_000n } as const
