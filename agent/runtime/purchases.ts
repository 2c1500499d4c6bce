// What a provider bought: claims by transaction, what they cost, and how each ended.
import { keccak256, stringToHex } from 'viem'
import type { Attribution, Claim, Sale } from '../domain/liquidation.ts'
import type { Head } from '../domain/market.ts'
import type { ClaimFact } from '../domain/message.ts'
import { type AccountId, type Wad, wad } from '../domain/units.ts'
import { prorate } from '../maths/fixed-point.ts'
import type { EngineEvents, Purchase } from '../ports/chain.ts'
import type { Context, EngineSeat } from './context.ts'

/** `account` is whose collateral it was: a sliced account, or a credit line. */
export type Closed = {
  readonly claim: Claim
  readonly attribution: Attribution
  readonly account: AccountId | undefined
}

export type Purchases = {
  /** Claims of ours that opened between two heads. */
  bought(events: EngineEvents, head: Head): readonly Claim[]
  /** What a claim of ours cost; undefined for one that this run did not buy. */
  paid(claim: Claim): Wad | undefined
  /** Books a sale: one attribution per claim; its parts sum to proceeds less cost. */
  sold(claims: readonly Claim[], sale: Sale): readonly Closed[]
}

type Cost = { readonly cash: bigint; readonly value: bigint; readonly account: AccountId | undefined }

/** The book of one provider at one engine. `owed` counters start at what the chain says when it opens. */
export function createPurchases(context: Context, seat: EngineSeat): Purchases {
  const costs = new Map<string, Cost>()
  const owed = new Map<string, bigint>()

  const claimOf = (fact: ClaimFact, head: Head): Claim | undefined => {
    const place = `${fact.vault}:${fact.collateral}`
    const amount = fact.cumulative - (owed.get(place) ?? 0n)
    const vault = context.vaults.get(fact.vault)
    const asset = vault?.deployment.assets.find(({ collateral }) => collateral === fact.collateral)
    if (amount <= 0n || asset === undefined) return undefined
    owed.set(place, fact.cumulative)
    const intent = keccak256(stringToHex(`${fact.tx}:${place}`))
    const { collateral } = fact
    return {
      intent,
      vault: fact.vault,
      collateral,
      asset: asset.token,
      amount,
      openedAt: context.clock.now(),
      openedIn: head,
    }
  }

  const price = (claims: readonly Claim[], purchase: Purchase): void => {
    const values = claims.map(({ collateral, amount }) => context.valueOf(seat.chain.id, collateral, amount) ?? 1n)
    const cash = prorate(purchase.cash, values)
    const value = prorate(purchase.value, values)
    claims.forEach(({ intent }, i) => {
      costs.set(intent, { cash: cash[i] ?? 0n, value: value[i] ?? 0n, account: purchase.account })
    })
  }

  return {
    bought(events, head) {
      const ours = events.owed.filter((fact) => isOurs(context, fact))
      return [...new Set(ours.map((fact) => fact.tx))].flatMap((tx) => {
        const claims = ours.filter((fact) => fact.tx === tx).flatMap((fact) => claimOf(fact, head) ?? [])
        const purchase = events.purchases.find((one) => one.tx === tx && same(one.provider, seat.executor))
        // What we won by a bid of our own is in the books of the core.
        if (purchase === undefined) return []
        price(claims, purchase)
        return claims
      })
    },
    paid({ intent }) {
      const cost = costs.get(intent)
      return cost && wad(cost.cash)
    },
    sold(claims, sale) {
      const amounts = claims.map(({ intent, amount }) => costs.get(intent)?.value ?? amount)
      const proceeds = prorate(sale.proceeds, amounts)
      const values = prorate(sale.value, amounts)
      return claims.map((claim, i) => {
        const cost = costs.get(claim.intent) ?? { cash: 0n, value: 0n, account: undefined }
        costs.delete(claim.intent)
        return { claim, attribution: attribute(cost, proceeds[i] ?? 0n, values[i] ?? 0n), account: cost.account }
      })
    },
  }
}

/** bonus + gap + slippage = proceeds - cash, exactly. */
function attribute(cost: Cost, proceeds: bigint, value: bigint): Attribution {
  return {
    ...NOTHING,
    bonus: wad(cost.value - cost.cash),
    slippage: wad(proceeds - value),
    gap: wad(value - cost.value),
    total: wad(proceeds - cost.cash),
  }
}

const none = wad(0n)
const NOTHING: Attribution = {
  bonus: none,
  positions: none,
  funding: none,
  gas: none,
  lostRaceGas: none,
  providerFee: none,
  protocolFee: none,
  slippage: none,
  gap: none,
  total: none,
}

/** A fee earned without collateral changing hands. */
export const feeEarned = (fee: Wad): Attribution => ({ ...NOTHING, bonus: fee, total: fee })

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

const isOurs = (context: Context, { kind, vault, beneficiary }: ClaimFact): boolean =>
  kind === 'opened' && context.vaults.get(vault)?.executor.toLowerCase() === beneficiary.toLowerCase()
