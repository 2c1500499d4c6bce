// The way of a claim: wait for a root, prove `owed`, redeem on the vault chain, sell, tell the core.
import type { Claim, Sale } from '../domain/liquidation.ts'
import { millis, type VaultId, type Wad, wad } from '../domain/units.ts'
import { min } from '../maths/fixed-point.ts'
import type { Basis, ClaimStep } from '../ports/chain.ts'
import { attestedHeader } from './attested-header.ts'
import type { Context, EngineSeat, VaultSeat } from './context.ts'
import { createSurplus, type Surplus } from './surplus.ts'
import { rest } from './tasks.ts'

export type Desk = {
  /** Takes a claim over until it is sold. */
  open(claim: Claim): void
  /** Claims not yet sold. */
  readonly pending: number
  /** Runs one vault's settlements until the signal fires. */
  run(vault: VaultId, signal: AbortSignal): Promise<void>
}

export type DeskTerms = {
  /** The most a sale may lose against the publishers' prices, in bps; beyond it the claim waits. */
  readonly maxSlippage: number
  readonly onSold: (claims: readonly Claim[], sale: Sale) => void
}

const PAUSE = millis(150)
/** After a stuck attempt (route paused, node lagging). */
const STUCK_PAUSE = millis(1_000)
/** Stuck attempts with one root before a newer one is tried: a newer root restarts the delay of a slow route. */
const STUBBORN = 30

/** What settling reads, and whom it tells. A part of the agent's context. */
type Around = Pick<Context, 'vaults' | 'engines' | 'roots' | 'clock' | 'emit' | 'tell' | 'valueOf'>

/** One run per vault, one batch of claims at a time: one proof settles them all. */
export function createDesk(context: Around, terms: DeskTerms): Desk {
  const waiting = new Map<VaultId, Claim[]>([...context.vaults.keys()].map((vault) => [vault, []]))
  const surplus = createSurplus()
  return {
    get pending() {
      return [...waiting.values()].reduce((sum, claims) => sum + claims.length, 0)
    },
    open(claim) {
      context.emit('claim:opened', { ...claim, openedIn: claim.openedIn.number })
      waiting.get(claim.vault)?.push(claim)
    },
    async run(vault, signal) {
      const place = placeOf(context, vault)
      const claims = waiting.get(vault) ?? []
      while (!signal.aborted) {
        for (const claim of claims.slice()) {
          const sale = surplus.take(claim)
          if (sale !== undefined) finish(context, terms, { claims, batch: [claim], sale })
        }
        const sold = await settleNext({ context, place, terms, surplus, signal }, claims)
        if (sold === undefined) await rest(context.clock, PAUSE, signal)
        else finish(context, terms, { claims, ...sold })
      }
    },
  }
}

/** A vault and the engine whose claims it pays. */
type Place = { readonly vault: VaultSeat; readonly engine: EngineSeat }

function placeOf(context: Around, id: VaultId): Place {
  const vault = context.vaults.get(id)
  const engine = vault && context.engines.get(vault.deployment.engine)
  if (vault === undefined || engine === undefined) throw new Error(`no seat at vault ${id}`)
  return { vault, engine }
}

type Finished = { readonly claims: Claim[]; readonly batch: readonly Claim[]; readonly sale: Sale }

function finish(context: Around, terms: DeskTerms, { claims, batch, sale }: Finished): void {
  for (const claim of batch) claims.splice(claims.indexOf(claim), 1)
  context.emit('claim:sold', {
    vault: batch[0]?.vault,
    claims: batch.map(({ intent, collateral, amount, openedAt }) => ({ intent, collateral, amount, openedAt })),
    tx: sale.tx,
    proceeds: sale.proceeds,
    value: sale.value,
    soldAt: sale.soldAt,
  })
  terms.onSold(batch, sale)
}

type Settling = {
  readonly context: Around
  readonly place: Place
  readonly terms: DeskTerms
  readonly surplus: Surplus
  readonly signal: AbortSignal
}

