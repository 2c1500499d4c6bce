import { afterEach, expect, test, vi } from 'vitest'
import { joinGossipApart } from '../../agent/adapters/gossip/thread/apart.ts'
import { type StartThread, startWorker, type Thread } from '../../agent/adapters/gossip/thread/crew.ts'
import { instant } from '../../agent/domain/units.ts'
import { join, ROOMY, stopAll } from '../support/gossip-nodes.ts'
import * as a from '../unit/gossip/builders.ts'

afterEach(stopAll)

const now = () => instant(Date.now())

test('a network thread that dies is replaced, and prices arrive as before', async () => {
  const peer = await join({ now })
  const threads: Thread[] = []
  const start: StartThread = (memory) => {
    const thread = startWorker(memory)
    threads.push(thread)
    return thread
  }
  const said: string[] = []
  const report = (event: { readonly kind: string }): unknown => said.push(event.kind)
  const terms = { network: a.network(), trust: a.trust(), now, listen: '127.0.0.1:0', devnet: true, report }
  const leaving = new AbortController()
  const options = { ...terms, bootstrap: peer.addresses, signal: leaving.signal }
  const node = await joinGossipApart(options, start)
  const heard: string[] = []
  void (async () => {
    for await (const { kind } of node.messages(() => ({ kind: 'accept' }), leaving.signal)) heard.push(kind)
  })()
  const hearsAgain = async (count: number): Promise<void> => {
    const reached = () => heard.length >= count
    await vi.waitUntil(() => node.peers().some(({ mesh }) => mesh.includes('price')), ROOMY)
    await vi.waitUntil(async () => {
      await peer.publish('price', a.priceBatch({ sequence: now(), validUntil: instant(Date.now() + 20_000) }))
      return reached()
    }, ROOMY)
  }
  await hearsAgain(1)
  await threads[0]?.end()
  await vi.waitUntil(() => threads.length === 2, ROOMY)
  await hearsAgain(heard.length + 1)
  await node.stop()
  expect(new Set(heard)).toEqual(new Set(['price']))
  expect(said).toContain('fault')
})
