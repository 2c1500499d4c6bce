// WebSocket frames (RFC 6455, section 5.2) as far as JSON-RPC needs them. Hand-written because toxics work on bytes: what
// is sliced, throttled or cut off in the middle of a frame is below what a library of sockets lets through.

/** A frame: its opcode and what it carries, unmasked. */
export type Frame = { readonly opcode: number; readonly payload: Buffer }

export const TEXT = 1

/** Gathers bytes and hands on whole frames; continuations are joined to what they continue. */
export function frameReader(found: (frame: Frame) => void): (bytes: Buffer) => void {
  let waiting = Buffer.alloc(0)
  let begun: Frame | undefined
  const take = ({ final, ...frame }: Found): void => {
    const whole = frame.opcode === 0 && begun ? joined(begun, frame) : frame
    begun = final ? undefined : whole
    if (final) found({ opcode: whole.opcode, payload: whole.payload })
  }
  return (bytes) => {
    waiting = Buffer.concat([waiting, bytes])
    for (let next = frameAt(waiting); next !== undefined; next = frameAt(waiting)) {
      waiting = waiting.subarray(next.size)
      take(next)
    }
  }
}

const joined = ({ opcode, payload }: Frame, more: Frame): Frame => ({
  opcode,
  payload: Buffer.concat([payload, more.payload]),
})

type Found = Frame & { readonly final: boolean; readonly size: number }

function frameAt(bytes: Buffer): Found | undefined {
  if (bytes.length < 2) return undefined
  const [first, second] = [bytes.readUInt8(0), bytes.readUInt8(1)]
  const short = second & 0x7f
  const lengthEnd = 2 + (short === 126 ? 2 : short === 127 ? 8 : 0)
  const start = lengthEnd + ((second & 0x80) === 0 ? 0 : 4)
  if (bytes.length < start) return undefined
  const length = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short
  if (bytes.length < start + length) return undefined
  const payload = Buffer.from(bytes.subarray(start, start + length))
  const mask = bytes.subarray(lengthEnd, start)
  for (let i = 0; i < payload.length && mask.length > 0; i++) payload[i] = (payload[i] ?? 0) ^ (mask[i % 4] ?? 0)
  return { opcode: first & 0x0f, final: (first & 0x80) !== 0, payload, size: start + length }
}

/** The bytes of a frame. What a client says must be masked; a mask of zeros leaves it readable. */
export function frameBytes({ opcode, payload }: Frame, masked: boolean): Buffer {
  const { length } = payload
  const wide = length > 0xffff ? 8 : length > 125 ? 2 : 0
  const head = Buffer.alloc(2 + wide + (masked ? 4 : 0))
  head.writeUInt8(0x80 | opcode, 0)
  head.writeUInt8((masked ? 0x80 : 0) | (wide === 8 ? 127 : wide === 2 ? 126 : length), 1)
  if (wide === 2) head.writeUInt16BE(length, 2)
  if (wide === 8) head.writeBigUInt64BE(BigInt(length), 2)
  return Buffer.concat([head, payload])
}
