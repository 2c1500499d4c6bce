import { expect, test } from 'vitest'
import { createCore, type Input } from '../../../agent/core/core.ts'
import { instant, millis } from '../../../agent/domain/units.ts'
import {
  address,
  lost,
  only,
  opening,
  play,
  ripe,
  START,
  seatOf,
  setup,
  submitted,
  takeAll,
  usd,
} from '../../support/builders.ts'

const soon = (wait: number) => instant(START + wait)

test('a crowd of facts is one look, and the look that was put off is asked for', () => {
  const core = createCore(setup({ seats: [seatOf(takeAll)], pace: millis(1_000) }))
  const effects = play(core, opening(2_400, ripe()))
  expect(effects.map(({ kind }) => kind)).toEqual(['wake'])
  const [asked] = only(effects, 'wake')
  expect(asked?.at).toBe(soon(1_000))
  const late = play(core, [{ at: soon(1_000), kind: 'timer' }])
  expect(only(late, 'submit')).toHaveLength(1)
})

test('an outcome waits a quarter of a turn: it frees capital', () => {
  const { intent } = submitted()
  const paced = createCore(setup({ seats: [seatOf(takeAll)], pace: millis(10_000) }))
  play(paced, opening(2_400, ripe()))
  const ended = (wait: number): Input => ({ at: soon(wait), kind: 'outcome', intent, outcome: lost() })
  expect(only(play(paced, [ended(2_000)]), 'found')).toHaveLength(0)
  expect(only(play(paced, [ended(2_600)]), 'found')).toHaveLength(1)
})

test('no more bids than we allow are under way', () => {
  const capital = { reserve: usd(0), maxBid: usd(1_000_000), maxBids: 1 }
  const core = createCore(setup({ seats: [seatOf(takeAll)], capital }))
  const other: Input = { at: START, kind: 'account', source: 'own', account: ripe({ id: address(0xb2) }) }
  const effects = play(core, [...opening(2_400, ripe()), other])
  expect(only(effects, 'submit')).toHaveLength(1)
  expect(only(effects, 'decided').map(({ decision }) => decision.reason)).toContain('in-flight-limit')
})

test('a timer that a sooner one overtook asks for no other: there are never more of them than are needed', () => {
  const core = createCore(setup({ seats: [seatOf(takeAll)], pace: millis(1_000) }))
  expect(only(play(core, opening(2_400, ripe())), 'wake')).toHaveLength(1)
  const early = [200, 300, 400].map((wait): Input => ({ at: soon(wait), kind: 'timer' }))
  expect(play(core, early)).toEqual([])
  expect(only(play(core, [{ at: soon(1_000), kind: 'timer' }]), 'submit')).toHaveLength(1)
})
