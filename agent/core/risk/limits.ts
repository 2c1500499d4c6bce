// Limits on tails: sums over the same scenarios, for everything, for every asset, route and chain, and for days of stress.
import type { SkipReason } from '../../domain/liquidation.ts'
import { type Instant, type Wad, wad } from '../../domain/units.ts'
import { toDouble } from '../../maths/fixed-point.ts'
import { STRESSES } from '../../maths/risk/stress.ts'
import { routeRating } from '../ratings.ts'
import type { Core } from '../state.ts'
import { stalledOdds } from './beliefs.ts'
import { partsOf, riskOf, riskWith, WHOLE } from './carried.ts'
import { limitOf, shortfallOf } from './gap.ts'
import { kindOf, lostOf, outlaysNow, stressed } from './held.ts'
import { vaultOf } from './laws.ts'
import type { Cell, Exposure } from './words.ts'

/** The limit that some legs would break, in words. */
export type Reached = { readonly reason: SkipReason; readonly detail: string }

/** The first limit that the legs would pass on top of everything carried, if any. */
export function limitReached(core: Core, at: Instant, legs: readonly Exposure[]): Reached | undefined {
  const capped = capReached(core, at, legs)
  if (capped !== undefined) return capped
  const parts = new Set([WHOLE, ...legs.flatMap(({ cell }) => partsOf(core, cell))])
  for (const part of parts) {
    const reached = partReached(core, at, part, legs)
    if (reached !== undefined) return reached
  }
  return settlementReached(core, legs) ?? stressReached(core, at, legs)
}

/** Dollars paid and not yet received: of the legs alone, and on their routes and in their groups of assets. */
function capReached(core: Core, at: Instant, legs: readonly Pick<Exposure, 'cell' | 'debt'>[]): Reached | undefined {
  const { caps } = core.setup.risk
  const more = outlayOf(legs, () => true)
  if (more > caps.settlement) return over('settlement-limit', 'outlay of one settlement', caps.settlement)
  const { byRoute, byKind } = outlaysNow(core, at)
  for (const { cell } of legs) {
    const onRoute = ({ vault }: Cell): boolean => vault === cell.vault
    const { grade, share } = routeRating(core, at, cell.vault)
    const most = wad((caps.route * BigInt(Math.round(100 * share))) / 100n)
    if ((byRoute.get(cell.vault) ?? 0n) + outlayOf(legs, onRoute) > most)
      return over('route-limit', `outlay on route ${cell.vault}${grade === 'A' ? '' : `, rated ${grade},`}`, most)
    const kind = kindOf(core, cell)
    const inGroup = (one: Cell): boolean => kindOf(core, one) === kind
    if ((byKind.get(kind) ?? 0n) + outlayOf(legs, inGroup) > caps.group)
      return over('asset-limit', `outlay in ${kind}`, caps.group)
  }
  return undefined
}

type Outlay = Pick<Exposure, 'cell' | 'debt'>

const outlayOf = (all: readonly Outlay[], within: (cell: Cell) => boolean): bigint =>
  all.reduce((sum, { cell, debt }) => (within(cell) ? sum + debt : sum), 0n)

/** What one settlement may lose by itself, whatever else is carried. */
function settlementReached(core: Core, legs: readonly Exposure[]): Reached | undefined {
  const limit = core.setup.risk.shares.settlement * limitOf(core)
  const alone = legs.reduce((sum, leg) => sum + shortfallOf(core, leg, 0), 0)
  const detail = `expected shortfall of one settlement would pass its limit of $${Math.floor(limit)}`
  return alone > limit ? { reason: 'settlement-limit', detail } : undefined
}

const over = (reason: SkipReason, what: string, limit: Wad): Reached => ({
  reason,
  detail: `${what} would pass its limit of $${Math.floor(toDouble(limit))}`,
})

