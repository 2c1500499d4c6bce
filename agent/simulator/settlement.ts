// From a bid to money: the claims of a slice come home on their vaults' ways, are sold, and may become engine cash again.
import type { Claim, IntentId, Leg } from '../domain/liquidation.ts'
import { type Millis, type VaultId, type Wad, wad } from '../domain/units.ts'
import { byVault, type Sold } from './sales.ts'
import type { Taken } from './slice.ts'
import type { AgentSpec, RivalSpec, VaultSpec } from './spec.ts'
import type { Agent, World } from './state.ts'
import { hashOf } from './streams.ts'
import { GAS } from './transactions.ts'

/** Whose slice it is. Rivals have no core to tell. */
export type Homecoming = {
  readonly holder: AgentSpec | RivalSpec
  readonly taken: Taken
  readonly agent?: Agent
  readonly intent?: IntentId
}

/** Starts every vault's part of a slice on its way. */
export function bringHome(world: World, homecoming: Homecoming): void {
  const { spec, time } = world
  const { before } = homecoming.taken
  for (const [vault, legs] of byVault(homecoming.taken.legs)) {
    const place = spec.vaults.find(({ id }) => id === vault)
    if (place === undefined) continue
    const at = place.way(time.now, { account: before.id, version: before.version })
    time.at(Math.max(at, time.now + heardAfter(homecoming.holder)), () => sell(world, homecoming, { place, legs }))
  }
}

/** Nobody sells before it knows that it has won. */
const heardAfter = (holder: AgentSpec | RivalSpec): number => ('nodeDelay' in holder ? holder.nodeDelay + 1 : 0)

type Part = { readonly place: VaultSpec; readonly legs: readonly Leg[] }

function sell(world: World, homecoming: Homecoming, { place, legs }: Part): void {
  const { time, pools, spec } = world
  const sold = pools.sell(place.id, legs, time.now - spec.opensAt)
  const { agent, intent, holder } = homecoming
  if (agent !== undefined && intent !== undefined)
    tellOf(world, agent, { place, sold, claims: claimsOf(agent, intent, place.id, legs) })
  if (holder.refill !== undefined) refill(world, holder, { proceeds: sold.proceeds, after: holder.refill, agent })
}

const claimsOf = (agent: Agent, intent: IntentId, vault: VaultId, legs: readonly Leg[]): readonly Claim[] =>
  legs.flatMap(({ collateral }) => {
    const key = claimKey({ intent, vault, collateral })
    const claim = agent.claims.get(key)
    agent.claims.delete(key)
    return claim ?? []
  })

type Sale = { readonly place: VaultSpec; readonly sold: Sold; readonly claims: readonly Claim[] }

function tellOf(world: World, agent: Agent, { place, sold, claims }: Sale): void {
  const { time, spec } = world
  if (claims.length === 0) return
  const hash = hashOf(2, world.transactions++)
  const anchor = { chain: place.chain, number: BigInt(Math.floor((time.now - spec.opensAt) / 1_000)), hash }
  const sale = { tx: hash, anchor, ...sold, gasCost: GAS.claim * agent.spec.tip, soldAt: time.now }
  world.tell(agent, { kind: 'claim-sold', claims, sale })
}

type Refill = { readonly proceeds: Wad; readonly after: Millis; readonly agent: Agent | undefined }

/** Proceeds cross back and are paid in with the next block, after whatever that block holds. */
function refill(world: World, { executor }: AgentSpec | RivalSpec, { proceeds, after, agent }: Refill): void {
  world.time.at(world.time.now + after, () => void world.deposits.push({ executor, amount: proceeds, agent }))
}

/** Pays in what has crossed back: told as cash, after the outcomes of the block. */
export function payIn({ engine, deposits }: World): void {
  for (const { executor, amount, agent } of deposits.splice(0)) {
    const cash = (engine.cash.get(executor) ?? 0n) + amount
    engine.cash.set(executor, cash)
    agent?.mail.push({ kind: 'cash', engine: engine.terms.chain, cash: wad(cash) })
  }
}

/** Names a claim on its way. */
export const claimKey = ({ intent, vault, collateral }: Pick<Claim, 'intent' | 'vault' | 'collateral'>): string =>
  `${intent}:${vault}:${collateral}`
