// What was earned, where it came from, and whether what was said of gaps came true.
import type { Lane } from '../chronicle/lanes.ts'
import type { Desk, Looks } from './desk.ts'
import { addParts, dollars, money, partsOf } from './money.ts'
import { thin } from './overview.ts'
import type { Calibration, Pnl, PnlLine, Time } from './words.ts'

/** Settled P&L, by whom and by what. */
export function pnl(desk: Desk, looks: Looks, at: Time): Pnl {
  const { chronicle } = desk
  const settled = [...chronicle.lanes.values()].filter(({ attribution }) => attribution !== undefined)
  const parts = new Map<string, bigint>()
  for (const seat of chronicle.seats.values()) addParts(parts, seat.parts)
  const curves = curvesOf(desk)
  return {
    at,
    parts: partsOf(parts),
    unsettledGas: money([...looks.values()].reduce((sum, look) => sum + look.unsettledGas, 0n)),
    settled: [...chronicle.seats.values()].reduce((sum, seat) => sum + seat.closed, 0),
    drawdown: drawdownOf(curves),
    byAgent: [...chronicle.seats.values()]
      .filter((seat) => seat.closed > 0)
      .map((seat) => ({ name: seat.name, settled: seat.closed, parts: partsOf(seat.parts) })),
    byStrategy: grouped(settled, ({ strategy }) => strategy ?? 'bought claims'),
    byRoute: grouped(
      settled,
      ({ claims, route }) => claims[0]?.vault ?? (route?.includes('service') ? 'liquidity service' : 'cash'),
    ),
    byAsset: grouped(settled, (lane) => assetOf(desk, lane)),
    curves,
    calibration: calibrationOf(desk),
  }
}

function grouped(lanes: readonly Lane[], of: (lane: Lane) => string): readonly PnlLine[] {
  return [...Map.groupBy(lanes, of)].map(([name, all]) => {
    const parts = new Map<string, bigint>()
    for (const { attribution = {} } of all) addParts(parts, Object.entries(attribution))
    return { name, settled: all.length, parts: partsOf(parts) }
  })
}

function assetOf(desk: Desk, { claims }: Lane): string {
  const [claim] = claims
  if (claim === undefined) return 'none on its way'
  const vault = desk.network()?.vaults.find(({ id }) => id === claim.vault)
  return (
    vault?.assets.find(({ collateral }) => collateral === claim.collateral)?.symbol ?? `collateral ${claim.collateral}`
  )
}

function curvesOf({ chronicle }: Desk): Pnl['curves'] {
  const byAgent = Map.groupBy(chronicle.points.all(), ({ agent }) => agent)
  return [...byAgent].map(([name, points]) => ({
    name,
    points: thin(points, 300).map(({ at, total }) => [at, dollars(total)] as const),
  }))
}

/** Largest fall of all agents' P&L from its peak, in dollars. */
function drawdownOf(curves: Pnl['curves']): number {
  const moves = curves
    .flatMap(({ points }) => points.map(([at, total], i) => ({ at, by: total - (points[i - 1]?.[1] ?? 0) })))
    .sort((a, b) => a.at - b.at)
  let [total, peak, worst] = [0, 0, 0]
  for (const { by } of moves) {
    total += by
    peak = Math.max(peak, total)
    worst = Math.max(worst, peak - total)
  }
  return worst
}

const TENTHS = 10

/** Said against seen. Levels count gaps that lost more than the level said they would. */
function calibrationOf({ chronicle }: Desk): Calibration {
  const gaps = chronicle.gaps.all()
  const taken = gaps.filter((one) => one.taken)
  const alphas = [...new Set(gaps.flatMap(({ levels }) => levels.map(({ alpha }) => alpha)))].sort((a, b) => a - b)
  let [said, lost] = [0, 0]
  const steps = taken.map(({ at, debt, expected, loss }) => {
    said += expected * debt
    lost += loss * debt
    return { at, said, lost }
  })
  return {
    carried: taken.length,
    followed: gaps.length - taken.length,
    pit: Array.from(
      { length: TENTHS },
      (_, i) => gaps.filter(({ u }) => Math.min(TENTHS - 1, Math.floor(u * TENTHS)) === i).length,
    ),
    levels: alphas.map((alpha) => {
      const told = gaps.flatMap(({ levels, loss }) =>
        levels.flatMap((one) => (one.alpha === alpha ? [loss > one.VaR] : [])),
      )
      return { alpha, expected: (1 - alpha) * told.length, observed: told.filter(Boolean).length, of: told.length }
    }),
    said: thin(steps, 300).map((one) => [one.at, one.said] as const),
    lost: thin(steps, 300).map((one) => [one.at, one.lost] as const),
  }
}
