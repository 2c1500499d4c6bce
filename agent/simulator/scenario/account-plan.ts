// What an account of a scenario begins with.
import type { EngineTerms, MarginAccount, Mode, Position, Prices } from '../../domain/market.ts'
import { type CollateralId, type Wad, wad } from '../../domain/units.ts'
import { ZERO_ADDRESS, ZERO_HASH } from './nowhere.ts'

/** An account to be opened: cash paid in on the engine chain, collateral locked on vault chains, then trades. */
export type AccountPlan = {
  readonly engine: string
  readonly salt: bigint
  readonly mode: Mode
  readonly cash: Wad
  readonly credit: readonly { readonly collateral: CollateralId; readonly amount: bigint }[]
  readonly positions: readonly Position[]
  /** What the scenario calls it, if it names it. */
  readonly name?: string
  /** Which of the books that are held under every mode it belongs to. */
  readonly book?: number
}

/** The plan as the margin rule sees it once its trades are done, fees left out. */
export function asMarginAccount(plan: AccountPlan, terms: EngineTerms, start: Prices): MarginAccount {
  const paid = plan.positions.reduce((sum, position) => sum + valueAt(terms, start, position), 0n)
  const { mode, positions, credit } = plan
  const anchor = { chain: terms.chain, number: 0n, hash: ZERO_HASH }
  const fixed = {
    engine: terms.chain,
    id: ZERO_ADDRESS,
    owner: ZERO_ADDRESS,
    version: 1n,
    auctionStartedAt: undefined,
    anchor,
  }
  return { ...fixed, mode, cash: wad(plan.cash - paid), positions, credit }
}

const valueAt = (terms: EngineTerms, prices: Prices, { instrument, size }: Position): bigint => {
  const listed = terms.instruments[instrument]
  return (size * (listed === undefined ? 0n : (prices.get(listed.markFeed)?.price ?? 0n))) / 10n ** 8n
}
