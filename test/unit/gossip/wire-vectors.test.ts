import { readFileSync } from 'node:fs'
import { hexToBytes } from 'viem'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { fromBytes, SHAPES } from '../../../agent/adapters/gossip/codec.ts'
import { KINDS } from '../../../agent/adapters/gossip/topics.ts'
import { verify } from '../../../agent/adapters/gossip/verify.ts'
import type { Kind, Payloads } from '../../../agent/domain/message.ts'
import { samples, witness } from '../../support/samples.ts'
import { VECTORS, wireVectors } from '../../support/wire-vectors.ts'

const hex = z.templateLiteral(['0x', z.string()])
const written = z
  .looseObject({
    messages: z.array(z.looseObject({ kind: z.enum(KINDS), bytes: hex })),
    refused: z.array(z.looseObject({ finding: z.string() })),
  })
  .parse(JSON.parse(readFileSync(VECTORS, 'utf8')))

test('what we write is what the vectors say, byte by byte', async () => {
  expect(JSON.parse(readFileSync(VECTORS, 'utf8'))).toEqual(await wireVectors())
})

test('every message of the vectors is read and believed', async () => {
  expect(written.messages.map(({ kind }) => kind)).toEqual(KINDS)
  for (const { kind, bytes } of written.messages) {
    expect(decoded(kind, hexToBytes(bytes))).toEqual(samples[kind])
    expect((await verify(kind, hexToBytes(bytes), witness())).kind).toBe('valid')
  }
})

const decoded = <K extends Kind>(kind: K, bytes: Uint8Array): Payloads[K] | undefined => fromBytes(SHAPES[kind], bytes)

test('every refusal names its reason', () => {
  expect(written.refused.map(({ finding }) => finding)).toEqual([
    'reject bad-signature',
    'reject high-s',
    'reject unknown-publisher',
    'ignore from-future',
    'reject bad-header',
    'ignore unknown-attestor',
    'ignore wrong-version',
    'reject bad-proof',
    'reject no-conflict',
    'reject bad-signature',
  ])
})
