import { expect, test } from 'vitest'
import { createBrake } from '../../../agent/adapters/gossip/brake.ts'

test('a peer that sends faster than it is examined is read no further until most of it was (T1)', () => {
  const said: string[] = []
  const rawStream = { pause: () => void said.push('pause'), resume: () => void said.push('resume') }
  const brake = createBrake({ streamsInbound: new Map([['fast', { rawStream }]]) }, 8)
  for (let n = 0; n < 12; n++) brake.taken('fast')
  expect(said).toEqual(['pause'])
  for (let n = 0; n < 9; n++) brake.done('fast')
  expect(said).toEqual(['pause'])
  brake.done('fast')
  expect(said).toEqual(['pause', 'resume'])
  for (let n = 0; n < 2; n++) brake.done('fast')
  brake.taken('gone')
  brake.done('gone')
  expect(said).toEqual(['pause', 'resume'])
})
