// How deep is final: by what a reorganisation would cost. Small amounts wait less, large ones want a proof.
import type { FinalityTier } from '../../domain/network.ts'
import type { Wad } from '../../domain/units.ts'

/** The tier of an amount at stake: the first that it is below, or the last. */
export function tierOf(tiers: readonly FinalityTier[], value: Wad): FinalityTier {
  const tier = tiers.find(({ below }) => below !== undefined && value < below) ?? tiers.at(-1)
  return tier ?? { below: undefined, blocks: 0, proof: true }
}
