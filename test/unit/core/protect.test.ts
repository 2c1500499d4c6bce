import { expect, test } from 'vitest'
import { createCore, type Input } from '../../../agent/core/core.ts'
import { closed, failed, halt, openWatch, type Protections, resume } from '../../../agent/core/protect.ts'
import { instant, wad } from '../../../agent/domain/units.ts'
import {
  batch,
  entry,
  FAR,
  only,
  opening,
  PUBLISHERS,
  play,
  ripe,
  seatOf,
  secondsIn,
  setup,
  submitted,
  takeAll,
  usd,
} from '../../support/builders.ts'

const limits: Protections = { drawdown: 0.1, gapLosses: 3, failedGas: usd(10), divergence: 0.1, market: FAR }
const at = instant(1_000)
const terms = { limits, capital: usd(1_000), at }
const settled = (total: number, gap = 0) => ({ total: usd(total), gap: usd(gap) })

test('a fall of a tenth of the capital from the peak stops bidding', () => {
  const watch = openWatch()
  expect(closed(watch, settled(300), terms)).toBeUndefined()
  expect(closed(watch, settled(-100), terms)).toBeUndefined()
  expect(closed(watch, settled(-1), terms)).toEqual({
    reason: 'drawdown',
    at,
    detail: 'settled P&L fell $101.00 from its peak',
  })
})

test('three gap losses in a row stop bidding, a gain between them does not', () => {
  const watch = openWatch()
  const each = [settled(-1, -2), settled(-1, -2), settled(1, -2), settled(-1, -2), settled(-1, 3), settled(-1, -2)]
  for (const one of each) expect(closed(watch, one, terms)).toBeUndefined()
  expect(closed(watch, settled(-1, -2), terms)).toBeUndefined()
  expect(closed(watch, settled(-1, -2), terms)?.reason).toBe('gap-losses')
})

test('gas of failed bids counts for an hour', () => {
  const watch = openWatch()
  expect(failed(watch, usd(6), { limits, at })).toBeUndefined()
  expect(failed(watch, usd(6), { limits, at: instant(at + 3_600_000) })).toBeUndefined()
  expect(failed(watch, usd(6), { limits, at: instant(at + 3_600_001) })?.reason).toBe('failed-gas')
})

test('the first reason stands, and clearing it starts every count again', () => {
  const watch = openWatch()
  closed(watch, settled(-101), terms)
  expect(halt(watch, { reason: 'operator', detail: '', at })).toBeUndefined()
  expect(watch.halt?.reason).toBe('drawdown')
  resume(watch)
  expect(closed(watch, settled(-99), terms)).toBeUndefined()
  expect(closed(watch, settled(-2), terms)?.reason).toBe('drawdown')
})

test('a paused agent bids on nothing, and bids again once it is resumed', () => {
  const core = createCore(setup({ seats: [seatOf(takeAll)] }))
  const paused: Input = { at, kind: 'halt', halt: { reason: 'operator', detail: 'stop', at } }
  const effects = play(core, [paused, ...opening(2_400, ripe())])
  expect(only(effects, 'halted')).toHaveLength(1)
  expect([...only(effects, 'submit'), ...only(effects, 'open-auction')]).toEqual([])
  expect(only(play(core, [{ at: secondsIn(1), kind: 'resume' }]), 'submit')).toHaveLength(1)
})

test('lost races that burn more than we allow end the bidding', () => {
  const { core, intent } = submitted({ protections: { ...limits, failedGas: wad(0n) } })
  const outcome = { kind: 'lost', reason: 'taken', gasCost: 10n ** 15n, anchor: undefined } as const
  const effects = play(core, [{ at: secondsIn(1), kind: 'outcome', intent, outcome }])
  expect(only(effects, 'halted').map(({ halt: { reason } }) => reason)).toEqual(['failed-gas'])
})

/** Publishers of ETH at these prices, from `second` on for so many seconds. */
const apart = (ethers: readonly number[], second: number, seconds: number): readonly Input[] =>
  Array.from({ length: seconds }, (_, i) => second + i).flatMap((now) =>
    PUBLISHERS.map((publisher, i): Input => {
      const entries = [entry(0, (ethers[i] ?? 0) + now / 10), entry(1, 60_000), entry(2, 60)]
      return { at: secondsIn(now), kind: 'prices', batch: batch({ publisher, sequence: secondsIn(now), entries }) }
    }),
  )

test('publishers that stay a tenth apart stop bidding, a disagreement of a moment does not', () => {
  const core = createCore(setup({ seats: [seatOf(takeAll)], protections: limits }))
  play(core, opening(2_500))
  const effects = play(core, [
    ...apart([2_500, 2_500, 2_800], 1, 1),
    ...apart([2_500, 2_500, 2_510], 2, 2),
    ...apart([2_500, 2_500, 2_800], 4, 2),
  ])
  expect(only(effects, 'halted')).toEqual([])
  const lasting = only(play(core, apart([2_500, 2_500, 2_800], 6, 1)), 'halted')
  expect(lasting.map(({ halt: { reason, detail } }) => [reason, detail.replace(/[0-9.]+ %/, 'far')])).toEqual([
    ['oracle-divergence', 'publishers are far apart on feed 0 of engine 31338'],
  ])
  expect(only(play(core, [{ at: secondsIn(7), kind: 'account', account: ripe(), source: 'own' }]), 'submit')).toEqual(
    [],
  )
})
