import { describe, expect, test } from 'vitest'
import { createQueue } from '../../../agent/runtime/queue.ts'

describe('queue', () => {
  test('what was pushed is read in order, before and while it is awaited', async () => {
    const stop = new AbortController()
    const queue = createQueue<number>(stop.signal)
    queue.push(1)
    queue.push(2)
    const read: number[] = []
    for await (const item of queue) {
      read.push(item)
      if (item === 2) setImmediate(() => queue.push(3))
      if (item === 3) stop.abort()
    }
    expect(read).toEqual([1, 2, 3])
  })

  test('what stands in the queue when it is stopped is still read', async () => {
    const stop = new AbortController()
    const queue = createQueue<number>(stop.signal)
    queue.push(1)
    stop.abort()
    queue.push(2)
    const read: number[] = []
    for await (const item of queue) read.push(item)
    expect(read).toEqual([1])
  })

  test('a reader that waits ends with the signal', async () => {
    const stop = new AbortController()
    const queue = createQueue<number>(stop.signal)
    setImmediate(() => stop.abort())
    const read: number[] = []
    for await (const item of queue) read.push(item)
    expect(read).toEqual([])
  })
})
