// Ways to peers besides TCP: QUIC, through a NAT with the help of others, by a hash table of peers. Each is a package of its own
// that is loaded only when it is asked for; without any of them TCP goes on.
import type { createLibp2p } from 'libp2p'
import { configError } from '../../domain/errors.ts'

/** What an operator turned on. */
export type Reach = {
  /** Listen and dial over QUIC as well. */
  readonly quic?: boolean
  /** Carry the first bytes between peers that cannot reach each other. */
  readonly relay?: boolean
  /** We stand behind a NAT: be reached through relays, then directly. */
  readonly nat?: boolean
  /** Find peers through those that peers know. */
  readonly dht?: boolean
}

type Options = NonNullable<Parameters<typeof createLibp2p>[0]>

/** What they add to a node. */
export type Ways = {
  readonly transports: NonNullable<Options['transports']>
  readonly services: object
  readonly listen: readonly string[]
}

/** Where a node stands: its TCP address, its network, and whether peers are on this machine. */
export type Standpoint = {
  readonly tcp: string
  readonly prefix: string
  readonly devnet: boolean
  /** Whether a pre-shared key closes the network. */
  readonly secret: boolean
}

/** Loads what was asked for. */
export async function waysOf(reach: Reach, where: Standpoint): Promise<Ways> {
  const found = await Promise.all([
    reach.quic === true ? overQuic(where) : NONE,
    reach.relay === true ? asRelay() : NONE,
    reach.nat === true ? throughNat() : NONE,
    reach.dht === true ? byHashTable(where) : NONE,
  ])
  return {
    transports: found.flatMap(({ transports }) => transports),
    services: Object.assign({}, ...found.map(({ services }) => services)),
    listen: found.flatMap(({ listen }) => listen),
  }
}

const NONE: Ways = { transports: [], services: {}, listen: [] }

/** The same port over UDP. A pre-shared key does not cover QUIC, which brings its own security. */
async function overQuic({ tcp, secret }: Standpoint): Promise<Ways> {
  if (secret)
    throw configError(
      'E_REACH',
      'expected p2p.quic without p2p.swarmKey',
      'A pre-shared key closes TCP only: turn one off.',
    )
  const { quic } = await needed('@chainsafe/libp2p-quic', 'quic', () => import('@chainsafe/libp2p-quic'))
  return { ...NONE, transports: [quic()], listen: [`${tcp.replace('/tcp/', '/udp/')}/quic-v1`] }
}

async function asRelay(): Promise<Ways> {
  const { circuitRelayServer } = await circuitRelay('relay')
  return { ...NONE, services: { relay: circuitRelayServer({ reservations: { maxReservations: 64 } }) } }
}

const circuitRelay = (setting: string) =>
  needed('@libp2p/circuit-relay-v2', setting, () => import('@libp2p/circuit-relay-v2'))

/** A relayed connection carries a handshake, not gossip: dcutr makes a direct one of it where both NATs allow. */
async function throughNat(): Promise<Ways> {
  const [{ circuitRelayTransport }, { autoNAT }, { dcutr }] = await Promise.all([
    circuitRelay('nat'),
    needed('@libp2p/autonat', 'nat', () => import('@libp2p/autonat')),
    needed('@libp2p/dcutr', 'nat', () => import('@libp2p/dcutr')),
  ])
  return {
    transports: [circuitRelayTransport()],
    services: { autoNat: autoNAT(), dcutr: dcutr() },
    listen: ['/p2p-circuit'],
  }
}

/** Below our own prefix, so that tables of networks do not mix. */
async function byHashTable({ prefix, devnet }: Standpoint): Promise<Ways> {
  const { kadDHT, passthroughMapper, removePrivateAddressesMapper } = await needed(
    '@libp2p/kad-dht',
    'dht',
    () => import('@libp2p/kad-dht'),
  )
  const peerInfoMapper = devnet ? passthroughMapper : removePrivateAddressesMapper
  return { ...NONE, services: { dht: kadDHT({ protocol: `${prefix}/kad/1.0.0`, clientMode: false, peerInfoMapper }) } }
}

async function needed<T>(name: string, setting: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error)
    throw configError(
      'E_REACH',
      `p2p.${setting} needs ${name}, which does not load here: ${why}`,
      `npm install ${name}, or turn p2p.${setting} off.`,
    )
  }
}
