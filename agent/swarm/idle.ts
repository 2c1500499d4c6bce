// Capital of a trader that could not help when one of its accounts fell: in other accounts, or counted for nothing.
import type { EngineTerms, MarginAccount, Prices } from '../domain/market.ts'
import { margin } from '../maths/margin.ts'

/** What the siblings could spare, and what the account's own mode does not count. */
export function idleBeside(
  account: MarginAccount,
  siblings: readonly MarginAccount[],
  terms: EngineTerms,
  prices: Prices,
): bigint {
  const spare = siblings.reduce((sum, one) => {
    const value = margin(one, terms, prices)
    const excess = value === undefined ? 0n : value.equity - BigInt(value.maintenance)
    return excess > 0n ? sum + excess : sum
  }, 0n)
  const [counted, all] = [margin(account, terms, prices), margin({ ...account, mode: 'unified' }, terms, prices)]
  return spare + (counted === undefined || all === undefined ? 0n : all.equity - counted.equity)
}
