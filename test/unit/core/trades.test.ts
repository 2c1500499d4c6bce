import { describe, expect, test } from 'vitest'
import { type Core, createCore, type Effect, type Input, step } from '../../../agent/core/core.ts'
import { free, wealth } from '../../../agent/core/ledger.ts'
import type { Seat, Setup } from '../../../agent/core/setup.ts'
import type { TradeOutcome } from '../../../agent/domain/trade.ts'
import { type Wad, wad } from '../../../agent/domain/units.ts'
import type { Trade, View } from '../../../agent/strategy.ts'
import {
  account,
  batchesAt,
  ENGINE,
  ME,
  only,
  opening,
  play,
  ripe,
  seatOf,
  secondsIn,
  setup,
  takeAll,
  usd,
  won,
} from '../../support/builders.ts'

const seated = (trade: Seat['trade'], over: Partial<Seat> = {}): Seat => ({
  ...seatOf(takeAll, { name: 'hedged', ...over }),
  trade,
})

/** A core whose claim is on its way, and what it said since. */
function carrying(trade: Seat['trade'], over: Partial<Setup> = {}, others: readonly Seat[] = []) {
  const core = createCore(setup({ seats: [seated(trade), ...others], ...over }))
  const [taken] = only(play(core, opening(2_400, ripe())), 'submit')
  if (taken === undefined) throw new Error('expected a bid')
  const outcome = step(core, { kind: 'outcome', at: secondsIn(1), intent: taken.intent, outcome: won(taken.intent) })
  return { core, effects: [...outcome, ...look(core, 2)], taken }
}

/** Fresh prices make it look again. */
const look = (core: Core, seconds: number, ether = 2_400): readonly Effect[] =>
  play(
    core,
    batchesAt(ether, secondsIn(seconds)).map((batch): Input => ({ kind: 'prices', at: secondsIn(seconds), batch })),
  )

/** Short of everything on its way in ETH. */
const offset = ({ travelling, instruments }: View): readonly Trade[] => {
  const worth = travelling.reduce((sum, one) => (one.feed === 0 ? sum + one.worth : sum), 0n)
  const [ether] = instruments
  if (ether === undefined) return []
  const size = wad(-(worth * 10n ** 8n) / ether.mark - ether.held)
  return size === 0n ? [] : [{ instrument: ether.instrument, size, reason: 'offsets' }]
}

const done = (size: Wad, ether: number): TradeOutcome => {
  const value = (size * BigInt(ether)) as Wad
  return { kind: 'done', cashChange: wad(-value - usd(1)), fees: usd(1), gasCost: 0n }
}

const refusals = (effects: readonly Effect[]) => only(effects, 'trade-refused').map(({ refused }) => refused.reason)

