// An account as it would be after one act of its owner, by the engine's own rules: MarginEngine.trade, withdrawCollateral
// and a proven deposit. The premium that an insured account owes by then is not in it: only the chain knows when it was
// charged last.
import type { EngineTerms, Margin, MarginAccount, OraclePrice, Prices } from '../domain/market.ts'
import { type CollateralId, type InstrumentId, wad } from '../domain/units.ts'
import {
  fundingUp,
  isBelowMaintenance,
  lowerEdgeDown,
  margin,
  positionValue,
  tradeFeeUp,
  upperEdgeUp,
} from './margin.ts'

/** One act. Amounts in the asset's own units, sizes with 18 decimals and a sign. */
export type Act =
  | { readonly kind: 'deposit'; readonly collateral: CollateralId; readonly amount: bigint }
  | { readonly kind: 'withdraw'; readonly collateral: CollateralId; readonly amount: bigint }
  | { readonly kind: 'trade'; readonly instrument: InstrumentId; readonly size: bigint }

/** Why the engine would refuse. */
export type ActRefusal =
  | 'collateral-unknown'
  | 'credit-short'
  | 'instrument-unknown'
  | 'isolated-holds-one'
  | 'price-missing'
  | 'price-degraded'
  | 'initial-margin'
  | 'maintenance-margin'

/** The account after it, its margin then, and why the engine would refuse it, if it would. */
export type After = {
  readonly account: MarginAccount
  readonly margin: Margin | undefined
  readonly refused: ActRefusal | undefined
}

/** What an act would make of an account at these prices. */
export function afterAct(account: MarginAccount, act: Act, terms: EngineTerms, prices: Prices): After {
  const next = act.kind === 'trade' ? traded(account, act, terms, prices) : moved(account, act, terms)
  if (typeof next === 'string') return { account, margin: margin(account, terms, prices), refused: next }
  const [before, found] = [margin(account, terms, prices), margin(next, terms, prices)]
  if (found === undefined) return { account: next, margin: found, refused: 'price-missing' }
  return {
    account: next,
    margin: found,
    refused: refusalOf(act, { before, found, degraded: isDegraded(next, terms, prices) }),
  }
}

type Judged = { readonly before: Margin | undefined; readonly found: Margin; readonly degraded: boolean }

/** A withdrawal, and a trade that asks for more margin, need sound prices and initial margin; any other trade maintenance. */
function refusalOf({ kind }: Act, { before, found, degraded }: Judged): ActRefusal | undefined {
  if (kind === 'deposit') return undefined
  if (kind === 'withdraw' || before === undefined || found.initial > before.initial) {
    if (degraded) return 'price-degraded'
    return found.equity < found.initial ? 'initial-margin' : undefined
  }
  return isBelowMaintenance(found) ? 'maintenance-margin' : undefined
}

function moved(
  account: MarginAccount,
  { kind, collateral, amount }: Exclude<Act, { readonly kind: 'trade' }>,
  terms: EngineTerms,
): MarginAccount | ActRefusal {
  if (!terms.collaterals.some(({ id }) => id === collateral)) return 'collateral-unknown'
  const held = account.credit.find((one) => one.collateral === collateral)?.amount ?? 0n
  const left = kind === 'deposit' ? held + amount : held - amount
  if (left < 0n) return 'credit-short'
  const others = account.credit.filter((one) => one.collateral !== collateral)
  return { ...account, credit: [...others, { collateral, amount: left }] }
}

/** Funding is paid first, then the pool takes the other side at the worse edge of the mark, for a fee. */
function traded(
  account: MarginAccount,
  { instrument: id, size }: Extract<Act, { readonly kind: 'trade' }>,
  terms: EngineTerms,
  prices: Prices,
): MarginAccount | ActRefusal {
  const instrument = terms.instruments.find((one) => one.id === id)
  if (instrument === undefined || instrument.payoff !== undefined) return 'instrument-unknown'
  const mark = prices.get(instrument.markFeed)
  if (mark === undefined) return 'price-missing'
  const held = account.positions.find((one) => one.instrument === id)
  const others = account.positions.filter((one) => one.instrument !== id)
  const before = held?.size ?? 0n
  const after = before + size
  if (account.mode === 'isolated' && after !== 0n && others.some((one) => one.size !== 0n)) return 'isolated-holds-one'
  const index = instrument.kind === 'perpetual' ? (instrument.fundingIndex ?? 0n) : 0n
  const funding = before === 0n ? 0n : fundingUp(before, index - (held?.entryFunding ?? 0n))
  const value = positionValue(size, edgeOf(mark, size))
  const cash = wad(account.cash - funding - value - tradeFeeUp(value, terms.tradeFee))
  const position = { instrument: id, size: wad(after), entryFunding: index }
  return { ...account, cash, positions: after === 0n ? others : [...others, position] }
}

function edgeOf({ price, confidence, degraded }: OraclePrice, size: bigint): bigint {
  if (degraded !== true) return price
  return size > 0n ? upperEdgeUp(price, confidence) : lowerEdgeDown(price, confidence)
}

/** Whether any price that its margin reads is degraded. */
function isDegraded({ positions, credit, mode }: MarginAccount, terms: EngineTerms, prices: Prices): boolean {
  const held = new Set(positions.filter(({ size }) => size !== 0n).map(({ instrument }) => instrument))
  const lodged = new Set(mode === 'cross' ? [] : credit.flatMap((one) => (one.amount === 0n ? [] : one.collateral)))
  const feeds = [
    ...terms.instruments.flatMap((one) =>
      held.has(one.id) && one.payoff === undefined ? [one.markFeed, one.underlyingFeed] : [],
    ),
    ...terms.collaterals.flatMap(({ id, feed }) => (lodged.has(id) ? [feed] : [])),
  ]
  return feeds.some((feed) => prices.get(feed)?.degraded === true)
}
