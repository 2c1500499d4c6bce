// Mutants that mean the same as the original, each with its reason: they count neither way.

/** Reason by mutant. */
export const equivalents: Readonly<Record<string, string>> = {}
