// The one question that needs no network description: what is your network? A newcomer asks it over a bare connection.
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { identify } from '@libp2p/identify'
import { preSharedKey } from '@libp2p/pnet'
import { tcp } from '@libp2p/tcp'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p, type Libp2p } from 'libp2p'
import { askExchange, type Exchange, serveExchange } from './exchange.ts'

const JOIN: Exchange = { protocol: '/lienmesh/join/1', maxQuestion: 64, maxAnswer: 1_048_576, timeout: 10_000 }

/** Tells whoever asks, if there is something to tell: the bundle, with our addresses to dial. */
export async function serveJoin(host: Libp2p, invitation: string | undefined): Promise<void> {
  if (invitation === undefined) return
  const bundle: unknown = JSON.parse(invitation)
  await serveExchange(host, JOIN, async function* () {
    yield new TextEncoder().encode(
      JSON.stringify(Object.assign({}, bundle, { bootstrap: host.getMultiaddrs().map(String) })),
    )
  })
}

/** What the peer at an address answers. Its id, where the address has one, is proven by the connection. */
export async function askJoin(address: string, swarmKey: Uint8Array | undefined): Promise<string> {
  const signal = AbortSignal.timeout(JOIN.timeout)
  const host = await createLibp2p({
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: { identify: identify() },
    ...(swarmKey && { connectionProtector: preSharedKey({ psk: swarmKey }) }),
  })
  try {
    const asked = { who: [multiaddr(address)], question: new Uint8Array([1]) }
    for await (const frame of askExchange(host, JOIN, asked, signal)) return new TextDecoder().decode(frame)
    throw new Error('it answered nothing')
  } finally {
    await host.stop()
  }
}
