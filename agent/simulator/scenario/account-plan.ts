// What an account of a scenario begins with.
import type { Mode, Position } from '../../domain/market.ts'
import type { CollateralId, Wad } from '../../domain/units.ts'

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
}
