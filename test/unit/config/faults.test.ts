import { describe, expect, test } from 'vitest'
import { castOf, targetsOf } from '../../../config/fault-cast.ts'
import { lineOf } from '../../../config/fault-line.ts'
import { FAULTS, type Fault, faultSchema, readFault } from '../../../config/faults.ts'
import { loadScenario } from '../../../config/scenario.ts'

const fault = (line: unknown): Fault => faultSchema.parse(line)
const cast = castOf(loadScenario('flash-crash'))

/** One line of every kind, with every field of its own. */
const lines = [
  'latency 200ms jitter 50ms on house-2 to rush-1 at 5s for 30s',
  'jitter 50ms on house',
  'loss 10% on house-1',
  'bandwidth 20KB/s',
  'partition on house-1,house-2 to publishers for 10s',
  'reset_peer 3s on attestors',
  'rpc_lag 800ms jitter 1s on house-1 chain engine',
  'rpc_error 20% status 503',
  'rpc_limit 90% on house-1',
  'rpc_down on house-1 chain vault',
  'rpc_stale on house-1',
  'rpc_wrong_chain 5 on house-1',
  'duplicate 50%',
  'reorder 50%',
  'halt on engine for 10s',
  'reorg 3 on vault',
  'gas_spike 80gwei on engine',
  'oracle_freeze on ETH',
  'oracle_skew -3.5% on BTC',
  'oracle_lie +50% on ETH by publisher-1,publisher-2',
  'oracle_silence by publisher-3',
  'message_delay 5s on vault-fast',
  'censor on vault-slow',
  'clock_skew -90s on house-1',
  'crash on house-1 for 1500ms',
  'pause on publishers',
  'restart on house-1 at 3s',
  'spam 200/s on house-1',
  'forge 20/s',
  'replay 20/s on house-1',
]

describe('a fault in one line', () => {
  test('there is an example of every kind', () => {
    expect(lines.map((line) => fault(line).kind).sort()).toEqual([...FAULTS.keys()].sort())
  })

  test.each(lines)('%s reads back as itself', (line) => {
    expect(fault(lineOf(fault(line)))).toEqual(fault(line))
  })

  test('values may stand apart from their units, lists have spaces, words have dashes', () => {
    expect(fault('reset-peer 3 s on house-1, house-2 from publishers for 10 s')).toEqual({
      kind: 'reset_peer',
      after: 3_000,
      on: ['house-1', 'house-2'],
      to: ['publishers'],
      at: 0,
      for: 10_000,
    })
  })

  test('what it is about may stand without its word', () => {
    expect(fault('partition between house-1 and rush-1')).toEqual(fault('partition house-1 from rush-1'))
    expect(fault('crash house-1')).toEqual({ kind: 'crash', on: ['house-1'], at: 0 })
    expect(fault('loss 10% house for 3s')).toEqual(fault('loss 10% on house for 3s'))
  })

  test('a file may have it as an object', () => {
    expect(fault({ kind: 'latency', delay: '200ms', on: 'house-2' })).toEqual(fault('latency 200ms on house-2'))
  })
})

describe('a fault that is none', () => {
  test.each([
    ['latncy 200ms', 'no fault is called latncy – did you mean latency?'],
    ['latency 200', 'latency: delay: "200" has no unit. Write 200s'],
    ['latency', 'latency: delay is missing; write a duration such as 1.5s'],
    ['crash', 'crash: on is missing; name one, or several with commas'],
    ['restart house-1 for 3s', 'restart takes no for: it takes on, at, each followed by its value'],
    [
      'latency 1s latency 2s',
      'latency takes no latency: it takes delay, jitter, on, to, at, for, each followed by its value',
    ],
    ['latency 1s jiter 2s', 'latency takes no jiter – did you mean jitter?'],
    ['loss 3% on', 'loss: on is not followed by its value'],
    ['loss 3% at 1s at 2s', 'loss: at is said twice'],
    [{ kind: 'loss', share: '3 %', shre: 1 }, 'loss takes no shre – did you mean share?'],
    [7, 'expected a fault, such as latency 200ms on house-1 for 30s'],
  ])('%j says: %s', (written, complaint) => {
    expect(readFault(written)).toEqual([complaint])
  })
})

describe('whom a fault is about', () => {
  test('names, groups and roles stand for agents', () => {
    expect(targetsOf(fault('rpc_limit on rush,house-1 chain vault'), cast)).toEqual({
      on: ['rush-1', 'rush-2', 'house-1'],
      to: [],
      chains: ['vault'],
      by: [],
    })
    expect(targetsOf(fault('pause all'), cast)).toMatchObject({ on: cast.agents.map(({ name }) => name) })
  })

  test.each([
    ['crash house-9', 'crash: on names no agent house-9 – did you mean house-1? (known: house-1, house-2,'],
    ['crash publishers', 'crash: on names no agent publishers (known: house-1,'],
    ['halt engin', 'halt: on names no chain engin – did you mean engine? (known: engine, vault, all)'],
    ['rpc_down house-1 chain moon', 'rpc_down: chain names no chain moon (known: engine, vault, all)'],
    ['oracle_lie +5% by publisher-4', 'oracle_lie: by names no publisher publisher-4 – did you mean publisher-1?'],
    ['partition house-1 from house-1', 'partition: house-1 has no link to itself'],
    ['message_delay 3s on vault-slow', 'message_delay: no courier brings anything to vault-slow'],
  ])('%s is refused, naming those there are', (line, complaint) => {
    const [found] = Object.values(targetsOf(fault(line), cast))
    expect(found).toContain(complaint)
  })
})
