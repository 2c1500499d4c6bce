import { expect, test } from 'vitest'
import { createCore } from '../../../agent/core/core.ts'
import type { PeerInfo } from '../../../agent/ports/gossip.ts'
import { peersReport, whyLonely } from '../../../agent/runtime/peers-report.ts'
import { address, START, setup } from '../../support/builders.ts'

const peer = (change: Partial<PeerInfo> = {}): PeerInfo => ({
  id: 'peer',
  address: '/ip4/203.0.113.7/tcp/4001',
  topics: ['price', 'state'],
  mesh: [],
  score: 0,
  agents: [],
  ...change,
})

test.for<[string, readonly PeerInfo[], string | undefined]>([
  ['nobody is connected', [], 'nobody-connected'],
  ['everybody is of another network', [peer({ topics: [] })], 'other-network'],
  ['everybody sent forgeries', [peer({ score: -12 }), peer({ topics: [] })], 'all-scored-out'],
  ['the mesh is forming', [peer(), peer({ score: -12 })], 'forming'],
  ['somebody is in the mesh of prices', [peer({ mesh: ['price'] }), peer({ topics: [] })], undefined],
])('an empty mesh has a reason: %s', ([, peers, reason]) => {
  expect(whyLonely(peers)).toBe(reason)
})

test('connected, of our network, in the mesh and rated are told apart, with the bonded named', () => {
  const peers = [
    peer({ id: 'a', mesh: ['price'], agents: [address(0xa1)] }),
    peer({ id: 'b' }),
    peer({ id: 'c', topics: [] }),
    peer({ id: 'd', score: -30 }),
  ]
  const stats = { received: {}, published: {}, rejected: { 'price:bad-signature': 2 }, priceLatency: [] } as never
  const gossip = { peerId: 'us', peers: () => peers, stats: () => stats }
  const said = peersReport(gossip, createCore(setup()), { attestors: [address(0xa1)], now: START })
  expect(said).toMatchObject({ connected: 4, sameNetwork: 3, inMesh: 1, lonely: undefined })
  expect(said.peers.map(({ id, standing, bonded }) => [id, standing, bonded])).toEqual([
    ['a', 'in-mesh', true],
    ['b', 'connected', false],
    ['c', 'other-network', false],
    ['d', 'scored-out', false],
  ])
  expect(said.routes.every(({ grade, witnesses }) => grade === 'A' && witnesses === 0)).toBe(true)
})
