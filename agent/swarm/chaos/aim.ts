// Where lives are to end: at the points where the fewest have ended so far, so that every point is hit as often as any.
import type { Random } from '../../simulator/scenario/random.ts'
import type { Point } from './points.ts'

/** The aim of a campaign, shared by its worlds. */
export type Aim = {
  /** The points that the next life is armed with: the first one that it reaches ends it. */
  next(): readonly Point[]
  /** A life ended there. */
  hit(point: Point): void
}

/**
 * Aims at `points`, in the order in which a life comes by, after so many hits. A life is armed with one of those that were
 * hit least and with the later ones of them: armed with all, every life would end at the first.
 */
export function openAim(points: readonly Point[], known: ReadonlyMap<string, number>, dice: Random): Aim {
  const hits = new Map(known)
  const at = (point: Point): number => hits.get(point) ?? 0
  return {
    next: () => {
      const least = Math.min(...points.map(at))
      const rare = points.filter((point) => at(point) === least)
      return rare.slice(Math.floor(dice() * rare.length))
    },
    hit: (point) => void hits.set(point, at(point) + 1),
  }
}
