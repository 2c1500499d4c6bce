// What the scenarios of a network are told with: honest prices, names, a row of the summary.
import type { PriceBatch } from '../../agent/domain/market.ts'
import { instant } from '../../agent/domain/units.ts'
import * as a from '../unit/gossip/builders.ts'
import { at, say, type World } from './gossip-world.ts'

/** One line of a summary. */
export type Row = { readonly scenario: string; readonly seed: number; readonly passed: boolean } & Readonly<
  Record<string, unknown>
>

/** How long and how large: 1 is the whole scenario, less is a short version. */
export type Scale = number

export type Scenario = (seed: number, scale: Scale) => Promise<Row>

/** A batch of prices signed now. */
export const batchAt = (now: number, change: Partial<PriceBatch> = {}, signer = a.alice): PriceBatch =>
  a.priceBatch({ sequence: instant(Math.floor(now)), validUntil: instant(Math.floor(now) + 5_000), ...change }, signer)

/** What was said, by its id. */
export type Said = Map<string, { readonly at: number; readonly by: string }>

/** Honest prices, so many a second, from one publisher's node. */
export function publish(world: World, by: string, perSecond: number, seconds: number): Said {
  const said: Said = new Map()
  for (let n = 0; n < perSecond * seconds; n++)
    at(world, (n * 1_000) / perSecond, () => {
      const id = say(world, by, 'price', batchAt(world.now))
      said.set(id, { at: world.now, by })
    })
  return said
}

/** So many names with one prefix. */
export const named = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, n) => `${prefix}${n}`)
/** To four places. */
export const round = (value: number): number => Math.round(value * 10_000) / 10_000