/** The share of the legs, all of them falling with their debts, that still fits: to within a hundredth. */
export function roomFor(core: Core, at: Instant, legs: readonly Exposure[]): number {
  if (limitReached(core, at, legs) === undefined) return 1
  let [fits, breaks] = [0, 1]
  while (breaks - fits > 0.01) {
    const share = (fits + breaks) / 2
    if (
      limitReached(
        core,
        at,
        legs.map((leg) => part(leg, share)),
      ) === undefined
    )
      fits = share
    else breaks = share
  }
  return fits
}

const PARTS = 1_000_000

function part(leg: Exposure, share: number): Exposure {
  const of = (amount: bigint): Wad => wad((amount * BigInt(Math.round(share * PARTS))) / BigInt(PARTS))
  return { ...leg, value: of(leg.value), debt: of(leg.debt) }
}

/** Sums of tails bound every tail: exact scenarios are asked only where that bound would break a limit. */
function partReached(core: Core, at: Instant, name: string, legs: readonly Exposure[]): Reached | undefined {
  const own = legs.filter(({ cell }) => name === WHOLE || partsOf(core, cell).includes(name))
  const risks = riskOf(core, at, name)
  for (const { level, share, reason, what } of limitsOf(core, name)) {
    const limit = share * limitOf(core)
    const more = own.reduce((sum, leg) => sum + shortfallOf(core, leg, level), 0)
    if (more === 0 || Math.max(0, risks[level]?.ES ?? 0) + more <= limit) continue
    const exact = riskWith(core, at, name, own)?.[level]?.ES
    if (exact !== undefined && exact <= limit) continue
    return { reason, detail: `${what} would pass its limit of $${Math.floor(limit)}` }
  }
  return undefined
}

type Limit = { readonly level: number; readonly share: number; readonly reason: SkipReason; readonly what: string }

function limitsOf({ setup }: Core, name: string): readonly Limit[] {
  const { asset, route, chain, extreme } = setup.risk.shares
  const what = `expected shortfall on ${name}`
  if (name.startsWith('asset')) return [{ level: 0, share: asset, reason: 'asset-limit', what }]
  if (name.startsWith('route')) return [{ level: 0, share: route, reason: 'route-limit', what }]
  if (name.startsWith('chain')) return [{ level: 0, share: chain, reason: 'chain-limit', what }]
  return [
    { level: 0, share: 1, reason: 'shortfall-limit', what: 'expected shortfall in flight' },
    { level: 2, share: extreme, reason: 'shortfall-limit', what: 'expected shortfall at 99.9 % in flight' },
  ]
}

/** What everything carried and the legs would lose on the worst of the days of stress. */
function stressReached(core: Core, at: Instant, legs: readonly Exposure[]): Reached | undefined {
  const held = stressed(core, at)
  const more = lostOf(
    legs.map(({ cell, value, debt }) => ({ kind: kindOf(core, cell), amount: debt > 0n ? toDouble(value) : 0 })),
  )
  const limit = core.setup.risk.shares.stress * limitOf(core)
  for (const [i, { name }] of STRESSES.entries()) {
    const [lost, extra] = [held[i] ?? 0, more[i] ?? 0]
    if (extra <= 0 || lost + extra <= limit) continue
    return { reason: 'stress-limit', detail: `the loss on ${name} would pass its limit of $${Math.floor(limit)}` }
  }
  return undefined
}

/** Odds of a stall from which nothing new is committed to a chain. */
const STALLED = 0.5

/** A chain that stands still, and a route on which claims are stuck, take nothing new. */
export function stalled(core: Core, at: Instant, legs: readonly Pick<Exposure, 'cell'>[]): Reached | undefined {
  for (const { cell } of legs) {
    if (core.closedRoutes.has(cell.vault))
      return { reason: 'route-stalled', detail: `claims on ${cell.vault} are stuck` }
    const chain = vaultOf(core, cell)?.chain
    if (chain === undefined || stalledOdds(core, chain, at) < STALLED) continue
    return { reason: 'route-stalled', detail: `chain ${chain} of ${cell.vault} seems to stand still` }
  }
  return undefined
}
