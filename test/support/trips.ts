// For every protection, what trips it in a core with limits that are easily reached.
import { createCore, type Input } from '../../agent/core/core.ts'
import type { Halt, HaltReason } from '../../agent/core/protect.ts'
import type { Core } from '../../agent/core/state.ts'
import { wad } from '../../agent/domain/units.ts'
import {
  batch,
  entry,
  FAR,
  lost,
  only,
  opening,
  PUBLISHERS,
  play,
  pools,
  ripe,
  sale,
  seatOf,
  secondsIn,
  setup,
  takeAll,
  usd,
  won,
} from './builders.ts'

/** Limits of which each trips at the first of its losses, and only that one. */
const LIMITS = { drawdown: 1, gapLosses: 1_000, failedGas: usd(1_000_000), divergence: 1_000, market: FAR }
const TIGHT = {
  drawdown: { ...LIMITS, drawdown: 0 },
  'gap-losses': { ...LIMITS, gapLosses: 1 },
  'failed-gas': { ...LIMITS, failedGas: wad(0n) },
  'oracle-divergence': { ...LIMITS, divergence: 0.01 },
  'market-divergence': { ...LIMITS, market: { bound: 0.01, act: 'halt' } },
} as const

const told = (reason: HaltReason): Input => ({
  at: secondsIn(1),
  kind: 'halt',
  halt: { reason, detail: `told: ${reason}`, at: secondsIn(1) },
})

/** A won bid whose collateral came home at half of its value. */
function lossOf(core: Core): readonly Input[] {
  const [{ intent } = { intent: undefined }] = only(play(core, opening(2_400, ripe())), 'submit')
  if (intent === undefined) throw new Error('expected a submission')
  const outcome: Input = { at: secondsIn(1), kind: 'outcome', intent, outcome: won(intent) }
  const claims = only(play(core, [outcome]), 'settle').map(({ claim }) => claim)
  const half = wad(intent.quote.collateralValue / 2n)
  return [{ at: secondsIn(20), kind: 'claim-sold', claims, sale: sale(half, half) }]
}

function lostRace(core: Core): readonly Input[] {
  const [{ intent } = { intent: undefined }] = only(play(core, opening(2_400, ripe())), 'submit')
  return intent === undefined ? [] : [{ at: secondsIn(1), kind: 'outcome', intent, outcome: lost() }]
}

function disagreement(core: Core): readonly Input[] {
  play(core, opening(2_500))
  return [1, 2, 3].flatMap((second) =>
    PUBLISHERS.map((publisher, i): Input => {
      const entries = [entry(0, 2_500 + second + 100 * i), entry(1, 60_000), entry(2, 60)]
      return {
        at: secondsIn(second),
        kind: 'prices',
        batch: batch({ publisher, sequence: secondsIn(second), entries }),
      }
    }),
  )
}

/** A pool that pays two in a hundred less than publishers say, for three blocks. */
function contradiction(core: Core): readonly Input[] {
  play(core, opening(2_500))
  return [1, 2, 3].map((second) => pools(secondsIn(second), BigInt(second), 2_450))
}

/** What happens to a core until the protection of that name trips. */
const TRIPS: Readonly<Record<Exclude<HaltReason, 'operator'>, (core: Core) => readonly Input[]>> = {
  drawdown: lossOf,
  'gap-losses': lossOf,
  'failed-gas': lostRace,
  'oracle-divergence': disagreement,
  'market-divergence': contradiction,
  unreconciled: () => [told('unreconciled')],
  'invariant-broken': () => [told('invariant-broken')],
  'second-copy': () => [told('second-copy')],
}

/** The halts that a core with that protection set tight is put to. */
export function tripped(reason: string): readonly Halt[] {
  const protections = Object.entries(TIGHT).find(([name]) => name === reason)?.[1] ?? LIMITS
  const core = createCore(setup({ seats: [seatOf(takeAll)], protections }))
  const inputs = Object.entries(TRIPS).find(([name]) => name === reason)?.[1](core) ?? []
  return only(play(core, inputs), 'halted').map(({ halt }) => halt)
}
