// Two witnesses of every chain, our own node and the attestors: when one of them falls silent, an operator must know which.
import { type ChainId, type Instant, millis } from '../domain/units.ts'
import type { Gossip, GossipStats } from '../ports/gossip.ts'
import type { Context } from './context.ts'
import { rest } from './tasks.ts'

/** `cut`: our node is silent, the book lives from proven states of peers. `eclipsed`: only our own node still speaks. */
export type Sight = 'both' | 'cut' | 'eclipsed'

/** What the two say: the newest block of our node, and the newest that any other attestor signed. */
export type Voices = { readonly own: bigint | undefined; readonly signed: bigint | undefined }

/** Looks at one chain again and again. */
export type Lookout = (voices: Voices, now: Instant) => Sight

/** A lookout that has just begun. `lag`: blocks after which a block is attested. */
export function createLookout(began: Instant, lag: number): Lookout {
  let [own, signed] = [heardAt(began), heardAt(began)]
  return (voices, now) => {
    ;[own, signed] = [again(own, voices.own, now), again(signed, voices.signed, now)]
    const ahead = (own.number ?? 0n) - (signed.number ?? 0n)
    const spoke = (one: Heard): boolean => now - one.at < SILENCE
    if (!spoke(own) && spoke(signed) && signed.moved && ahead < 0n) return 'cut'
    if (!spoke(signed) && spoke(own) && own.moved && ahead > BigInt(lag) + ENOUGH) return 'eclipsed'
    return 'both'
  }
}

/** Milliseconds without a word that mean something, and blocks that attestors must be behind. */
const SILENCE = 30_000
const ENOUGH = 1n

type Heard = { readonly number: bigint | undefined; readonly at: Instant; readonly moved: boolean }

const heardAt = (at: Instant): Heard => ({ number: undefined, at, moved: false })

const again = (before: Heard, number: bigint | undefined, at: Instant): Heard =>
  number === undefined || (before.number !== undefined && number <= before.number)
    ? before
    : { number, at, moved: before.number !== undefined }

type Post = Pick<Context, 'roots' | 'clock' | 'emit' | 'network' | 'signer'> & {
  readonly gossip: Pick<Gossip, 'stats'>
}

/** Watches every chain until the signal fires; says what changes. Where nobody else attests there is nothing to compare. */
export async function lookOut(
  { roots, clock, emit, network, signer, gossip }: Post,
  signal: AbortSignal,
): Promise<void> {
  if (network.attestors.every((one) => one.toLowerCase() === signer.address.toLowerCase())) return
  const finality = new Map([...network.engines, ...network.vaults].map(({ chain, finality }) => [chain, finality]))
  const chains = [...finality].map(([chain, lag]) => ({ chain, look: createLookout(clock.now(), lag) }))
  const sights = new Map<ChainId, Sight>()
  const clockOff = createClockWatch()
  while (!signal.aborted) {
    const off = clockOff(gossip.stats())
    if (off !== undefined) emit('alarm', { code: 'E_CLOCK', detail: OFF[off] })
    for (const { chain, look } of chains) {
      const voices = { own: roots.tip(chain), signed: roots.signedTip(chain, signer.address) }
      const sight = look(voices, clock.now())
      if (sight === (sights.get(chain) ?? 'both')) continue
      sights.set(chain, sight)
      emit('chain:sight', { chain, sight, ...voices })
      if (sight !== 'both') emit('alarm', ALARMS[sight](chain, voices))
    }
    await rest(clock, PAUSE, signal)
  }
}

const PAUSE = millis(2_000)

const ALARMS = {
  cut: (chain: ChainId, { own, signed }: Voices) => ({
    code: 'E_CHAIN_CUT',
    detail: `our nodes of chain ${chain} are silent since block ${own}, attestors are at ${signed}: the book is kept from proven states of peers`,
  }),
  eclipsed: (chain: ChainId, { own, signed }: Voices) => ({
    code: 'E_ECLIPSED',
    detail: `no attestor signed a block of chain ${chain} since ${signed ?? 'the start'}, our node is at ${own}: we hear nobody honest and go on by our own nodes`,
  }),
} as const

/** Looks at what was refused since the last time. Once told, it is told again only after prices were accepted in between. */
export function createClockWatch(): (
  stats: Pick<GossipStats, 'received' | 'rejected'>,
) => 'behind' | 'ahead' | undefined {
  let [accepted, early, late] = [0, 0, 0]
  let told = false
  return ({ received, rejected }) => {
    const now = [received.price, rejected['price:from-future'] ?? 0, rejected['price:expired'] ?? 0] as const
    const [news, future, past] = [now[0] - accepted, now[1] - early, now[2] - late]
    if (news > 0) told = false
    if (news === 0 && Math.max(future, past) < MANY) return undefined
    ;[accepted, early, late] = now
    if (news > 0 || told) return undefined
    told = true
    return future > past ? 'behind' : 'ahead'
  }
}

/** Refusals of prices in a row that no network of honest publishers makes. */
const MANY = 20

const OFF = {
  behind: 'every price comes from the future: the clock of this machine is behind by more than two seconds',
  ahead: 'every price has expired on arrival: the clock of this machine is ahead',
} as const
