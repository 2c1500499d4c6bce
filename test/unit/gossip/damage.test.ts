// A short version of the campaign `node test/bench/network/fuzz.ts`.
import { expect, test } from 'vitest'
import { fromBytes, SHAPES, toBytes } from '../../../agent/adapters/gossip/codec.ts'
import { KINDS } from '../../../agent/adapters/gossip/topics.ts'
import { verify } from '../../../agent/adapters/gossip/verify.ts'
import type { Kind } from '../../../agent/domain/message.ts'
import { damage } from '../../support/mutations.ts'
import { sampleBytes, witness } from '../../support/samples.ts'

test.for(KINDS)('an undamaged %s is believed by the same witness that refuses every damaged one', async (kind) => {
  const { of } = damage(11)
  const sample = sampleBytes(kind)
  expect((await verify(kind, sample, witness())).kind).toBe('valid')
  for (let n = 0; n < 300; n++) expect((await verify(kind, of(sample), witness())).kind).not.toBe('valid')
})

test.for(KINDS)('whatever the bytes, a %s is decoded to what encodes to them, or not at all', (kind) => {
  const { of, anything } = damage(12)
  for (let n = 0; n < 2_000; n++) {
    const bytes = n % 2 === 0 ? of(sampleBytes(kind)) : anything()
    const again = reencoded(kind, bytes)
    expect(again === undefined || Buffer.compare(again, bytes) === 0).toBe(true)
  }
})

function reencoded<K extends Kind>(kind: K, bytes: Uint8Array): Uint8Array | undefined {
  const value = fromBytes(SHAPES[kind], bytes)
  return value === undefined ? undefined : toBytes(SHAPES[kind], value)
}
