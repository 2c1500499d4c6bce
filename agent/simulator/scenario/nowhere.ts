// Stand-ins for what only a deployment gives.

/** No contract: tokens are not deployed yet, and owners not known. */
export const ZERO_ADDRESS = `0x${'0'.repeat(40)}` as const

/** No block. */
export const ZERO_HASH = `0x${'0'.repeat(64)}` as const
