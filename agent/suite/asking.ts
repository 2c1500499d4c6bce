// Rows of a check: code that must stand somewhere, and views that must answer something.
import type { Abi, Address } from 'viem'

/** A contract's code, or what a view of it must answer. `unless` is the row's state when it answers something else. */
export type Expectation =
  | { readonly kind: 'code'; readonly what: string; readonly at: Address; readonly artefact: string }
  | {
      readonly kind: 'view'
      readonly what: string
      readonly at: Address
      readonly abi: Abi
      readonly name: string
      readonly args: readonly unknown[]
      readonly expected: unknown
      readonly unless: 'warn' | 'fail'
      readonly fix: string
    }

/** The code of one of our contracts. */
export const code = (what: string, at: Address, artefact: string): Expectation => ({ kind: 'code', what, at, artefact })

/** How a view is asked. */
export type Asked = { readonly args?: readonly unknown[]; readonly unless?: 'warn'; readonly fix?: string }

/** A view of a contract: by default a difference means that the wiring is wrong for good. */
export const asks =
  (what: string, at: Address, abi: Abi) =>
  (name: string, expected: unknown, { args = [], unless, fix = REWIRE }: Asked = {}): Expectation => ({
    ...{ kind: 'view', what: `${what}.${name}(${args.map(String).join(', ')})`, at, abi, name, args, expected },
    ...{ unless: unless ?? 'fail', fix },
  })

const REWIRE = 'Contracts are immutable: deploy this part again and use the new network description.'
