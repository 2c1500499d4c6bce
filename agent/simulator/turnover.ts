// Traders who come and go: new accounts at the margin they may open with, and the healthiest leave.
import type { MarginAccount } from '../domain/market.ts'
import { wad } from '../domain/units.ts'
import { toDouble } from '../maths/fixed-point.ts'
import { type Engine, marginAt, put } from './engine.ts'
import { anchorOf } from './slice.ts'
import type { World } from './state.ts'

/** Plays the crowd's turnover until the market closes. */
export function turnOver(world: World): void {
  const { spec, time, engine, closesAt } = world
  const { turnover } = spec.crowd
  if (turnover === undefined) return
  const turn = (nth: number): void => {
    enter(engine, turnover.arrive(nth, world.newestPrices))
    if (engine.open.size > turnover.most) leave(world, nth)
    if (time.now + turnover.every <= closesAt) time.at(time.now + turnover.every, () => turn(nth + 1))
  }
  time.at(time.now + turnover.every, () => turn(0))
}

/** Those whose account nobody bids on. */
function staying({ open }: Engine): readonly MarginAccount[] {
  const all: MarginAccount[] = []
  for (const account of open.values()) if (account.auctionStartedAt === undefined) all.push(account)
  return all
}

/** The pool took the other side of its trades: what the account paid is there. */
function enter(engine: Engine, account: MarginAccount): void {
  engine.pool -= account.cash
  put(engine, { ...account, anchor: anchorOf(engine) })
}

/** The healthiest of a crowd; of a large one, of those one happens to look at. It closes with the pool, which squares its cash. */
function leave({ engine, newestPrices }: World, nth: number): void {
  const cover = (account: MarginAccount): number => {
    const found = marginAt(account, engine.terms, newestPrices)
    return found === undefined || found.maintenance === 0n ? 0 : toDouble(found.equity) / toDouble(found.maintenance)
  }
  const all = staying(engine)
  const every = Math.ceil(all.length / LOOKED_AT)
  const [gone] = all.filter((_, i) => i % every === nth % every).sort((a, b) => cover(b) - cover(a))
  if (gone === undefined) return
  engine.pool += gone.cash
  const version = gone.version + 1n
  put(engine, { ...gone, version, cash: wad(0n), positions: [], credit: [], anchor: anchorOf(engine) })
}

const LOOKED_AT = 64
