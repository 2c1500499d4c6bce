// A start that meets nodes in a bad minute: it waits them out for a while, and for nothing else.
import { expect, test } from 'vitest'
import { configError, unavailable } from '../../../agent/domain/errors.ts'
import { instant } from '../../../agent/domain/units.ts'
import { patience } from '../../../agent/runtime/patience.ts'

const noQuorum = unavailable('E_RPC_QUORUM', 'they do not agree', 'Wait.')

/** A start whose time passes only while it sleeps. */
function start() {
  let now = 0
  const retried: unknown[] = []
  const stop = new AbortController()
  const clock = {
    now: () => instant(now),
    sleep: async (length: number) => {
      now += length
    },
  }
  const work = patience({ clock, signal: stop.signal, retried: (error) => retried.push(error) })
  return { work, retried, stop, waited: () => now }
}

/** Fails so many times before it succeeds. */
const after = (failures: number, error: Error) => async (): Promise<string> => {
  if (failures-- > 0) throw error
  return 'open'
}

test('an agent whose providers agree again after a while starts, and says what it waited for', async () => {
  const { work, retried, waited } = start()
  expect(await work(after(3, noQuorum))).toBe('open')
  expect(retried).toEqual([noQuorum, noQuorum, noQuorum])
  expect(waited()).toBe(250 + 500 + 1_000)
})

test('an agent whose providers do not agree for a minute ends with what they said last', async () => {
  const { work, waited } = start()
  await expect(work(after(1_000, noQuorum))).rejects.toBe(noQuorum)
  expect(waited()).toBeGreaterThan(50_000)
  expect(waited()).toBeLessThanOrEqual(60_000)
})

test('the minute is one for all nodes together', async () => {
  const { work, waited } = start()
  await work(after(10, noQuorum))
  await expect(work(after(1_000, noQuorum))).rejects.toBe(noQuorum)
  expect(waited()).toBeLessThanOrEqual(60_000)
})

test.each([
  ['a mistake in the config', configError('E_CHAIN_ID', 'another chain', 'Correct it.')],
  ['an endpoint where nobody listens', unavailable('E_RPC_DOWN', 'nobody', 'Start it.')],
])('%s is not waited for', async (_, error) => {
  const { work, retried } = start()
  await expect(work(after(1, error))).rejects.toBe(error)
  expect(retried).toEqual([])
})

test('an agent that is told to stop does not wait any longer', async () => {
  const { work, stop } = start()
  stop.abort()
  await expect(work(after(1, noQuorum))).rejects.toBe(noQuorum)
})
