import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { tokenBucket } from '../../../agent/adapters/chain/rpc/budget.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Eight at once, ten per second; a record of who went when. */
function bucket() {
  const went: string[] = []
  const budget = tokenBucket({ perSecond: 10, burst: 8 }, () => Date.now())
  const take = (name: string, urgent: boolean) => {
    const turn = budget.take(urgent)
    if (turn === undefined) went.push(name)
    else void turn.then(() => went.push(name))
  }
  return { went, take, budget }
}

test('watching leaves a quarter of the burst to money', () => {
  const { went, take } = bucket()
  for (let i = 0; i < 8; i++) take('watch', false)
  expect(went).toHaveLength(6)
  take('claim', true)
  take('claim', true)
  expect(went.slice(6)).toEqual(['claim', 'claim'])
})

test('F17: after a refusal for the rate, settlement traffic goes first', async () => {
  const { went, take, budget } = bucket()
  budget.drain()
  take('watch', false)
  take('watch', false)
  take('claim', true)
  take('claim', true)
  await vi.advanceTimersByTimeAsync(250)
  expect(went).toEqual(['claim', 'claim'])
  await vi.advanceTimersByTimeAsync(400)
  expect(went).toEqual(['claim', 'claim', 'watch', 'watch'])
})

test('never grants more than its rate', async () => {
  const { went, take } = bucket()
  for (let i = 0; i < 100; i++) take('claim', true)
  await vi.advanceTimersByTimeAsync(2_000)
  expect(went).toHaveLength(28)
})
