// What pricing a candidate ends in: quotes, or why there are none.
import type { Quote, SkipReason } from '../domain/liquidation.ts'

/** Quotes best net first, or why there are none. */
export type Priced = { readonly quotes: readonly Quote[] } | Missing

/** Why there is no quote. */
export type Missing = { readonly missing: SkipReason; readonly detail: string | undefined }

/** Why there is no quote. */
export const missing = (reason: SkipReason, detail?: string): Missing => ({ missing: reason, detail })
