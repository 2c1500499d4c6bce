// A ring of records in memory that two threads share. One writes, one reads, neither ever waits for the other: the writer
// alone advances the head, the reader alone the tail, and a record is whole before the head says that it is there.

export type Ring = {
  /** Bytes written and bytes read since the start, modulo 2^32. */
  readonly marks: Int32Array<SharedArrayBuffer>
  readonly bytes: Uint8Array<SharedArrayBuffer>
}

const [HEAD, TAIL] = [0, 1] as const
/** Each mark has a cache line of its own. */
const [LINE, MARKS] = [16, 128] as const
const LENGTH = 4

/** Memory for a ring. The capacity is a power of two, so that a position survives the marks' wrapping around. */
export const ringMemory = (capacity = 1 << 18): SharedArrayBuffer => new SharedArrayBuffer(MARKS + capacity)

/** The ring in that memory, as either side sees it. */
export const openRing = (memory: SharedArrayBuffer): Ring => ({
  marks: new Int32Array(memory, 0, MARKS / 4),
  bytes: new Uint8Array(memory, MARKS),
})

const at = (mark: typeof HEAD | typeof TAIL): number => mark * LINE

/** Writes one record, or says that there is no room for it. Only the writer's thread may call it. */
export function push({ marks, bytes }: Ring, record: Uint8Array): boolean {
  const head = Atomics.load(marks, at(HEAD))
  const used = (head - Atomics.load(marks, at(TAIL))) >>> 0
  if (record.length + LENGTH > bytes.length - used) return false
  const length = Uint8Array.of(record.length, record.length >>> 8, record.length >>> 16, record.length >>> 24)
  put(bytes, head, length)
  put(bytes, head + LENGTH, record)
  Atomics.store(marks, at(HEAD), (head + LENGTH + record.length) | 0)
  Atomics.notify(marks, at(HEAD))
  return true
}

/** Hands over every record there is, oldest first. Only the reader's thread may call it. */
export function drain({ marks, bytes }: Ring, each: (record: Uint8Array) => void): void {
  for (let tail = Atomics.load(marks, at(TAIL)); tail !== Atomics.load(marks, at(HEAD)); ) {
    const [a = 0, b = 0, c = 0, d = 0] = take(bytes, tail, LENGTH)
    const length = a | (b << 8) | (c << 16) | (d << 24)
    const record = take(bytes, tail + LENGTH, length)
    tail = (tail + LENGTH + length) | 0
    // The room is given back before anybody looks at the record, whatever happens then.
    Atomics.store(marks, at(TAIL), tail)
    each(record)
  }
}

/** Drains now and whenever something arrives, until the signal fires. */
export async function follow(ring: Ring, each: (record: Uint8Array) => void, signal: AbortSignal): Promise<void> {
  signal.addEventListener('abort', () => Atomics.notify(ring.marks, at(HEAD)), { once: true })
  for (;;) {
    const seen = Atomics.load(ring.marks, at(HEAD))
    drain(ring, each)
    if (signal.aborted) return
    await Atomics.waitAsync(ring.marks, at(HEAD), seen).value
  }
}

function put(bytes: Uint8Array, position: number, record: Uint8Array): void {
  const from = (position >>> 0) % bytes.length
  const first = Math.min(record.length, bytes.length - from)
  bytes.set(record.subarray(0, first), from)
  bytes.set(record.subarray(first), 0)
}

function take(bytes: Uint8Array, position: number, length: number): Uint8Array {
  const from = (position >>> 0) % bytes.length
  const first = Math.min(length, bytes.length - from)
  const record = new Uint8Array(length)
  record.set(bytes.subarray(from, from + first))
  record.set(bytes.subarray(0, length - first), first)
  return record
}
