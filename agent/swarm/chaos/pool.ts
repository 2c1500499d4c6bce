// The memory pool before a node, by geth's rules: the node itself takes replacements and throws away what geth would not.
import { type Hash, type Hex, keccak256, parseTransaction } from 'viem'
import { legOf } from './legs.ts'

/** A transaction that waits to be mined. */
export type Pooled = {
  readonly raw: Hex
  readonly hash: Hash
  readonly nonce: number
  readonly maxFee: bigint
  readonly tip: bigint
  readonly leg: string
}

/** The transactions of one sender. */
export type Pool = {
  /** Takes a transaction, or answers why not, in geth's words. `next` is the sender's nonce in the chain. */
  offer(raw: Hex, next: number): Pooled | string
  /** What a block at this base fee would hold, in the order of nonces. */
  ready(next: number, baseFee: bigint): readonly Pooled[]
  /** Forgets what the chain has used. */
  prune(next: number): void
  /** Forgets a transaction and all that build on it. */
  drop(nonce: number): void
  /** Notes what a transaction is for, whether or not it is taken. */
  learn(raw: Hex): string
  /** What a transaction of this sender was for, if it was ever seen. */
  legOf(hash: Hash): string | undefined
  readonly waiting: () => readonly Pooled[]
}

/** An empty pool. */
export function openPool(): Pool {
  const pool = new Map<number, Pooled>()
  const seen = new Map<Hash, string>()
  return {
    offer: (raw, next) => {
      const offered = pooled(raw)
      const held = pool.get(offered.nonce)
      if (offered.nonce < next) return 'nonce too low'
      if (held?.hash === offered.hash) return 'already known'
      if (held !== undefined && !replaces(offered, held)) return 'replacement transaction underpriced'
      pool.set(offered.nonce, offered)
      return offered
    },
    ready: (next, baseFee) => {
      const found: Pooled[] = []
      for (let one = pool.get(next); one !== undefined && one.maxFee >= baseFee; one = pool.get(next + found.length))
        found.push(one)
      return found
    },
    prune: (next) => {
      for (const nonce of pool.keys()) if (nonce < next) pool.delete(nonce)
    },
    drop: (from) => {
      for (const nonce of pool.keys()) if (nonce >= from) pool.delete(nonce)
    },
    learn: (raw) => {
      const { hash, leg } = pooled(raw)
      seen.set(hash, leg)
      return leg
    },
    legOf: (hash) => seen.get(hash),
    waiting: () => [...pool.values()],
  }
}

/** Geth's price bump: a tenth more on both fees. */
const replaces = (by: Pooled, held: Pooled): boolean =>
  by.maxFee * 10n >= held.maxFee * 11n && by.tip * 10n >= held.tip * 11n

function pooled(raw: Hex): Pooled {
  const { nonce = 0, maxFeePerGas = 0n, maxPriorityFeePerGas = 0n, to, data = '0x' } = parseTransaction(raw)
  return {
    raw,
    hash: keccak256(raw),
    nonce,
    maxFee: maxFeePerGas,
    tip: maxPriorityFeePerGas,
    leg: to ? legOf(data) : 'other',
  }
}
