// Mutants that mean the same as the original, each with its reason: they count neither way.

/** Reason by mutant. */
export const equivalents: Readonly<Record<string, string>> = {
  '337d75f160':
    'fees.ts, ceilingOf, `wei > 0n` to `>= 0n`: a budget of nothing divided by the gas is nothing, as before',
}
