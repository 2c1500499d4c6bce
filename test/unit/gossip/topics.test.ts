import { createPeerScoreParams, PeerScore, validatePeerScoreParams } from '@chainsafe/libp2p-gossipsub/score'
import { expect, test } from 'vitest'
import { createBuckets } from '../../../agent/adapters/gossip/bucket.ts'
import { scoreParams, THRESHOLDS } from '../../../agent/adapters/gossip/scores.ts'
import { KINDS, protocolPrefix, TOPICS, topicNames } from '../../../agent/adapters/gossip/topics.ts'
import { contract, network, vaultAt } from './builders.ts'

test('a topic is named after the network and the kind, and read back', () => {
  const names = topicNames(network())
  expect(names.of('price')).toMatch(/^\/lienmesh\/1\/[0-9a-f]{8}\/price$/)
  expect(names.all.map((name) => names.kind(name))).toEqual(KINDS)
  expect(names.kind('/lienmesh/1/00000000/price')).toBeUndefined()
})

test('networks that differ in name, contract or publisher share no topic; order and case do not matter', () => {
  const base = network()
  const [first, second] = base.vaults
  const same = network({ vaults: [second, first].filter((vault) => vault !== undefined) })
  const others = [
    network({ name: 'other' }),
    network({ publishers: [] }),
    network({ engines: base.engines.map((engine) => ({ ...engine, auction: contract('another auction') })) }),
    network({ vaults: [vaultAt('fast', 0)] }),
  ]
  expect(protocolPrefix(same)).toBe(protocolPrefix(base))
  expect(new Set([base, ...others].map(protocolPrefix)).size).toBe(others.length + 1)
})

test('score parameters are ones that gossipsub accepts', () => {
  for (const devnet of [true, false]) expect(() => validatePeerScoreParams(params(devnet))).not.toThrow()
})

test('a mesh peer that delivers no prices goes negative where their rate is known', () => {
  expect(scoreOf({}, false)).toBeLessThan(0)
  expect(scoreOf({}, true)).toBe(0)
})

test('three invalid messages are enough to be banned', () => {
  const score = scoreOf({ invalidMessageDeliveries: 3, meshMessageDeliveries: 20 }, false)
  expect(score).toBeLessThan(THRESHOLDS.graylistThreshold)
})

test('a bucket gives its burst at once and its rate after that', () => {
  const buckets = createBuckets()
  const limit = { rate: 10, burst: 3 }
  const spend = (at: number): boolean => buckets.spend('peer', at, limit)
  expect([0, 0, 0, 0, 99, 100, 100, 300, 300, 300].map(spend)).toEqual([
    true,
    true,
    true,
    false,
    false,
    true,
    false,
    true,
    true,
    false,
  ])
})

test('a bucket forgets the key that was silent longest', () => {
  const buckets = createBuckets(1)
  const limit = { rate: 1, burst: 1 }
  expect(['a', 'b', 'a'].map((key) => buckets.spend(key, 0, limit))).toEqual([true, true, true])
})

const price = topicNames(network()).of('price')

const params = (devnet: boolean): ReturnType<typeof createPeerScoreParams> =>
  createPeerScoreParams(scoreParams(new Map([[price, TOPICS.price]]), { devnet }, () => 0))

/** Score of a peer that has been in the price mesh for a minute. */
function scoreOf(change: object, devnet: boolean): number {
  const logger = { forComponent: () => Object.assign(() => {}, LOG) }
  const score = new PeerScore(params(devnet), null, logger, { scoreCacheValidityMs: 0 })
  const stats = {
    inMesh: true,
    graftTime: 0,
    meshTime: 60_000,
    firstMessageDeliveries: 0,
    meshMessageDeliveries: 0,
    meshMessageDeliveriesActive: true,
    meshFailurePenalty: 0,
    invalidMessageDeliveries: 0,
    ...change,
  }
  score.peerStats.set('peer', {
    connected: true,
    expire: 0,
    topics: { [price]: stats },
    knownIPs: new Set(),
    behaviourPenalty: 0,
  })
  return score.score('peer')
}

const LOG = { error: () => {}, trace: () => {}, enabled: false, newScope: () => LOG_SCOPE }
const LOG_SCOPE = Object.assign(() => {}, {
  error: () => {},
  trace: () => {},
  enabled: false,
  newScope: () => LOG_SCOPE,
})
