import { describe, expect, test } from 'vitest'
import type { Said } from '../../../agent/core/apart.ts'
import { createCore, type Effect, type Input, step } from '../../../agent/core/core.ts'
import { type Seat, WHOLE_BUDGET } from '../../../agent/core/setup.ts'
import { bps, instant } from '../../../agent/domain/units.ts'
import {
  batchesAt,
  ENGINE,
  lost,
  only,
  opening,
  play,
  ripe,
  START,
  seatOf,
  secondsIn,
  setup,
  takeAll,
  usd,
} from '../../support/builders.ts'

const elsewhere: Seat = { name: 'boxed', budget: WHOLE_BUDGET, decide: 'apart', observe: () => {}, tune: () => {} }

/** A core that has asked its strategy elsewhere about one ripe account. */
function asked(seats: readonly Seat[] = [elsewhere]) {
  const core = createCore(setup({ seats }))
  const effects = play(core, opening(2_400, ripe()))
  const [question] = only(effects, 'ask')
  const best = question?.view.candidates[0]?.quotes[0]
  if (question === undefined || best === undefined) throw new Error('expected a question')
  const take: Said = {
    kind: 'take',
    candidate: best.candidate.id,
    route: best.route.id,
    fraction: best.fraction,
    reason: 'test',
    until: instant(0),
  }
  const reply = (answers: readonly Said[], over: Partial<Extract<Input, { kind: 'reply' }>> = {}): readonly Effect[] =>
    step(core, {
      kind: 'reply',
      at: START,
      seat: 'boxed',
      engine: ENGINE,
      question: question.question,
      answers,
      ...over,
    })
  return { core, effects, question, take, reply }
}

const decisions = (effects: readonly Effect[]) =>
  only(effects, 'decided').map(({ decision: { strategy, kind, reason, detail } }) => ({
    strategy,
    kind,
    reason,
    detail,
  }))

describe('a strategy in another process', () => {
  test('is asked once, and what it takes is submitted when it answers', () => {
    const { effects, question, take, reply } = asked()
    expect(only(effects, 'submit')).toEqual([])
    expect(only(effects, 'ask')).toEqual([question])
    const [submitted] = only(reply([take]), 'submit')
    expect(submitted?.intent).toMatchObject({ strategy: 'boxed', reason: 'test' })
  })

  test('is not asked again before it has answered, and then with the next look', () => {
    const { core, reply } = asked()
    const [first, second, third] = batchesAt(2_399, secondsIn(1))
    if (!first || !second || !third) throw new Error('expected three batches')
    expect(only(play(core, [{ kind: 'prices', at: secondsIn(1), batch: first }]), 'ask')).toEqual([])
    expect(only(reply([]), 'ask')).toEqual([])
    expect(only(play(core, [{ kind: 'prices', at: secondsIn(1), batch: second }]), 'ask')).toHaveLength(1)
  })

  test('holds nobody else up', () => {
    const { effects, take, reply } = asked([elsewhere, seatOf(takeAll)])
    expect(only(effects, 'submit').map(({ intent }) => intent.strategy)).toEqual(['test'])
    expect(only(reply([take]), 'submit')).toEqual([])
  })

  test('that answers late about an account that is gone has answered in vain', () => {
    const { core, take, reply } = asked()
    play(core, [{ kind: 'account', at: START, account: ripe({ version: 2n, cash: usd(1e6) }), source: 'own' }])
    expect(only(reply([take]), 'submit')).toEqual([])
  })

  test('that answers twice is heard once', () => {
    const { take, reply } = asked()
    reply([])
    expect(reply([take])).toEqual([])
  })

  test('that died is a reason, and so is one that says nothing', () => {
    const failed = asked()
    const at = { kind: 'reply', at: START, seat: 'boxed', engine: ENGINE, question: failed.question.question } as const
    expect(decisions(step(failed.core, { ...at, failed: 'it took too long to answer' }))).toEqual([
      { strategy: 'boxed', kind: 'skip', reason: 'strategy-error', detail: 'it took too long to answer' },
    ])
    expect(decisions(asked().reply([]))).toMatchObject([{ kind: 'skip', detail: 'no answer' }])
  })

  test.each([
    ['wants more than there is', { fraction: bps(10_001) }, 'over-fraction'],
    ['wants a negative part', { fraction: bps(-5) }, 'over-fraction'],
    ['wants half a basis point', { fraction: bps(0.5) }, 'over-fraction'],
    ['wants not a number', { fraction: bps(Number.NaN) }, 'over-fraction'],
  ])('that %s is refused', (_, wrong, reason) => {
    const { take, reply } = asked()
    const effects = reply([{ ...take, ...wrong }])
    expect(only(effects, 'submit')).toEqual([])
    expect(decisions(effects).map((one) => one.reason)).toEqual([reason])
  })

  test('cannot lie about a profit: the quote is ours, and what it takes must pass our limits (F24)', () => {
    const core = createCore(setup({ seats: [elsewhere], risk: { ...setup().risk, minNet: usd(1e6) } }))
    const [question] = only(play(core, opening(2_400, ripe())), 'ask')
    const best = question?.view.candidates[0]?.quotes[0]
    if (question === undefined || best === undefined) throw new Error('expected a question')
    const said: Said = {
      kind: 'take',
      candidate: best.candidate.id,
      route: best.route.id,
      fraction: best.fraction,
      reason: 'a profit of 100 %',
      until: START,
    }
    const effects = step(core, {
      kind: 'reply',
      at: START,
      seat: 'boxed',
      engine: ENGINE,
      question: question.question,
      answers: [said],
    })
    expect(decisions(effects).map((one) => one.reason)).toEqual(['not-profitable'])
  })

  test('is told how its own intent ended', () => {
    const { core, take, reply } = asked()
    const [submitted] = only(reply([take]), 'submit')
    if (submitted === undefined) throw new Error('expected a submission')
    const effects = step(core, { kind: 'outcome', at: secondsIn(1), intent: submitted.intent, outcome: lost() })
    expect(only(effects, 'observed')).toEqual([
      { kind: 'observed', seat: 'boxed', quote: submitted.intent.quote, outcome: lost() },
    ])
  })

  test('decides alike when its answers are played again', () => {
    const live = asked()
    const said = live.reply([live.take])
    const again = asked()
    expect(again.reply([live.take])).toEqual(said)
  })
})
