// What collateral is worth at the market's prices.
import type { Claim } from '../domain/liquidation.ts'
import { collateralValueDown } from '../maths/margin.ts'
import type { Market } from './book.ts'

/** Full value of an amount of collateral at the market's prices. */
export function worth(
  { terms, prices }: Pick<Market, 'terms' | 'prices'>,
  { collateral, amount }: Pick<Claim, 'collateral' | 'amount'>,
): bigint | undefined {
  const listed = terms.collaterals.find(({ id }) => id === collateral)
  const price = listed && prices.get(listed.feed)?.price
  return listed === undefined || price === undefined ? undefined : collateralValueDown(amount, listed.decimals, price)
}