/** Settles every waiting claim that what can be proven now covers; undefined when nothing was sold. */
async function settleNext(settling: Settling, claims: readonly Claim[]): Promise<Omit<Finished, 'claims'> | undefined> {
  const { context, place, surplus } = settling
  const basis = claims.length === 0 ? undefined : await basisOf(context, place, claims)
  const batch = claims.filter(({ openedIn }) => basis !== undefined && openedIn.number <= basis.number)
  if (basis === undefined || batch.length === 0) return undefined
  const step = await persist(settling, batch, basis)
  if (step === undefined) return undefined
  const value = worthOf(context, place, received(step, place)) ?? step.sale.proceeds
  const upTo = basis.newer === true ? (await place.engine.chain.latest()).number : basis.number
  const sold = { received: step.received, sale: { ...step.sale, value }, upTo }
  const weigh = (asset: Claim['asset'], amount: bigint): bigint =>
    worthOf(context, place, pieces(place, [{ asset, amount }])) ?? amount
  return { batch, sale: surplus.split(batch, sold, weigh) }
}

type SoldStep = Extract<ClaimStep, { readonly kind: 'sold' }>

/** Redeems on one basis: through the wait of its source, and through a route that is stuck. */
async function persist(settling: Settling, batch: readonly Claim[], basis: Basis): Promise<SoldStep | undefined> {
  const { context, place, signal } = settling
  const { clock } = context
  for (let stuck = 0; stuck < STUBBORN && !signal.aborted; ) {
    const step = await redeem(settling, batch, basis)
    if (step.kind === 'sold') return step
    context.tell({ kind: 'gas', chain: place.vault.chain.id, cost: wad(step.gasCost), purpose: 'claim' })
    const vault = place.vault.deployment.id
    if (step.kind === 'stuck') {
      stuck++
      context.emit('claim:stuck', { vault, claims: batch.length, reason: step.reason })
      await rest(clock, STUCK_PAUSE, signal)
      if (step.reason === 'NOTHING_OWED') return undefined
    } else {
      context.emit('claim:anchored', { vault, number: step.number, usableAt: step.usableAt })
      await rest(clock, millis(Math.max(PAUSE, Number(step.usableAt) * 1_000 - clock.now())), signal)
    }
  }
  return undefined
}

/** Where the vault can be shown what it owes, at or above the oldest claim waiting. */
async function basisOf(
  context: Around,
  { vault, engine }: Place,
  claims: readonly Claim[],
): Promise<Basis | undefined> {
  const oldest = claims.map((claim) => claim.openedIn.number).reduce((a, b) => min(a, b))
  return vault.chain.basis(oldest, await attestedHeader(context.roots, engine.chain, oldest))
}

async function redeem(
  { context, place, terms, signal }: Settling,
  batch: readonly Claim[],
  basis: Basis,
): Promise<ClaimStep> {
  const value = worthOf(context, place, batch)
  if (value === undefined) return { kind: 'stuck', reason: 'no fresh price to sell at', gasCost: 0n }
  const floor = wad((value * BigInt(10_000 - terms.maxSlippage)) / 10_000n)
  return place.vault.chain.redeem(batch, basis, floor, signal)
}

type Holding = Pick<Claim, 'collateral' | 'amount'>

const received = (step: SoldStep, place: Place): readonly Holding[] => pieces(place, step.received)

/** Amounts of tokens as amounts of this vault's collaterals. */
const pieces = ({ vault }: Place, tokens: SoldStep['received']): readonly Holding[] =>
  tokens.flatMap(({ asset, amount }) => {
    const known = vault.deployment.assets.find(({ token }) => token.toLowerCase() === asset.toLowerCase())
    return known === undefined ? [] : [{ collateral: known.collateral, amount }]
  })

function worthOf(context: Around, { engine }: Place, holdings: readonly Holding[]): Wad | undefined {
  let sum = 0n
  for (const { collateral, amount } of holdings) {
    const value = context.valueOf(engine.chain.id, collateral, amount)
    if (value === undefined) return undefined
    sum += value
  }
  return wad(sum)
}
