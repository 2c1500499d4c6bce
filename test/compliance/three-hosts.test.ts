// Three agents on three hosts: addresses of their own, no loopback between them, and a cable that can be pulled.
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { canMakeHosts, type Host, hosts } from '../support/network-hosts.ts'
import * as a from '../unit/gossip/builders.ts'

const said = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready'), addresses: z.array(z.string()) }),
  z.object({ kind: z.literal('heard'), publisher: z.string(), peers: z.array(z.string()) }),
])
type Said = z.infer<typeof said>

/** An agent on a host: its lines as they come. */
function agentOn(host: Host, nth: number, bootstrap: readonly string[]) {
  const script = fileURLToPath(new URL('./gossip-host.ts', import.meta.url))
  const listen = `/ip4/${host.address}/tcp/9640`
  const child = host.run(process.execPath, ['--no-warnings', script, listen, String(nth), ...bootstrap])
  const lines: Said[] = []
  const waiting: (() => void)[] = []
  if (child.stdout === null) throw new Error('a child without a voice')
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(said.parse(JSON.parse(line)))
    for (const wake of waiting.splice(0)) wake()
  })
  return async <T>(found: (lines: readonly Said[]) => T | undefined): Promise<T> => {
    for (;;) {
      const one = found(lines)
      if (one !== undefined) return one
      await new Promise<void>((wake) => waiting.push(wake))
    }
  }
}

const addresses = (lines: readonly Said[]): readonly string[] | undefined =>
  lines.flatMap((one) => (one.kind === 'ready' ? [one.addresses] : []))[0]
const heardAll = (count: number) => (lines: readonly Said[]) => {
  const heard = lines.filter((one) => one.kind === 'heard')
  return heard.length >= count ? heard : undefined
}

test.skipIf(!canMakeHosts())(
  'three agents hear each other over addresses of their own',
  { timeout: 60_000 },
  async () => {
    const [first, second, third] = hosts(3)
    if (first === undefined || second === undefined || third === undefined) throw new Error('expected three hosts')
    const one = agentOn(first, 0, [])
    const door = await one(addresses)
    expect(door.every((address) => address.startsWith('/ip4/10.77.1.10/tcp/9640/p2p/'))).toBe(true)
    // The second and the third know the first only: what passes between those two was gossiped.
    const others = [agentOn(second, 1, door), agentOn(third, 2, door)]
    const all = await Promise.all([one, ...others].map((agent) => agent(heardAll(2))))
    const publishers = [a.alice, a.bob, a.carol].map(({ address }) => address)
    expect(all.map((heard) => heard.map(({ publisher }) => publisher).sort())).toEqual(
      publishers.map((own) => publishers.filter((each) => each !== own).sort()),
    )
    const peers = all.flat().flatMap((heard) => heard.peers)
    expect(peers.length).toBeGreaterThan(0)
    expect(peers.every((address) => /^\/ip4\/10\.77\.[123]\.10\/tcp\/\d+/.test(address))).toBe(true)
  },
)
