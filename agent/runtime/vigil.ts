// Looks whether the world still speaks: heads that move, and somebody in the mesh. Said once, and again after it was mended.
import { type ChainId, type Instant, type Millis, millis } from '../domain/units.ts'
import type { PeerInfo } from '../ports/gossip.ts'
import type { Context } from './context.ts'
import { type Lonely, whyLonely } from './peers-report.ts'
import { rest } from './tasks.ts'

/** What is seen of the outside at one moment. */
export type Sighting = {
  readonly at: Instant
  readonly tips: ReadonlyMap<ChainId, bigint | undefined>
  readonly peers: readonly PeerInfo[]
}

type Alarm = { readonly code: string; readonly detail: string }

/** Longest silence of a chain, and longest time without a mesh, before it is said. */
const STALE = millis(15_000)
const LONELY = millis(20_000)

/** A watch that was told nothing yet. It answers what is to be said now. */
export function createVigil(): (sighting: Sighting) => readonly Alarm[] {
  const heads = new Map<ChainId, { tip: bigint | undefined; since: Instant; told: boolean }>()
  let alone: { readonly since: Instant; told: boolean } | undefined
  const headAlarm = (chain: ChainId, tip: bigint | undefined, at: Instant): readonly Alarm[] => {
    const known = heads.get(chain)
    if (known === undefined || tip !== known.tip) heads.set(chain, { tip, since: at, told: false })
    else if (!known.told && at - known.since > STALE) {
      known.told = true
      const last = tip === undefined ? 'has shown no block' : `stands at block ${tip}`
      return [
        { code: 'W_HEAD_STALE', detail: `chain ${chain} ${last} for ${seconds(at - known.since)} s (limit 15 s)` },
      ]
    }
    return []
  }
  const meshAlarm = ({ at, peers }: Sighting): readonly Alarm[] => {
    const why = whyLonely(peers)
    if (why === undefined) alone = undefined
    else alone ??= { since: at, told: false }
    if (why === undefined || alone === undefined || alone.told || at - alone.since < LONELY) return []
    alone.told = true
    return [{ code: 'W_NO_MESH', detail: WHY[why](peers.length) }]
  }
  return (sighting) => [
    ...[...sighting.tips].flatMap(([chain, tip]) => headAlarm(chain, tip, sighting.at)),
    ...meshAlarm(sighting),
  ]
}

const seconds = (span: number): number => Math.round(span / 1_000)

const WHY: { readonly [L in Lonely]: (connected: number) => string } = {
  'nobody-connected': () => 'nobody is connected; going on alone with prices of our own sources',
  'other-network': (n) => `connected to ${n} peers, none of this network: their network.json is another`,
  'all-scored-out': (n) => `${n} peers of this network, all of them scored out for what they sent`,
  forming: (n) => `${n} peers of this network, none in the mesh of prices yet`,
}

/** Looks until the signal fires. */
export async function keepVigil(
  { network, roots, gossip, clock, emit }: Pick<Context, 'network' | 'roots' | 'gossip' | 'clock' | 'emit'>,
  signal: AbortSignal,
): Promise<void> {
  const chains = new Set([...network.engines, ...network.vaults].map(({ chain }) => chain))
  const vigil = createVigil()
  while (!signal.aborted) {
    const tips = new Map([...chains].map((chain) => [chain, roots.tip(chain)]))
    for (const alarm of vigil({ at: clock.now(), tips, peers: gossip.peers() })) emit('alarm', alarm)
    await rest(clock, PAUSE, signal)
  }
}

const PAUSE: Millis = millis(2_000)
