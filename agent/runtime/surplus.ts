// A proof pays everything owed at its block, also claims we had not heard of yet. What a sale brought beyond its batch
// waits here for the claims it belongs to.
import type { Claim, Sale } from '../domain/liquidation.ts'
import { wad } from '../domain/units.ts'
import { prorate } from '../maths/fixed-point.ts'

/** A sale's part for collateral that no claim of its batch explains, sold up to an engine block. */
type Piece = { readonly claim: Pick<Claim, 'vault' | 'asset'>; readonly upTo: bigint; amount: bigint; sale: Sale }

export type Surplus = {
  /** The sale's part for the batch; the rest is kept. `weigh` values an amount of an asset. */
  split(batch: readonly Claim[], sold: Sold, weigh: (asset: Claim['asset'], amount: bigint) => bigint): Sale
  /** The part of an earlier sale that this claim was paid by; undefined when it is still to be redeemed. */
  take(claim: Claim): Sale | undefined
}

/** What a redemption received and what selling it brought, against a proof at engine block `upTo`. */
export type Sold = {
  readonly received: readonly { readonly asset: Claim['asset']; readonly amount: bigint }[]
  readonly sale: Sale
  readonly upTo: bigint
}

export function createSurplus(): Surplus {
  const pieces: Piece[] = []
  return {
    split(batch, { received, sale, upTo }, weigh) {
      const rest = received.map(({ asset, amount }) => ({ asset, amount: amount - sum(batch, asset) }))
      const extra = rest.filter(({ amount }) => amount > 0n)
      const own = received.reduce(
        (total, { asset, amount }) => total + weigh(asset, least(amount, sum(batch, asset))),
        0n,
      )
      const weights = [own, ...extra.map(({ asset, amount }) => weigh(asset, amount))]
      const [sales, values] = [prorate(sale.proceeds, weights), prorate(sale.value, weights)]
      const part = (i: number): Sale => ({ ...sale, proceeds: wad(sales[i] ?? 0n), value: wad(values[i] ?? 0n) })
      const vault = batch[0]?.vault ?? ''
      extra.forEach(({ asset, amount }, i) => {
        pieces.push({ claim: { vault, asset }, upTo, amount, sale: { ...part(i + 1), gasCost: 0n } })
      })
      return part(0)
    },
    take(claim) {
      const piece = pieces.find(
        ({ claim: { vault, asset }, upTo, amount }) =>
          vault === claim.vault && same(asset, claim.asset) && claim.openedIn.number <= upTo && claim.amount <= amount,
      )
      if (piece === undefined) return undefined
      const weights = [claim.amount, piece.amount - claim.amount]
      const [proceeds = 0n, proceedsLeft = 0n] = prorate(piece.sale.proceeds, weights)
      const [value = 0n, valueLeft = 0n] = prorate(piece.sale.value, weights)
      const taken = { ...piece.sale, proceeds: wad(proceeds), value: wad(value) }
      piece.amount -= claim.amount
      piece.sale = { ...piece.sale, proceeds: wad(proceedsLeft), value: wad(valueLeft) }
      if (piece.amount === 0n) pieces.splice(pieces.indexOf(piece), 1)
      return taken
    },
  }
}

const sum = (batch: readonly Claim[], asset: Claim['asset']): bigint =>
  batch.reduce((total, claim) => (same(claim.asset, asset) ? total + claim.amount : total), 0n)
const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
const least = (a: bigint, b: bigint): bigint => (a < b ? a : b)
