// An account at given prices: what it is made of, and its margin.
import type { EngineTerms, Margin, MarginAccount, OraclePrice, Prices } from '../domain/market.ts'
import { type Holdings, holdings, marginOf } from './margin.ts'

/** Undefined while a price is missing. */
export type Standing = {
  readonly held: Holdings | undefined
  readonly margin: Margin | undefined
}

/** Valued once for the same account, terms and prices, whoever asks: accounts are replaced, never changed. */
export function standingOf(account: MarginAccount, terms: EngineTerms, prices: Prices): Standing {
  const kept = known.get(account)
  if (kept?.terms === terms && alike(kept.prices, prices)) return kept.standing
  const held = holdings(account, terms, prices)
  const standing = { held, margin: held && marginOf(account, held, terms) }
  known.set(account, { terms, prices, standing })
  return standing
}

type Known = { readonly terms: EngineTerms; readonly prices: Prices; readonly standing: Standing }
const known = new WeakMap<MarginAccount, Known>()

/** Whether everything is worth the same at both: when prices were signed changes no margin. */
function alike(a: Prices, b: Prices): boolean {
  if (a === b) return true
  if (a.size !== b.size) return false
  for (const [feed, one] of a) {
    const other = b.get(feed)
    if (other === undefined || (other !== one && !sameWorth(one, other))) return false
  }
  return true
}

const sameWorth = (a: OraclePrice, b: OraclePrice): boolean =>
  a.price === b.price && a.degraded === b.degraded && a.confidence === b.confidence && a.shocks === b.shocks
