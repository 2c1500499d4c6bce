import { Worker } from 'node:worker_threads'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { drain, follow, openRing, push, ringMemory } from '../../../../agent/adapters/gossip/thread/ring.ts'
import { createSluice } from '../../../../agent/adapters/gossip/thread/sluice.ts'

const heard = (ring: ReturnType<typeof openRing>): number[][] => {
  const found: number[][] = []
  drain(ring, (record) => found.push([...record]))
  return found
}

it('hands over every record once, whole and in order, however often the memory wraps around', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 300 }), (records) => {
      const ring = openRing(ringMemory(128))
      const [sent, got]: [number[][], number[][]] = [[], []]
      for (const record of records) {
        if (!push(ring, record)) got.push(...heard(ring))
        else {
          sent.push([...record])
          continue
        }
        expect(push(ring, record)).toBe(true)
        sent.push([...record])
      }
      expect([...got, ...heard(ring)]).toEqual(sent)
    }),
    { numRuns: 200 },
  )
})

it('goes on where its marks pass the end of 32 bits', () => {
  const ring = openRing(ringMemory(64))
  for (const mark of [0, 16]) Atomics.store(ring.marks, mark, -6)
  for (let turn = 0; turn < 9; turn++) {
    expect(push(ring, Uint8Array.of(turn, 255 - turn))).toBe(true)
    expect(heard(ring)).toEqual([[turn, 255 - turn]])
  }
})

it('takes nothing that it has no room for, and takes it after a reader came', () => {
  const ring = openRing(ringMemory(16))
  expect(push(ring, new Uint8Array(10))).toBe(true)
  expect(push(ring, new Uint8Array(1))).toBe(false)
  heard(ring)
  expect(push(ring, new Uint8Array(12))).toBe(true)
  expect(push(ring, new Uint8Array(13))).toBe(false)
})

it('keeps of a publisher only the newest price while the ring is full', async () => {
  const ring = openRing(ringMemory(16))
  const sluice = createSluice(ring)
  const overtaken: string[] = []
  const send = (author: string, price: number): void =>
    sluice.send(author, Uint8Array.of(price, 0, 0, 0, 0, 0), () => overtaken.push(`${author} ${price}`))
  send('a', 1)
  send('a', 2)
  send('b', 3)
  send('a', 4)
  expect(overtaken).toEqual(['a 2'])
  const prices: number[] = []
  while (prices.length < 3) {
    drain(ring, ([price = 0]) => prices.push(price))
    await new Promise(setImmediate)
  }
  expect(prices).toEqual([1, 3, 4])
})

it('wakes its reader when another thread writes, and loses nothing', async () => {
  const memory = ringMemory(1 << 10)
  const ring = openRing(memory)
  const module = new URL('../../../../agent/adapters/gossip/thread/ring.ts', import.meta.url).href
  const code = `const { workerData } = require('node:worker_threads')
    import(${JSON.stringify(module)}).then(({ openRing, push }) => {
      const ring = openRing(workerData)
      for (let i = 0; i < 5000; ) if (push(ring, Uint8Array.of(i, i >> 8, i % 7))) i++
    })`
  const writer = new Worker(code, { eval: true, workerData: memory })
  const done = new AbortController()
  const seen: number[] = []
  await follow(
    ring,
    ([low = 0, high = 0, check]) => {
      const number = low | (high << 8)
      expect(check).toBe(number % 7)
      seen.push(number)
      if (seen.length === 5_000) done.abort()
    },
    done.signal,
  )
  await writer.terminate()
  expect(seen).toEqual(Array.from({ length: 5_000 }, (_, i) => i))
})
