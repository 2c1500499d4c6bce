// A ground that is ready to be played.
import type { WorldSpec } from '../../simulator/spec.ts'

/** A ground that is read: its name, its first moment, and the world of every seed and line-up. */
export type Opened = {
  readonly name: string
  readonly from: number
  readonly worldOf: (seed: number, lineup: number) => Promise<WorldSpec>
}
