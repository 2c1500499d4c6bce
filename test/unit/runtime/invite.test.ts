// Joining a network by one file: what is verified, and what a newcomer is told when it cannot be.
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { joinGossip } from '../../../agent/adapters/gossip/node.ts'
import { instant } from '../../../agent/domain/units.ts'
import { invitationFrom, joined } from '../../../agent/runtime/invite.ts'
import { descriptionDigest, invitationText, readInvitation } from '../../../config/join.ts'
import { loadNetwork } from '../../../config/network.ts'
import { agentConfig } from '../../../config/schema.ts'
import { smallNetwork } from '../../support/agent-directory.ts'
import { temporaryFolder } from '../../support/config-file.ts'
import { trust } from '../gossip/builders.ts'

const PEER = '/ip4/127.0.0.1/tcp/9640/p2p/12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN'
const KEY = `/key/swarm/psk/1.0.0/\n/base16/\n${'ab'.repeat(32)}\n`
const digest = descriptionDigest(smallNetwork)
const text = (swarmKey?: string): string =>
  invitationText({ network: smallNetwork, bootstrap: [PEER], swarmKey, chains: [] })

/** Serves a text until the test is over. */
async function at(body: string, status = 200): Promise<string> {
  const server = createServer((_, response) => response.writeHead(status).end(body))
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => new Promise<void>((closed) => server.close(() => closed())))
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/join.json`
}

test('a bundle says the network whole, in whatever order its keys stand', () => {
  const { network, bootstrap, swarmKey } = readInvitation(text(KEY), 'here', digest)
  expect([network, bootstrap, swarmKey]).toEqual([smallNetwork, [PEER], KEY])
  const turned = JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(text())).reverse()))
  expect(readInvitation(turned, 'here', digest.slice(0, 16)).digest).toBe(digest)
})

test('a config that joins has the network, its peers and its key as files of its own', () => {
  const dataDir = temporaryFolder()
  const config = agentConfig.parse({
    ...{ network: 'none.json', dataDir, keys: { operator: 'key' }, p2p: { bootstrap: ['/ip4/10.0.0.1/tcp/1'] } },
    chains: [{ id: 31337, rpc: ['http://127.0.0.1:1'] }],
  })
  const { network, p2p } = joined(config, readInvitation(text(KEY), 'here', digest))
  expect(loadNetwork(network)).toEqual(smallNetwork)
  expect(p2p.bootstrap).toEqual(['/ip4/10.0.0.1/tcp/1', PEER])
  expect(readFileSync(p2p.swarmKey ?? '', 'utf8')).toBe(KEY)
})

test('a URL and a file answer the same, and the digest that was told is held against them', async () => {
  const file = join(temporaryFolder(), 'join.json')
  writeFileSync(file, text())
  const url = await at(text())
  for (const where of [file, url]) {
    expect(await invitationFrom(`${where}#${digest.slice(0, 20)}`)).toMatchObject({ digest, pinned: true })
    expect(await invitationFrom(where)).toMatchObject({ digest, pinned: false })
    await expect(invitationFrom(`${where}#${'0'.repeat(16)}`)).rejects.toMatchObject({
      code: 'E_JOIN',
      message: `${where} has digest ${digest}, expected ${'0'.repeat(16)}: it is another network, or a forged one`,
    })
  }
})

test('a peer is asked by its multiaddr, before anything is known of its network', async () => {
  const leaving = new AbortController()
  const gossip = await joinGossip({
    ...{ network: smallNetwork, trust: trust(), listen: '/ip4/127.0.0.1/tcp/0', bootstrap: [], devnet: true },
    now: () => instant(Date.now()),
    signal: leaving.signal,
    invitation: invitationText({ network: smallNetwork, bootstrap: [], swarmKey: undefined, chains: [] }),
  })
  onTestFinished(() => gossip.stop())
  const [address = ''] = gossip.addresses
  const found = await invitationFrom(`${address}#${digest}`)
  expect([found.network, found.bootstrap]).toEqual([smallNetwork, [address]])
  const stranger = address.replace(/\/p2p\/.*$/, PEER.slice(PEER.indexOf('/p2p/')))
  await expect(invitationFrom(stranger)).rejects.toMatchObject({ code: 'E_JOIN_DOWN' })
})

test.each([
  ['cut short', (whole: string) => whole.slice(0, 200), /is no JSON/],
  ['a page instead', () => '<!doctype html><title>Not found</title>', /is no JSON: <!doctype html>/],
  [
    'of another version',
    (whole: string) => whole.replace('"lienmesh": 1', '"lienmesh": 2'),
    /lienmesh: this program reads version 1/,
  ],
  [
    'of a network that is none',
    (whole: string) => whole.replace('"threshold": 1', '"threshold": 9'),
    /1 attestors can never sign/,
  ],
  [
    'changed on its way',
    (whole: string) => whole.replace('"timeScale": 60', '"timeScale": 61'),
    /it was changed or cut/,
  ],
])('a bundle that is %s is refused in one message', async (_, change, message) => {
  const url = await at(change(text()))
  const failed = await invitationFrom(`${url}#${digest}`).catch((error: unknown) => error)
  expect(failed).toMatchObject({ code: 'E_JOIN', message: expect.stringMatching(message) })
})

test('an address where nothing answers says what was tried', async () => {
  const gone = await at('', 404)
  const down = (where: string, why: string) =>
    expect(invitationFrom(where)).rejects.toMatchObject({
      code: 'E_JOIN_DOWN',
      message: expect.stringContaining(`no invitation at ${where}: ${why}`),
    })
  await down(gone, 'it answered 404')
  await down(await closed(), 'connect ECONNREFUSED 127.0.0.1')
  await down('/nowhere/join.json', 'ENOENT')
  await expect(invitationFrom(`${gone}#123`)).rejects.toMatchObject({ code: 'E_JOIN' })
})

/** Where a server was. */
async function closed(): Promise<string> {
  const server = createServer()
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const address = server.address()
  await new Promise<void>((gone) => server.close(() => gone()))
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/join.json`
}
