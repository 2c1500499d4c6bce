// What somebody who knew the future would have taken. For every candidate that an agent found, every block from then on
// until somebody took it (or it was healthy again) is valued with the price at which its collateral would be sold: the
// same slice, the same fees and gas, the same route with the time it takes. The oracle takes a candidate if in one of
// those blocks this is a gain, and nobody outbid the agent's tip for it in that block.

import { candidateId } from '../../core/scan.ts'
import type { Candidate, CandidateId } from '../../domain/liquidation.ts'
import type { Instant } from '../../domain/units.ts'
import { toDouble } from '../../maths/fixed-point.ts'
import { belowMaintenance } from '../engine.ts'
import type { Observer, World } from '../state.ts'
import { gainOf, slicesOf } from './foresight.ts'

/** One candidate as hindsight sees it. Dollars. */
export type Chance = {
  readonly id: CandidateId
  readonly foundAt: Instant
  /** The first gain that an oracle could have had: with any capital, and with the agent's. */
  free: number | undefined
  withCapital: number | undefined
  /** Whether a bid of the agent on it was executed. */
  taken: boolean
}

/** Chances of one agent, by candidate. */
export type Hindsight = { readonly observer: Observer; readonly chances: ReadonlyMap<CandidateId, Chance> }

/** Watches one agent. */
export function hindsightOf(name: string): Hindsight {
  const chances = new Map<CandidateId, Chance>()
  let gains = new Map<CandidateId, Gain>()
  return {
    chances,
    observer: {
      effect(agent, effect, at) {
        if (agent.spec.name === name && effect.kind === 'found') note(chances, effect.candidate, at)
      },
      filling(world) {
        gains = gainsOf(world, name, chances)
      },
      taken(who, { before }, tip) {
        const id = candidateId(before)
        const chance = chances.get(id)
        if (who === name && chance !== undefined) chance.taken = true
        const gain = gains.get(id)
        if (who !== name && gain !== undefined && tip > gain.tip) gains.delete(id)
      },
      block() {
        for (const [id, { free, withCapital }] of gains) {
          const chance = chances.get(id)
          if (chance === undefined) continue
          chance.free ??= free
          chance.withCapital ??= withCapital
        }
      },
    },
  }
}

function note(chances: Map<CandidateId, Chance>, { id }: Candidate, at: Instant): void {
  if (!chances.has(id)) chances.set(id, { id, foundAt: at, free: undefined, withCapital: undefined, taken: false })
}

type Gain = { readonly free: number | undefined; readonly withCapital: number | undefined; readonly tip: bigint }

/** Candidates that can be taken in the block that is about to be filled, and what that would gain. */
function gainsOf(world: World, name: string, chances: ReadonlyMap<CandidateId, Chance>): Map<CandidateId, Gain> {
  const agent = world.agents.find(({ spec }) => spec.name === name)
  const gains = new Map<CandidateId, Gain>()
  if (agent === undefined || world.time.now > world.closesAt) return gains
  const { tip, submitDelay, executor } = agent.spec
  const cash = world.engine.cash.get(executor) ?? 0n
  for (const under of belowMaintenance(world.engine, world.newestPrices)) {
    const id = candidateId(under.account)
    const chance = chances.get(id)
    if (chance === undefined || chance.foundAt + submitDelay > world.time.now) continue
    if (chance.free !== undefined && chance.withCapital !== undefined) continue
    const [whole, affordable] = slicesOf(world, under, cash)
    const [free, withCapital] = [whole, affordable].map((slice) => slice && gainOf(world, under, { ...slice, tip }))
    gains.set(id, { free: positive(free), withCapital: positive(withCapital), tip })
  }
  return gains
}

const positive = (gain: bigint | undefined): number | undefined =>
  gain !== undefined && gain > 0n ? toDouble(gain) : undefined
