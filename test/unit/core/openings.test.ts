// When auctions are opened, and when they are asked for again.
import { expect, test } from 'vitest'
import { createCore, type Input } from '../../../agent/core/core.ts'
import { instant } from '../../../agent/domain/units.ts'
import type { Answer } from '../../../agent/strategy.ts'
import { account, batchesAt, only, opening, play, START, seatOf, secondsIn, setup } from '../../support/builders.ts'

const ticks = (ether: number, second: number): readonly Input[] =>
  batchesAt(ether, secondsIn(second)).map((batch) => ({ at: secondsIn(second), kind: 'prices', batch }))
test('an auction that everybody waits for is opened once, when it is our turn, and never in shadow mode', () => {
  const waiting = seatOf(({ candidates, now }) =>
    candidates.flatMap(({ quotes }) =>
      quotes
        .slice(0, 1)
        .map((quote): Answer => ({ kind: 'postpone', quote, until: instant(now + 1_000), reason: 'later' })),
    ),
  )
  const opened = (mode: 'live' | 'shadow') => {
    const core = createCore(setup({ mode, seats: [waiting] }))
    const effects = [...play(core, opening(2_400)), ...play(core, ticks(2_399, 1)), ...play(core, ticks(2_398, 8))]
    return only([...effects, ...play(core, ticks(2_397, 9))], 'open-auction').map(
      ({ candidate }) => candidate.account.id,
    )
  }
  expect([opened('live'), opened('shadow')]).toEqual([[account().id], []])
})

test('an opening that failed is asked for again while the account is below maintenance, later every time', () => {
  const waiting = seatOf(({ candidates, now }) =>
    candidates.flatMap(({ quotes }) =>
      quotes
        .slice(0, 1)
        .map((quote): Answer => ({ kind: 'postpone', quote, until: instant(now + 60_000), reason: 'later' })),
    ),
  )
  const core = createCore(setup({ seats: [waiting] }))
  play(core, opening(2_400))
  const asked: number[] = []
  let known: readonly string[] = []
  for (let second = 1; second < 60; second++) {
    const effects = play(core, ticks((asked.length < 4 ? 2_399 : 2_600) - second / 10, second))
    const found = only(effects, 'open-auction').map(({ candidate }) => candidate.id)
    if (found.length > 0) asked.push(second)
    if (found.length > 0) known = found
    // Reverted a second later.
    if (asked.at(-1) === second - 1)
      play(core, [{ at: secondsIn(second), kind: 'auctions-unopened', candidates: known }])
  }
  const [first = 0] = asked
  expect(asked.map((second) => second - first)).toEqual([0, 2, 5, 10])
})

test('an opening that nobody asked for is nobody to be asked again', () => {
  const core = createCore(setup())
  expect(play(core, [{ at: START, kind: 'auctions-unopened', candidates: ['1:0xa:1'] }])).toEqual([])
})
