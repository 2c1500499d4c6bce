// What a signer process is started with: no secret is among it.
import type { Policy } from './policy.ts'

/** Which key, for what, and where it is asked. Paths are absolute. */
export type SignerTerms = {
  readonly key: string
  /** File of its password; `-` for standard input. */
  readonly password?: string
  /** File of the book of its nonces. */
  readonly book: string
  readonly policy: Policy
  /** A socket instead of the parent's line; `shared` opens it to the group. */
  readonly socket?: { readonly path: string; readonly shared: boolean }
}

/** The descriptor of the line to the parent. Standard input stays the operator's, for passwords. */
export const PARENT = 3
