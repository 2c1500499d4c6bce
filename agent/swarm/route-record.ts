// What every route booked on both chains, which routes were stopped, and whose bond fell.
import type { Address } from 'viem'
import type { Network } from '../domain/network.ts'
import type { ChainId, VaultId } from '../domain/units.ts'
import { argument, type Fact, type SeenBlock } from './chain-watch.ts'

/** Sums of one asset on one route, in the token's units. */
export type RouteSums = { deposited: bigint; credited: bigint }

/** A breaker that was tripped, on the side whose books were wrong. Wall times in milliseconds. */
type Trip = { readonly route: VaultId; readonly side: 'mirror' | 'vault'; readonly at: number }

/** A bond that fell on evidence. */
type Slash = { readonly agent: Address; readonly chain: ChainId; readonly at: number }

/** Everything about routes so far. Sums are by route and token, in lower case. */
export type RouteRecord = {
  readonly sums: Map<string, RouteSums>
  /** What vaults paid out, by beneficiary and then as the sums. */
  readonly paid: Map<Address, Map<string, bigint>>
  readonly trips: Trip[]
  readonly slashes: Slash[]
}

/** An empty record. */
export const newRouteRecord = (): RouteRecord => ({ sums: new Map(), paid: new Map(), trips: [], slashes: [] })

/** The key of an asset on a route. */
export const sumKey = (route: VaultId, token: Address): string => `${route} ${token.toLowerCase()}`

/** Adds what a block said. */
export function noteRoutes(record: RouteRecord, network: Network, block: SeenBlock): void {
  for (const fact of block.facts) {
    if (fact.name === 'Slashed')
      record.slashes.push({ agent: argument(fact, 'agent'), chain: block.chain.id, at: block.seenAt })
    const place = placeOf(network, block, fact)
    if (place === undefined) continue
    if (fact.name === 'Tripped') record.trips.push({ ...place, at: block.seenAt })
    if (fact.name === 'Claimed') pay(record, place.route, fact)
    if (fact.name === 'Deposited' || fact.name === 'Credited') add(record, place.route, fact)
  }
}

function add({ sums }: RouteRecord, route: VaultId, fact: Fact): void {
  const key = sumKey(route, argument(fact, 'asset'))
  const known = sums.get(key) ?? { deposited: 0n, credited: 0n }
  known[fact.name === 'Deposited' ? 'deposited' : 'credited'] += argument<bigint>(fact, 'amount')
  sums.set(key, known)
}

function pay({ paid }: RouteRecord, route: VaultId, fact: Fact): void {
  const key = sumKey(route, argument(fact, 'asset'))
  const beneficiary = argument<string>(fact, 'beneficiary').toLowerCase() as Address
  const own = paid.get(beneficiary) ?? new Map<string, bigint>()
  paid.set(beneficiary, own.set(key, (own.get(key) ?? 0n) + argument<bigint>(fact, 'amount')))
}

/** Whose event it is: a vault's on its chain or a mirror's on its engine chain. */
function placeOf({ vaults }: Network, { chain }: SeenBlock, { address }: Fact): Omit<Trip, 'at'> | undefined {
  const is = (one: Address): boolean => one.toLowerCase() === address.toLowerCase()
  for (const { id, chain: home, engine, vault, mirror } of vaults) {
    if (home === chain.id && is(vault)) return { route: id, side: 'vault' }
    if (engine === chain.id && is(mirror)) return { route: id, side: 'mirror' }
  }
  return undefined
}
