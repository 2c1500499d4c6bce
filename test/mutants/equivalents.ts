// Mutants that mean the same as the original, each with its reason: they count neither way.

/** Reason by mutant. */
export const equivalents: Readonly<Record<string, string>> = {
  '337d75f160':
    'fees.ts, ceilingOf, `wei > 0n` to `>= 0n`: a budget of nothing divided by the gas is nothing, as before',
  '53ace167fa':
    'transactor.ts, recovered: the last tier has no limit, so that the reduction ends at undefined, below which no tier is: the deepest tier applies, as before',
  '9c78bf8028': 'transactor.ts, recovered, `below > top` to `>=`: among equal limits it does not matter which is kept',
  d3b58dd1e9:
    'receipt.ts, dataFeeOf, `&&` to `||`: a receipt without l1Fee has none as text either, and the shape of receipts lets no other kind through',
}
