// Who may connect: nobody takes all places, neither one address range nor strangers together.

/** A connection as far as the gate cares. */
export type Guest = { readonly peer: string; readonly address: string; readonly inbound: boolean }

/** Why somebody was turned away. */
export type Refused = 'banned' | 'crowded-address' | 'crowded-range' | 'strangers'

export type Gate = {
  /** By address alone, before a byte is spent on it. */
  readonly arriving: (address: string) => Refused | undefined
  /** By peer, once its key is proven. */
  readonly admitted: (peer: string) => Refused | undefined
  /** Whether strangers have taken more than their places. */
  readonly crowded: () => boolean
}

export type House = {
  readonly guests: () => readonly Guest[]
  readonly banned: (peer: string) => boolean
  /** Whether a bonded agent said that this is its peer. */
  readonly bonded: (peer: string) => boolean
  /** Many nodes share one machine. */
  readonly devnet: boolean
  /** Strangers keep to their few places even so. */
  readonly wary?: boolean
}

/** The gate of a node. Who is bonded is never turned away for strangers' sake. */
export function createGate({ guests, banned, bonded, devnet, wary = !devnet }: House): Gate {
  const strangers = (): number => guests().filter((guest) => guest.inbound && !bonded(guest.peer)).length
  return {
    arriving(address) {
      if (devnet) return undefined
      const [host, range] = [hostOf(address), rangeOf(address)]
      const inbound = guests().filter((guest) => guest.inbound)
      if (inbound.filter((guest) => hostOf(guest.address) === host).length >= PER_ADDRESS) return 'crowded-address'
      return inbound.filter((guest) => rangeOf(guest.address) === range).length >= PER_RANGE
        ? 'crowded-range'
        : undefined
    },
    admitted(peer) {
      if (banned(peer)) return 'banned'
      if (bonded(peer) || !wary) return undefined
      return strangers() >= MOST_STRANGERS + PROBATION ? 'strangers' : undefined
    },
    crowded: () => wary && strangers() > MOST_STRANGERS,
  }
}

/** Inbound connections from one address, from one range, and from peers without a bond: of 64 in all. */
export const [PER_ADDRESS, PER_RANGE, MOST_STRANGERS] = [3, 8, 16] as const
/** Places of those who have not been asked yet whether they are bonded. */
export const PROBATION = 16

const hostOf = (address: string): string => address.split('/')[2] ?? ''

/** The /24 of an IPv4 address, the /48 of an IPv6 address. */
const rangeOf = (address: string): string => {
  const host = hostOf(address)
  return host.includes(':') ? host.split(':').slice(0, 3).join(':') : host.split('.').slice(0, 3).join('.')
}
