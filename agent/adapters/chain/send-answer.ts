// What a node says when it does not take a transaction. None of it is evidence of anything: only a nonce in the chain is.

/** The codes of chainlink's and op-stack's transaction managers; whatever is not known is `ambiguous`. */
export type SendAnswer =
  | 'known'
  | 'nonce-too-low'
  | 'underpriced'
  | 'insufficient-funds'
  | 'fee-cap'
  | 'limited'
  | 'ambiguous'

/** The code of a refusal's text. It may hasten a bump or alarm somebody; it never changes what the journal says. */
export const sendAnswer = (text: string): SendAnswer =>
  CODES.find(([, pattern]) => pattern.test(text))?.[0] ?? 'ambiguous'

/** Texts of geth, reth, erigon, nethermind, besu and anvil. */
const CODES: readonly (readonly [SendAnswer, RegExp])[] = [
  ['known', /already (known|imported|in mempool|exists)|known transaction/i],
  ['nonce-too-low', /nonce (is )?too low|old nonce|nonce.*lower/i],
  [
    'underpriced',
    /underpriced|(max fee|fee cap).*(less|lower|below).*(base|block)|gas price below|fee too low|below base fee/i,
  ],
  ['insufficient-funds', /insufficient (funds|balance)|exceeds the balance/i],
  ['fee-cap', /exceeds the configured cap|fee cap exceeded|tx fee.*exceeds/i],
  ['limited', /rate limit|too many requests|429|limit exceeded/i],
]
