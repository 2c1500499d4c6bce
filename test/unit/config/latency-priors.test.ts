// Published latencies of bridges are there, in order, with their source.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { latencyPriors, publishedLane } from '../../../config/latency-priors.ts'

test('a lane has the quartiles that were published of it', () => {
  const priors = latencyPriors()
  expect(priors.source).toContain('2503.13637')
  expect(priors.lanes.length).toBe(163)
  expect(publishedLane(priors, 'ccip', 'ethereum', 'arbitrum')).toEqual({
    bridge: 'ccip',
    from: 'ethereum',
    to: 'arbitrum',
    transfers: 443,
    q1: 951,
    median: 1042,
    q3: 1125.5,
  })
  expect(publishedLane(priors, 'pigeon', 'ethereum', 'arbitrum')).toBeUndefined()
})

test('a file whose quartiles are out of order is refused', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'lienmesh-')), 'priors.json')
  const lane = { bridge: 'a', from: 'b', to: 'c', transfers: 1, q1: 9, median: 3, q3: 4 }
  const about = { source: 's', licence: 'l', period: 'p', meaning: 'm' }
  writeFileSync(file, JSON.stringify({ ...about, lanes: [lane] }))
  expect(() => latencyPriors(file)).toThrow(expect.objectContaining({ code: 'E_CONFIG' }))
})
