// Eight-byte words between two processes: numbers, big integers of 128 bits, and values that are told once and then named.

/** Kinds of frames to the guest. */
export const FRAME = { open: 1, ask: 2, outcome: 3, tune: 4 } as const

/** Big integers in JSON: texts that end in n. */
export const bigAsText = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? `${value}n` : value)
export const revived = (_: string, value: unknown): unknown =>
  typeof value === 'string' && /^-?\d{1,40}n$/.test(value) ? BigInt(value.slice(0, -1)) : value

/** Appends to a frame. What was told outlives frames: whatever the reader knows travels as its number. */
export type Writer = {
  readonly number: (value: number) => void
  /** At most 127 bits and a sign. */
  readonly big: (value: bigint) => void
  /** A text, or an object that never changes: told once, by its identity. */
  readonly told: (value: string | object) => void
  /** The same for what has a name that always means it. */
  readonly named: (name: string, value: object) => void
  /** The whole frame, and a fresh start. */
  readonly done: (kind: number) => Uint8Array
}

/** Reads frames in the order in which they were written, and what was passed over at any time later. */
export type Reader = {
  readonly number: () => number
  readonly told: () => unknown
  /** Passes over so many words, and says where they begin. */
  readonly skip: (words: number) => number
  readonly numberAt: (position: number) => number
  readonly toldAt: (position: number) => unknown
  readonly bigAt: (position: number) => bigint
}

/** Bytes before the words: kind, words, number of the first new value, bytes of the new values; four of each. */
export const HEADER = 16

/** Values known to both ends before both begin again. */
const MOST_TOLD = 20_000

export function openWriter(): Writer {
  let frame = new ArrayBuffer(1 << 16)
  let numbers = new Float64Array(frame)
  let bigs = new BigInt64Array(frame)
  const known = new Map<string | object, number>()
  const named = new Map<string, number>()
  let fresh: (string | object)[] = []
  let told = 0
  let at = HEADER / 8
  const room = (): void => {
    const larger = new ArrayBuffer(frame.byteLength * 2)
    new Uint8Array(larger).set(new Uint8Array(frame))
    ;[frame, numbers, bigs] = [larger, new Float64Array(larger), new BigInt64Array(larger)]
  }
  const number = (value: number): void => {
    if (at + 1 > numbers.length) room()
    numbers[at++] = value
  }
  const learn = <Key>(table: Map<Key, number>, key: Key, value: string | object): number => {
    table.set(key, told)
    fresh.push(value)
    return told++
  }
  return {
    number,
    big(value) {
      if (at + 2 > numbers.length) room()
      bigs[at++] = value
      bigs[at++] = value === 0n ? 0n : value >> 64n
    },
    told: (value) => number(known.get(value) ?? learn(known, value, value)),
    named: (name, value) => number(named.get(name) ?? learn(named, name, value)),
    done(kind) {
      const news = fresh.length === 0 ? new Uint8Array(0) : new TextEncoder().encode(JSON.stringify(fresh, bigAsText))
      const whole = new Uint8Array(8 * at + news.length)
      whole.set(new Uint8Array(frame, 0, 8 * at))
      whole.set(news, 8 * at)
      new Uint32Array(whole.buffer, 0, 4).set([kind, at, told - fresh.length, news.length])
      at = HEADER / 8
      fresh = []
      if (told > MOST_TOLD) {
        known.clear()
        named.clear()
        told = 0
      }
      return whole
    },
  }
}

/** What the header of a frame says. */
export function headerOf(bytes: Uint8Array): { readonly kind: number; readonly length: number } {
  const [kind = 0, words = 0, , news = 0] = new Uint32Array(bytes.buffer, bytes.byteOffset, 4)
  return { kind, length: 8 * words + news }
}

/** Opens frames one after the other. A frame's bytes begin at a multiple of eight. */
export function openReader(): (frame: Uint8Array) => Reader {
  let known: unknown[] = []
  return (frame) => {
    const [, words = 0, first = 0, news = 0] = new Uint32Array(frame.buffer, frame.byteOffset, 4)
    // What is passed over is read later: an old frame keeps the values of its time.
    if (first === 0) known = []
    const values = known
    if (news > 0)
      values.push(...JSON.parse(new TextDecoder().decode(frame.subarray(8 * words, 8 * words + news)), revived))
    const numbers = new Float64Array(frame.buffer, frame.byteOffset, words)
    const lows = new BigUint64Array(frame.buffer, frame.byteOffset, words)
    const highs = new BigInt64Array(frame.buffer, frame.byteOffset, words)
    let at = HEADER / 8
    const number = (): number => numbers[at++] ?? 0
    return {
      number,
      told: () => values[number()],
      skip(count) {
        at += count
        return at - count
      },
      numberAt: (position) => numbers[position] ?? 0,
      toldAt: (position) => values[numbers[position] ?? 0],
      bigAt(position) {
        const low = lows[position] ?? 0n
        const high = highs[position + 1] ?? 0n
        return high === 0n ? low : (high << 64n) + low
      },
    }
  }
}
