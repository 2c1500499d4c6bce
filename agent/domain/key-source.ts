// Where the operator key is: one place, and only one.
import type { Address } from 'viem'

/**
 * A key file, opened by a process that does nothing else or (inline) by the agent; a socket of a signer that somebody
 * else started; a remote signer; or an address without a key.
 */
export type KeySource =
  | { readonly kind: 'process' | 'inline'; readonly file: string; readonly password?: string }
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'remote'; readonly url: string; readonly address: Address; readonly dialect: Dialect }
  | { readonly kind: 'watch'; readonly address: Address }

/** The language of a remote signer. */
export type Dialect = 'web3signer' | 'clef'
