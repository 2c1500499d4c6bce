// Faults of the links between agents, with real nodes behind real doors.
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { LinkToxic } from '../../agent/swarm/faults/flow.ts'
import { type Links, openLinks } from '../../agent/swarm/faults/links.ts'
import { openRoads } from '../../agent/swarm/faults/roads.ts'
import { join, linked, ROOMY, stopAll } from '../support/gossip-nodes.ts'
import * as a from '../unit/gossip/builders.ts'

const open: (() => unknown)[] = []

afterEach(async () => {
  await stopAll()
  for (const close of open.splice(0).reverse()) await close()
})

/** We are house-1, and knock at the door of house-2, behind which everything is echoed. */
async function echoed(): Promise<{
  readonly links: Links
  readonly say: (text: string) => Promise<number>
  readonly socket: Socket
}> {
  const server: Server = createServer((socket) => socket.on('error', () => undefined).pipe(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const links = openLinks({ pids: () => new Map([[process.pid, 'house-1']]), seed: 7 })
  const door = await links.door('house-2')
  door.lead((server.address() as AddressInfo).port)
  const socket = connect(Number(door.address.split('/').at(-1)), '127.0.0.1')
  socket.on('error', () => undefined)
  open.push(
    () => server.close(),
    () => links.close(),
    () => socket.destroy(),
  )
  await new Promise<void>((resolve) => socket.once('connect', resolve))
  await vi.waitUntil(() => links.open() === 1)
  let [heard, wanted] = ['', '']
  const say = async (text: string): Promise<number> => {
    const began = performance.now()
    wanted += text
    socket.write(text)
    await vi.waitUntil(() => heard === wanted, { timeout: 8_000, interval: 5 })
    return performance.now() - began
  }
  socket.setEncoding('utf8').on('data', (text: string) => {
    heard += text
  })
  return { links, say, socket }
}

describe('bytes between two agents', () => {
  test('are late by the latency, both ways, and in order', async () => {
    const { links, say } = await echoed()
    await say('one')
    const heal = links.add({ kind: 'latency', delay: 150, jitter: 20 }, ['house-2'], ['house-1'])
    expect(await say('two')).toBeGreaterThan(299)
    heal()
    expect(await say('three')).toBeLessThan(299)
  })

  test.each<[string, LinkToxic, number]>([
    ['trickle', { kind: 'bandwidth', rate: 40_000 }, 99],
    ['wait for their packets to be sent again', { kind: 'loss', share: 0.5 }, 199],
  ])('%s', async (_, toxic, least) => {
    const { links, say } = await echoed()
    links.add(toxic, ['house-1'], ['house-2'])
    expect(await say('x'.repeat(8_000))).toBeGreaterThan(least)
  })

  test('wait while the two are parted, and all arrive when it is over', async () => {
    const { links, say, socket } = await echoed()
    const heal = links.add({ kind: 'partition' }, ['house-1'], ['house-2'])
    const arrived = vi.fn()
    const late = say('held back').then(arrived)
    const waited = vi.waitUntil(() => arrived.mock.calls.length > 0, { timeout: 200 })
    await expect(waited).rejects.toThrow('Timed out')
    expect(socket.destroyed).toBe(false)
    heal()
    await late
    expect(arrived).toHaveBeenCalledOnce()
  })

  test('are nobody else’s affair', async () => {
    const { links, say } = await echoed()
    links.add({ kind: 'partition' }, ['house-3'], ['house-1', 'house-2'])
    links.add({ kind: 'latency', delay: 5_000, jitter: 0 }, ['house-2'], ['publishers'])
    expect(await say('through')).toBeLessThan(5_000)
  })

  test('end with the connection when it is reset', async () => {
    const { links, socket } = await echoed()
    const closed = new Promise((resolve) => socket.once('close', resolve))
    links.add({ kind: 'reset_peer', after: 0 }, ['house-2'], ['house-1'])
    await closed
    await vi.waitUntil(() => links.open() === 0)
  })
})

test('agents that are parted do not hear each other, and do again', async () => {
  const roads = openRoads({ pids: () => new Map([[process.pid, 'house-1']]), seed: 7 })
  open.push(() => roads.close())
  const { address } = await roads.door('house-2')
  const told: string[] = []
  const there = await join({
    announce: [address],
    report: (event) => {
      if (event.kind === 'listening') told.push(...event.addresses)
    },
  })
  await roads.lead('house-2', told)
  expect(there.addresses).toEqual([expect.stringContaining(`${address}/p2p/`)])
  const here = await join({ bootstrap: there.addresses })
  await linked(here, there)
  const heal = roads.links.add({ kind: 'partition' }, ['house-1'], ['house-2'])
  await here.publish('price', a.priceBatch())
  await vi.waitUntil(() => here.stats().published.price === 1, ROOMY)
  expect(there.stats().received.price).toBe(0)
  heal()
  await vi.waitUntil(() => there.stats().received.price === 1, ROOMY)
})
