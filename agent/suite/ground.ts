// What every chain of a deployment stands on.
import type { Address } from 'viem'
import type { SuiteFile } from '../../config/suite.ts'
import type { Steps } from './steps.ts'

/** Where a chain's deployment starts. */
export type Start = { readonly deployer: Address; readonly nonce: number; readonly block: bigint }

/** What every chain has: its authority, its bond token and its registry. */
export type Ground = {
  readonly spec: SuiteFile['chains'][number]
  readonly start: Start
  readonly steps: Steps
  readonly authority: Address
  readonly registry: Address
  /** The bond token. */
  readonly bond: Address
}

/** A value that the file's own checks promise. */
export function known<T>(map: ReadonlyMap<string, T>, name: string): T {
  const value = map.get(name)
  if (value === undefined) throw new RangeError(`nothing is called ${name}`)
  return value
}