describe('a strategy that trades', () => {
  test('is asked while something is on its way, and its order carries prices and a limit', () => {
    const { core, effects } = carrying(offset)
    const [order] = only(effects, 'trade')
    expect(order?.order).toMatchObject({ strategy: 'hedged', engine: ENGINE, instrument: 0, reason: 'offsets' })
    expect(order?.order.size).toBeLessThan(0n)
    expect(order?.order.limit).toBe((2_400n * 10n ** 8n * 99n) / 100n)
    expect(order?.order.batches).toHaveLength(3)
    expect(only(look(core, 3), 'trade')).toEqual([])
  })

  test('holds cash that is not free: what it sold, and its margin', () => {
    const { core, effects } = carrying(offset)
    const [order] = only(effects, 'trade')
    if (order === undefined) throw new Error('expected an order')
    const [before, whole] = [free(core.ledger, ENGINE, usd(0)), wealth(core.ledger)]
    step(core, { kind: 'trade-ended', at: secondsIn(3), order: order.order, outcome: done(order.order.size, 2_400) })
    look(core, 4)
    expect(free(core.ledger, ENGINE, usd(0))).toBeLessThan(before)
    expect(wealth(core.ledger)).toBe(whole - usd(1))
  })

  test('closes its position when nothing is on its way, and what it earned is its own', () => {
    const { core, effects, taken } = carrying(offset)
    const [opened] = only(effects, 'trade')
    if (opened === undefined) throw new Error('expected an order')
    step(core, { kind: 'trade-ended', at: secondsIn(3), order: opened.order, outcome: done(opened.order.size, 2_400) })
    const claims = [...(core.ledger.settlements.get(taken.intent.id)?.claims.values() ?? [])].map(({ claim }) => claim)
    const soldAt = secondsIn(4)
    const sale = {
      tx: '0x01',
      anchor: { chain: ENGINE, number: 3n, hash: '0x03' },
      proceeds: usd(1),
      value: usd(1),
      gasCost: 0n,
      soldAt,
    } as const
    const [closing] = only(play(core, [{ kind: 'claim-sold', at: soldAt, claims, sale }]), 'trade')
    expect(closing?.order.size).toBe(-opened.order.size)
    if (closing === undefined) throw new Error('expected an order')
    const ended = step(core, {
      kind: 'trade-ended',
      at: secondsIn(6),
      order: closing.order,
      outcome: done(closing.order.size, 2_300),
    })
    const gained = wad(-opened.order.size * 100n - usd(2))
    expect(only(ended, 'position-closed').map(({ closed }) => closed)).toEqual([
      { strategy: 'hedged', engine: ENGINE, instrument: 0, pnl: gained, fees: usd(2) },
    ])
  })

  test.each<[string, Seat['trade'], string]>([
    ['wants more than is on its way', () => [{ instrument: 0, size: usd(-1_000_000), reason: 'x' }], 'beyond-exposure'],
    ['wants to be long', () => [{ instrument: 0, size: usd(1), reason: 'x' }], 'beyond-exposure'],
    ['wants an instrument that is none', () => [{ instrument: 9, size: usd(-1), reason: 'x' }], 'instrument-unknown'],
    ['wants an option', () => [{ instrument: 2, size: usd(-1), reason: 'x' }], 'instrument-unknown'],
    [
      'throws',
      () => {
        throw new Error('mistake')
      },
      'strategy-error',
    ],
  ])('is refused with a reason when it %s, once', (_, trade, reason) => {
    const { core, effects } = carrying(trade)
    expect(only(effects, 'trade')).toEqual([])
    expect(refusals(effects)).toEqual([reason])
    expect(refusals(look(core, 3))).toEqual([])
  })

  test('opens nothing while the agent is halted', () => {
    let awake = false
    const { core } = carrying((view) => (awake ? offset(view) : []))
    step(core, { kind: 'halt', at: secondsIn(3), halt: { reason: 'operator', detail: 'stop', at: secondsIn(3) } })
    awake = true
    const effects = look(core, 4)
    expect([only(effects, 'trade'), refusals(effects)]).toEqual([[], ['halted']])
  })

  test('rests after a refusal by the chain, which is said', () => {
    const { core, effects } = carrying(offset)
    const [order] = only(effects, 'trade')
    if (order === undefined) throw new Error('expected an order')
    const outcome = { kind: 'refused', reason: 'CALL_FORBIDDEN', gasCost: 0n } as const
    const ended = step(core, { kind: 'trade-ended', at: secondsIn(3), order: order.order, outcome })
    expect(only(ended, 'trade-refused').map(({ refused }) => [refused.reason, refused.detail])).toEqual([
      ['refused', 'CALL_FORBIDDEN'],
    ])
    expect(only(look(core, 4), 'trade')).toEqual([])
    expect(only(look(core, 40), 'trade')).toHaveLength(1)
  })

  test('finds another that holds the instrument already', () => {
    const other = seated(() => [{ instrument: 0, size: usd(-1), reason: 'x' }], { name: 'other' })
    const { core, effects } = carrying(offset, {}, [other])
    const [order] = only(effects, 'trade')
    if (order === undefined) throw new Error('expected an order')
    const outcome = done(order.order.size, 2_400)
    const ended = step(core, { kind: 'trade-ended', at: secondsIn(3), order: order.order, outcome })
    expect(refusals(ended)).toContain('taken')
  })

  test('takes up what the chain says that we hold', () => {
    const core = createCore(setup({ seats: [seated(() => [])] }))
    play(core, opening(2_500))
    const own = account({
      id: ME,
      owner: ME,
      mode: 'cross',
      cash: usd(1),
      credit: [],
      positions: [{ instrument: 0, size: usd(-3) }],
    })
    step(core, { kind: 'account', at: secondsIn(1), account: own, source: 'own' })
    expect([...core.trades.positions.values()]).toEqual([
      { strategy: 'hedged', size: usd(-3), cash: usd(7_500), fees: 0n },
    ])
  })

  test('bids with a position beside it close only what they inherit', () => {
    const { core, effects } = carrying(offset)
    const [order] = only(effects, 'trade')
    if (order === undefined) throw new Error('expected an order')
    const next = ripe({
      id: '0x00000000000000000000000000000000000000d1',
      anchor: { chain: ENGINE, number: 5n, hash: '0x05' },
    })
    const [bid] = only(play(core, [{ kind: 'account', at: secondsIn(2), account: next, source: 'own' }]), 'submit')
    expect(bid?.intent.keeps).toBe(true)
  })
})
