import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { FeedId } from '../../../agent/domain/units.ts'
import { openMarket } from '../../../agent/simulator/scenario/market.ts'
import { type Act, openFaultDesk } from '../../../agent/swarm/faults/desk.ts'
import { type Bend, believed, speaks } from '../../../agent/swarm/faults/oracle.ts'
import { openTurns } from '../../../agent/swarm/faults/turns.ts'
import { openMarketHand } from '../../../agent/swarm/market-hand.ts'
import { castOf, targetsOf } from '../../../config/fault-cast.ts'
import { type Fault, faultSchema } from '../../../config/faults.ts'
import { loadScenario } from '../../../config/scenario.ts'

const scenario = loadScenario('flash-crash')
const cast = castOf(scenario)
const fault = (line: string): Fault => faultSchema.parse(line)

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }))
afterEach(() => void vi.useRealTimers())

/** A desk on which faults leave a trace of their beginnings and ends. */
function desk(act?: Act) {
  const trace: string[] = []
  const opened = openFaultDesk({
    targets: (one) => targetsOf(one, cast),
    act: act ?? (async ({ kind }) => (kind === 'reorg' ? undefined : () => void trace.push(`undone ${kind}`))),
    report: (text) => void trace.push(text),
    now: Date.now,
  })
  return { ...opened, trace }
}

describe('the faults of a run', () => {
  test('act at once, are listed until when, and end by themselves', async () => {
    const { inject, list, trace } = desk()
    const record = await inject(fault('latency 200ms on house-2 for 30s'))
    expect(record).toEqual({
      ...{ id: 1, kind: 'latency', line: 'latency 200ms on house-2 for 30s', on: ['house-2'], state: 'acting' },
      ...{ since: 1_000_000, until: 1_030_000 },
    })
    expect(list()).toEqual([record])
    await vi.advanceTimersByTimeAsync(30_000)
    expect(list()).toEqual([])
    expect(trace).toEqual([
      'latency 200ms on house-2 for 30s',
      'undone latency',
      'over: latency 200ms on house-2 for 30s',
    ])
  })

  test('wait for their time', async () => {
    const { inject, list } = desk()
    expect(await inject(fault('halt engine at 5s for 3s'))).toMatchObject({ state: 'waiting', since: 1_005_000 })
    await vi.advanceTimersByTimeAsync(5_000)
    expect(list()).toMatchObject([{ state: 'acting', until: 1_008_000 }])
  })

  test('that are over at once are told of and not listed', async () => {
    const { inject, list, trace } = desk()
    await inject(fault('reorg 2 on vault'))
    expect([list(), trace]).toEqual([[], ['reorg 2 on vault']])
  })

  test('are healed by number, by kind, by whom they are about, or all', async () => {
    const { inject, heal, list } = desk()
    for (const line of ['pause house-1', 'halt engine', 'loss 3% on house-1', 'censor vault-slow', 'rpc_down rush'])
      await inject(fault(line))
    const left = async (which: string): Promise<readonly number[]> => {
      await heal(which)
      return list().map(({ id }) => id)
    }
    expect(await left('2')).toEqual([1, 3, 4, 5])
    expect(await left('rpc-down')).toEqual([1, 3, 4])
    expect(await left('house-1')).toEqual([4])
    expect(await left('all')).toEqual([])
    await expect(heal('all')).rejects.toMatchObject({ code: 'E_FAULT_GONE', exit: 3 })
  })

  test('on nobody are refused, naming those there are', async () => {
    const { inject, list } = desk()
    await expect(inject(fault('crash house-9'))).rejects.toMatchObject({
      ...{ code: 'E_FAULT', exit: 2 },
      message: expect.stringContaining('names no agent house-9 – did you mean house-1? (known: house-1'),
    })
    expect(list()).toEqual([])
  })

  test('that cannot be carried out leave no trace', async () => {
    const { inject, list } = desk(() => Promise.reject(new Error('the chain is gone')))
    await expect(inject(fault('halt engine'))).rejects.toThrow('the chain is gone')
    expect(list()).toEqual([])
  })

  test('end with their run, but nobody rises from the dead for it', async () => {
    const { inject, close, trace } = desk()
    for (const line of ['crash house-1', 'pause house-2', 'halt engine at 5s']) await inject(fault(line))
    await close()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(trace.filter((text) => text.startsWith('undone'))).toEqual(['undone pause'])
  })
})

describe('what publishers believe', () => {
  const market = openMarket(scenario)
  const eth = 0 as FeedId
  const bend = (change: Partial<Bend>): Bend => ({
    ...{ kind: 'off', feeds: [eth], publishers: [0], since: 1_000, move: 0.5 },
    ...change,
  })

  test('is the market, but for those who are wrong about that feed', () => {
    const seen = (publisher: number, feed = eth): number => believed(market, [bend({})], publisher)(feed, 8_000)
    const truth = market.spot(eth, 8_000)
    expect([seen(0), seen(1), seen(0, 1 as FeedId)]).toEqual([1.5 * truth, truth, market.spot(1 as FeedId, 8_000)])
  })

  test('stands still when it is frozen', () => {
    expect(believed(market, [bend({ kind: 'freeze', move: 0 })], 0)(eth, 30_000)).toBe(market.spot(eth, 1_000))
  })

  test('is not said when they are silent', () => {
    const silent = [bend({ kind: 'silence', publishers: [2] })]
    expect([0, 1, 2].map((publisher) => speaks(silent, publisher))).toEqual([true, true, false])
  })
})

test('a market moved by hand moves for everybody, at its pace', () => {
  const hand = openMarketHand()
  const [market, still] = [openMarket(scenario, hand.nudges), openMarket(scenario)]
  const told: string[] = []
  hand.tell((word) => told.push(word))
  hand.move({ feed: 0, factor: 0.81, from: 2_000, over: 4_000 })
  const moved = (at: number): number => market.spot(0 as FeedId, at) / still.spot(0 as FeedId, at)
  expect([moved(1_999), moved(6_000), moved(60_000)].map((share) => share.toFixed(6))).toEqual([
    '1.000000',
    '0.810000',
    '0.810000',
  ])
  expect(moved(4_000)).toBeCloseTo(0.9, 9)
  expect(JSON.parse(told.at(-1) ?? '')).toEqual({
    nudges: [{ feed: 0, factor: 0.81, from: 2_000, over: 4_000 }],
    bends: [],
  })
})

describe('an answer that is to be overtaken', () => {
  test('waits until the next one went by', async () => {
    const turns = openTurns()
    const order: string[] = []
    const first = turns.overtaken().then(() => order.push('first'))
    await turns.overtaken()
    order.push('second')
    await vi.runAllTimersAsync()
    await first
    expect(order).toEqual(['second', 'first'])
  })

  test('waits a second when nothing comes', async () => {
    const waited = vi.fn()
    void openTurns().overtaken().then(waited)
    await vi.advanceTimersByTimeAsync(999)
    expect(waited).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    expect(waited).toHaveBeenCalledOnce()
  })
})
