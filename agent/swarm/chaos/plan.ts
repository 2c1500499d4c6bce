// The plan of a campaign: what every life of the agent must bear and where it ends, all from one seed.
import { type Random, seeded } from '../../simulator/scenario/random.ts'
import type { Aftermath } from './miner.ts'
import { POINTS, type Point } from './points.ts'
import { FINALITY } from './scene.ts'
import { WEATHERS, type Weather } from './weather.ts'

/** The chains of a world. */
export type Side = 'engine' | 'vault'

/** What a chain does to a life, so many wall milliseconds after it was ready. */
export type Trouble = { readonly at: number; readonly side: Side } & (
  | { readonly kind: 'reorg'; readonly depth: number; readonly aftermath: Aftermath }
  /** No blocks for a while, then all of them at once. */
  | { readonly kind: 'pause'; readonly length: number }
  /** The base fee of the next blocks, as a multiple. */
  | { readonly kind: 'spike'; readonly times: number; readonly blocks: number }
  /** What waits is left out of so many blocks. */
  | { readonly kind: 'withhold'; readonly blocks: number }
  /** The pool forgets everything. */
  | { readonly kind: 'drop' }
)
export type TroubleKind = Trouble['kind']

/** How a life ends: at a named point (the aim says at which), or at a random moment after it was ready. */
export type End = { readonly kind: 'point' } | { readonly kind: 'moment'; readonly after: number }

/** One life. */
export type LifePlan = {
  readonly end: End
  readonly weather: Readonly<Record<Side, Weather>>
  readonly troubles: readonly Trouble[]
}

/** What a plan is drawn from. Everything but kills and seed may be narrowed to provoke one fault. */
export type PlanOptions = {
  readonly kills: number
  readonly seed: number
  readonly points?: readonly Point[]
  readonly weathers?: readonly Weather[]
  readonly troubles?: readonly TroubleKind[]
  /** Reorganisations per life; half of the lives see one by default. */
  readonly reorgs?: number
  /** Least and greatest depth of a reorganisation; less than finality by default. */
  readonly depth?: readonly [number, number]
  /** What is taken away: the chain's memory of what was executed, or, half way through a world, the journal's file. */
  readonly without?: 'idempotency' | 'journal'
}

/** Depths beyond finality: what was final is taken back. */
export const DEEP: readonly [number, number] = [FINALITY + 1, FINALITY + 6]

/** Every life of a campaign, in order. Half of them end at points. */
export function planOf(options: PlanOptions): readonly LifePlan[] {
  const { kills, seed, points = POINTS } = options
  const dice = seeded(seed, 'plan')
  const named = points.length === 0 ? 0 : Math.ceil(kills / 2)
  const ends = Array.from(
    { length: kills },
    (_, i): End => (i < named ? { kind: 'point' } : { kind: 'moment', after: moment(dice) }),
  )
  const { reorgs = 0.5 } = options
  // So many reorganisations per life, evenly: not one more or less over a whole campaign.
  return shuffled(ends, dice).map((end, i) =>
    lifeOf(end, Math.floor((i + 1) * reorgs) - Math.floor(i * reorgs), { options, dice }),
  )
}

/** Half of them within the first third of a second: recovery; the others while settlements are under way. */
const moment = (dice: Random): number => Math.floor(dice() * (dice() < 0.5 ? 350 : 1_500))

type Drawing = { readonly options: PlanOptions; readonly dice: Random }

function lifeOf(end: End, reorgs: number, { options, dice }: Drawing): LifePlan {
  const { weathers = WEATHERS, depth = [1, FINALITY - 1], troubles = TROUBLES } = options
  const sky = (): Weather => weathers[Math.floor(dice() * weathers.length)] ?? 'clear'
  const forks = Array.from({ length: reorgs }, () => reorgOf(depth, dice))
  const drawn = troubles.length > 0 && dice() < 0.4 ? [troubleOf(troubles, dice)] : []
  // Somebody must live to see what was final taken back: such a life is longer, and ends after it.
  const seen = forks.length > 0 && depth[0] > FINALITY
  return {
    end: seen ? { kind: 'moment', after: WITNESS + 1_000 } : end,
    weather: { engine: sky(), vault: sky() },
    troubles: [...(troubles.includes('reorg') ? forks : []), ...drawn],
  }
}

const TROUBLES: readonly TroubleKind[] = ['reorg', 'pause', 'spike', 'withhold', 'drop']

const sideOf = (dice: Random): Side => (dice() < 0.5 ? 'engine' : 'vault')

/** Wall milliseconds after which enough of a life is final to be taken back. */
const WITNESS = 3_000

const reorgOf = ([least, most]: readonly [number, number], dice: Random): Trouble => ({
  kind: 'reorg',
  at: least > FINALITY ? WITNESS - Math.floor(dice() * 1_000) : Math.floor(dice() * 600),
  // What the vault paid on a bid that the engine's chain then forgets is for the breaker of the route, and its guardian.
  side: least > FINALITY ? 'vault' : sideOf(dice),
  depth: least + Math.floor(dice() * (most - least + 1)),
  // What a pool has again is not missed for a block: only what is lost shows whether anybody notices.
  aftermath: dice() < 0.5 || least > FINALITY ? 'lost' : 'returned',
})

/** What leads to a point that is only reached when something happens. */
export function provoking(point: Point, dice: Random): readonly Trouble[] {
  const side = sideOf(dice)
  if (point === 'event:head:reorg')
    return [{ kind: 'reorg', at: 700, side, depth: FINALITY - 1, aftermath: 'returned' }]
  if (point === 'commit:after:replacement') return [{ kind: 'spike', at: 0, side, times: 40, blocks: 20 }]
  if (point === 'send:after:again') return [{ kind: 'withhold', at: 0, side, blocks: 3 }]
  return []
}

function troubleOf(kinds: readonly TroubleKind[], dice: Random): Trouble {
  const place = { at: Math.floor(dice() * 500), side: sideOf(dice) }
  switch (kinds[Math.floor(dice() * kinds.length)]) {
    case 'pause':
      return { ...place, kind: 'pause', length: 300 + Math.floor(dice() * 700) }
    case 'spike':
      return { ...place, kind: 'spike', times: 2 + Math.floor(dice() * 40), blocks: 1 + Math.floor(dice() * 6) }
    case 'withhold':
      return { ...place, kind: 'withhold', blocks: 1 + Math.floor(dice() * 6) }
    case 'drop':
      return { ...place, kind: 'drop' }
    default:
      return { ...place, kind: 'reorg', depth: 1, aftermath: 'returned' }
  }
}

/** Fisher and Yates. */
function shuffled<T>(items: readonly T[], dice: Random): readonly T[] {
  const all = [...items]
  for (let i = all.length - 1; i > 0; i--) {
    const j = Math.floor(dice() * (i + 1))
    const [a, b] = [all[i], all[j]]
    if (a !== undefined && b !== undefined) [all[i], all[j]] = [b, a]
  }
  return all
}
