// A node's life: one identity in one process, private networks, peers found in the local network and in memory.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { networkInterfaces, tmpdir } from 'node:os'
import { join as pathTo } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { openIdentity } from '../../agent/adapters/gossip/identity.ts'
import type { GossipEvent } from '../../agent/adapters/gossip/links.ts'
import { join, linked, ROOMY, stopAll } from '../support/gossip-nodes.ts'
import * as a from '../unit/gossip/builders.ts'

afterEach(stopAll)

test('an identity is made once, private, and refused to a second holder until the first lets go', async () => {
  const folder = mkdtempSync(pathTo(tmpdir(), 'lienmesh-identity-'))
  const path = pathTo(folder, 'peer.key')
  const first = await openIdentity(path)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  await expect(openIdentity(path)).rejects.toMatchObject({ code: 'E_IDENTITY_TWICE' })
  expect(openedElsewhere(path)).toBe('E_IDENTITY_TWICE')
  await first.release()
  expect(openedElsewhere(path)).toBe('free')
  const second = await openIdentity(path)
  expect(Buffer.compare(second.key, first.key)).toBe(0)
  await second.release()
  rmSync(folder, { recursive: true })
})

test('who has another pre-shared key, or none, never completes a connection', async () => {
  const [ours, theirs] = [swarmKey('ab'), swarmKey('cd')]
  const host = await join({ swarmKey: ours })
  const events: GossipEvent[] = []
  const outside = { bootstrap: host.addresses, report: (event: GossipEvent) => void events.push(event) }
  await join({ ...outside, swarmKey: theirs })
  await join(outside)
  const friend = await join({ swarmKey: ours, bootstrap: host.addresses })
  await linked(host, friend)
  await vi.waitUntil(() => events.filter(({ kind }) => kind === 'unreachable').length >= 2, ROOMY)
  expect(host.peers().map(({ id }) => id)).toEqual([friend.peerId])
})

test('a node finds those it met before, though nobody is there to introduce them', async () => {
  const friend = await join()
  let met: readonly string[] = []
  const remember = (addresses: readonly string[]): void => {
    met = addresses
  }
  const first = await join({ bootstrap: friend.addresses, remember })
  await linked(first, friend)
  await first.stop()
  await vi.waitUntil(() => friend.peers().length === 0, ROOMY)
  const again = await join({ known: met, remember })
  await linked(again, friend)
})

test('who connects learns at once whose peer it reached, from the status that its agent signed', async () => {
  const trust = a.trust({ attestor: (who) => who === a.carol.address })
  const host = await join({ trust })
  await host.publish('status', a.status({ addresses: host.addresses }))
  const guest = await join({ trust, bootstrap: host.addresses })
  await vi.waitUntil(() => guest.peers()[0]?.agents?.includes(a.carol.address), ROOMY)
  expect(guest.stats().received.status).toBe(1)
  const thief = await join({ trust })
  await thief.publish('status', a.status({ addresses: host.addresses }))
  const other = await join({ trust, bootstrap: thief.addresses })
  await vi.waitUntil(() => other.stats().received.status === 1, ROOMY)
  expect(other.peers().find(({ id }) => id === thief.peerId)?.agents).toEqual([])
})

const multicast = Object.values(networkInterfaces())
  .flat()
  .some((one) => one !== undefined && !one.internal)

test.skipIf(!multicast)('two nodes of one local network find each other without any address', async () => {
  const [one, other] = [
    await join({ listen: '0.0.0.0:0', mdns: true }),
    await join({ listen: '0.0.0.0:0', mdns: true }),
  ]
  await linked(one, other)
})

/** What another process says when it asks for the identity. */
function openedElsewhere(path: string): string {
  const module = new URL('../../agent/adapters/gossip/identity.ts', import.meta.url).href
  const script = `const { openIdentity } = await import(${JSON.stringify(module)})
try { await (await openIdentity(${JSON.stringify(path)})).release(); console.log('free') } catch ({ code }) { console.log(code) }`
  return execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }).trim()
}

const swarmKey = (byte: string): Uint8Array => Buffer.from(`/key/swarm/psk/1.0.0/\n/base16/\n${byte.repeat(32)}`)
