import { expect, test } from 'vitest'
import { signerOf } from '../../../agent/adapters/signer/local-signer.ts'
import { watchOnly } from '../../../agent/adapters/signer/watch-only.ts'
import { instant } from '../../../agent/domain/units.ts'
import { createSecondCopy } from '../../../agent/runtime/second-copy.ts'
import { mallory } from '../gossip/builders.ts'

const KEY = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'
const BEGAN = 1_000

function agent(signer = signerOf(KEY)) {
  const told: unknown[] = []
  const clock = { now: () => instant(BEGAN), sleep: async () => undefined }
  const copy = createSecondCopy({
    ...{ signer, clock },
    emit: (event, fields = {}) => void told.push(`${event} ${String(fields['code'])}`),
    tell: (input) => void told.push(input.kind === 'halt' ? `halt ${input.halt.reason}` : input.kind),
  })
  const heard = (sequence: number, who = signer.address) => copy.heard({ agent: who, sequence: instant(sequence) })
  return { copy, heard, told }
}

test('a status that our key signed and we did not say stops bidding, once', () => {
  const { copy, heard, told } = agent()
  copy.said(2_000)
  heard(2_000)
  expect(told).toEqual([])
  heard(2_001)
  heard(2_002)
  expect(told).toEqual(['alarm E_KEY_TWICE', 'halt second-copy'])
})

test('an echo of an earlier run, and everybody else, mean nothing', () => {
  const { heard, told } = agent()
  heard(BEGAN)
  heard(BEGAN - 500)
  heard(5_000, mallory.address)
  expect(told).toEqual([])
})

test('who only watches is no copy of the agent that signs', () => {
  const { heard, told } = agent(watchOnly(signerOf(KEY).address))
  heard(5_000)
  expect(told).toEqual([])
})
