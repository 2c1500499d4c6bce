// The way of a claim: wait for a root, prove `owed`, redeem on the vault chain, sell, tell the core.
import type { Claim, IntentId, Sale } from '../domain/liquidation.ts'
import type { VaultDeployment } from '../domain/network.ts'
import type { Share } from '../domain/settlement.ts'
import { type ChainId, millis, type VaultId, type Wad, wad } from '../domain/units.ts'
import { min, prorate } from '../maths/fixed-point.ts'
import type { Amount, Basis, ClaimStep, EngineChain, Floor, VaultChain } from '../ports/chain.ts'
import { attestedFrom, attestedHeader } from './attested-header.ts'
import type { Context } from './context.ts'
import {
  isSpent,
  NO_PRICE,
  NOTHING_OWED,
  nextAfter,
  playFor,
  STUBBORN,
  type Trouble,
  troubled,
  troubleIn,
  wantsOldest,
} from './playbook.ts'
import { note, noteOpened, noteSold, recordOf, sameClaim, wasSold } from './settlement-notes.ts'
import { createSurplus, type Surplus } from './surplus.ts'
import { rest } from './tasks.ts'

export type Desk = {
  /** Takes a claim over until it is sold; once, whoever tells of it again. */
  open(claim: Claim): void
  /** Whether the newest attempt for a liquidation's claims found nothing owed and nothing to sell. */
  isEmpty(intent: IntentId): boolean
  /** Forgets the claims of these: they were paid, and sold by an earlier run. */
  drop(intents: readonly IntentId[]): void
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

/** What settling reads, and whom it tells. A part of the agent's context. */
type Around = Pick<Context, 'roots' | 'clock' | 'emit' | 'tell' | 'valueOf' | 'journal'> & {
  readonly vaults: ReadonlyMap<VaultId, Paying>
  readonly engines: ReadonlyMap<ChainId, Owing>
}

type Paying = {
  readonly chain: Pick<VaultChain, 'id' | 'basis' | 'redeem'>
  readonly deployment: Pick<VaultDeployment, 'id' | 'engine' | 'assets'>
}
type Owing = { readonly chain: Pick<EngineChain, 'id' | 'header' | 'latest'> }

/** One run per vault, one batch of claims at a time: one proof settles them all. */
export function createDesk(context: Around, terms: DeskTerms): Desk {
  const waiting = new Map<VaultId, Claim[]>([...context.vaults.keys()].map((vault) => [vault, []]))
  const surplus = createSurplus()
  const troubles = new Map<VaultId, Trouble>()
  const empty = new Set<IntentId>()
  return {
    get pending() {
      return [...waiting.values()].reduce((sum, claims) => sum + claims.length, 0)
    },
    open(claim) {
      const claims = waiting.get(claim.vault)
      if (claims?.some((one) => sameClaim(one, claim)) || wasSold(context, claim)) return
      context.emit('claim:opened', { ...claim, openedIn: claim.openedIn.number })
      noteOpened(context, claim, context.clock.now())
      const before = troubleIn(recordOf(context, claim.intent)?.steps ?? [])
      if (before !== undefined && !troubles.has(claim.vault)) troubles.set(claim.vault, before)
      claims?.push(claim)
    },
    isEmpty: (intent) => empty.has(intent),
    drop(intents) {
      for (const claims of waiting.values())
        claims.splice(0, claims.length, ...claims.filter(({ intent }) => !intents.includes(intent)))
    },
    async run(vault, signal) {
      const place = placeOf(context, vault)
      const claims = waiting.get(vault) ?? []
      while (!signal.aborted) {
        for (const claim of claims.slice()) {
          const sale = surplus.take(claim)
          if (sale !== undefined) finish(context, terms, { claims, batch: [claim], sale })
        }
        const sold = await settleNext({ context, place, terms, surplus, troubles, empty, signal }, claims)
        if (sold === undefined) await rest(context.clock, PAUSE, signal)
        else finish(context, terms, { claims, ...sold })
      }
    },
  }
}

/** A vault and the engine whose claims it pays. */
type Place = { readonly vault: Paying; readonly engine: Owing }

function placeOf(context: Around, id: VaultId): Place {
  const vault = context.vaults.get(id)
  const engine = vault && context.engines.get(vault.deployment.engine)
  if (vault === undefined || engine === undefined) throw new Error(`no seat at vault ${id}`)
  return { vault, engine }
}

type Finished = { readonly claims: Claim[]; readonly batch: readonly Claim[]; readonly sale: Sale }

function finish(context: Around, terms: DeskTerms, { claims, batch, sale }: Finished): void {
  const shares = sharesOf(context, batch, sale)
  for (const claim of batch) claims.splice(claims.indexOf(claim), 1)
  noteSold(context, batch, { at: context.clock.now(), tx: sale.tx, proceeds: sale.proceeds, shares })
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

/** A sale shared among its claims by what each was worth. */
function sharesOf(context: Around, batch: readonly Claim[], sale: Sale): readonly Share[] {
  const engine = context.vaults.get(batch[0]?.vault ?? '')?.deployment.engine
  const weigh = ({ collateral, amount }: Claim): bigint =>
    (engine !== undefined && context.valueOf(engine, collateral, amount)) || amount
  const weights = batch.map(weigh)
  const [proceeds, values, gas] = [sale.proceeds, sale.value, sale.gasCost].map((total) => prorate(total, weights))
  return batch.map((claim, i) => ({
    claim,
    sale: { ...sale, proceeds: wad(proceeds?.[i] ?? 0n), value: wad(values?.[i] ?? 0n), gasCost: gas?.[i] ?? 0n },
  }))
}

type Settling = {
  readonly context: Around
  readonly place: Place
  readonly terms: DeskTerms
  readonly surplus: Surplus
  readonly troubles: Map<VaultId, Trouble>
  readonly empty: Set<IntentId>
  readonly signal: AbortSignal
}

/** Settles every waiting claim that what can be proven now covers; undefined when nothing was sold. */
async function settleNext(settling: Settling, claims: readonly Claim[]): Promise<Omit<Finished, 'claims'> | undefined> {
  const { context, place, surplus } = settling
  const basis = claims.length === 0 ? undefined : await basisOf(settling, claims)
  const batch = claims.filter(({ openedIn }) => basis !== undefined && openedIn.number <= basis.number)
  if (basis === undefined || batch.length === 0) return undefined
  const step = await persist(settling, batch, basis)
  if (step === undefined) return undefined
  const value = worthOf(context, place, received(step, place)) ?? step.sale.proceeds
  const upTo = basis.newer === true ? (await place.engine.chain.latest()).number : basis.number
  const sold = { received: step.received, sale: { ...step.sale, value }, upTo }
  const weigh = (asset: Claim['asset'], amount: bigint): bigint =>
    worthOf(context, place, pieces(place, [{ asset, amount }])) ?? amount
  return { batch: step.claims, sale: surplus.split(step.claims, sold, weigh) }
}

type SoldStep = Extract<ClaimStep, { readonly kind: 'sold' }>

/** Redeems on one basis: through the wait of its source, and through a route that is stuck. */
async function persist(settling: Settling, batch: readonly Claim[], basis: Basis): Promise<SoldStep | undefined> {
  const { context, place, signal } = settling
  const { clock } = context
  for (let stuck = 0; stuck < STUBBORN && !signal.aborted; ) {
    const step = await redeem(settling, batch, basis)
    noteEmpty(settling, batch, step)
    if (step.kind === 'sold') {
      overcome(settling)
      return step
    }
    context.tell({ kind: 'gas', chain: place.vault.chain.id, cost: wad(step.gasCost), purpose: 'claim' })
    const vault = place.vault.deployment.id
    if (step.kind === 'stuck') {
      stuck++
      context.emit('claim:stuck', { vault, claims: batch.length, reason: step.reason })
      play(settling, batch, step.reason)
      await rest(clock, STUCK_PAUSE, signal)
      if (isSpent(step.reason)) return undefined
    } else {
      const { number, usableAt } = step
      context.emit('claim:anchored', { vault, number, usableAt })
      note(context, { kind: 'anchored', at: clock.now(), vault, intents: intentsOf(batch), number, usableAt })
      await rest(clock, millis(Math.max(PAUSE, Number(step.usableAt) * 1_000 - clock.now())), signal)
    }
  }
  return undefined
}

/** Who has nothing left: all of a batch for which nothing is owed, and those that a sale was not of. */
function noteEmpty({ empty }: Settling, batch: readonly Claim[], step: ClaimStep): void {
  const nothing = step.kind === 'stuck' && step.reason === NOTHING_OWED
  const left = intentsOf(step.kind === 'sold' ? step.claims : nothing ? [] : batch)
  for (const intent of intentsOf(batch))
    if (left.includes(intent)) empty.delete(intent)
    else empty.add(intent)
}

const intentsOf = (batch: readonly Claim[]): readonly IntentId[] => [...new Set(batch.map(({ intent }) => intent))]

/** What the playbook says to one more stuck attempt. What is new is written down, told and done. */
function play({ context, place, troubles }: Settling, batch: readonly Claim[], reason: string): void {
  const { id: vault } = place.vault.deployment
  const at = context.clock.now()
  const before = troubles.get(vault)
  const trouble = troubled(before, reason, at)
  const common = { at, vault, intents: intentsOf(batch) }
  if (reason !== before?.reason) note(context, { kind: 'stuck', ...common, reason })
  const row = playFor(trouble, at)
  troubles.set(vault, { ...trouble, played: row?.step })
  if (row === undefined || row.step === before?.played) return
  note(context, { kind: 'playbook', ...common, step: row.step, detail: row.detail })
  context.emit('claim:playbook', {
    vault,
    claims: batch.length,
    step: row.step,
    reason,
    next: nextAfter(row.step, reason),
  })
  if (row.step === 'sell') context.tell({ kind: 'route', vault, closed: true })
  if (row.step === 'escalate')
    context.emit('alarm', { code: 'W_SETTLEMENT_STUCK', detail: stuckFor(vault, trouble, row.detail) })
}

const stuckFor = (vault: VaultId, { since, attempts, reason }: Trouble, detail: string): string =>
  `claims on ${vault} are stuck since ${new Date(since).toISOString()} (${reason}, ${attempts} attempts): ${detail}`

/** A sale ends the trouble, and a route that was closed is open again. */
function overcome({ context, place, troubles }: Settling): void {
  const { id: vault } = place.vault.deployment
  if (troubles.get(vault)?.played !== undefined) context.tell({ kind: 'route', vault, closed: false })
  troubles.delete(vault)
}

/** Where the vault can be shown what it owes, at or above the oldest claim waiting. */
async function basisOf({ context, place, troubles }: Settling, claims: readonly Claim[]): Promise<Basis | undefined> {
  const { vault, engine } = place
  const oldest = claims.map((claim) => claim.openedIn.number).reduce((a, b) => min(a, b))
  const trouble = troubles.get(vault.deployment.id)
  const find = trouble !== undefined && wantsOldest(trouble) ? attestedFrom : attestedHeader
  return vault.chain.basis(oldest, await find(context.roots, engine.chain, oldest))
}

async function redeem(
  { context, place, terms, signal }: Settling,
  batch: readonly Claim[],
  basis: Basis,
): Promise<ClaimStep> {
  const whole = worthOf(context, place, batch)
  if (whole === undefined) return { kind: 'stuck', reason: NO_PRICE, gasCost: 0n }
  const floor: Floor = (sold) => {
    const value = worthOf(context, place, pieces(place, sold)) ?? whole
    return wad((value * BigInt(10_000 - terms.maxSlippage)) / 10_000n)
  }
  return place.vault.chain.redeem(batch, basis, floor, signal)
}

type Holding = Pick<Claim, 'collateral' | 'amount'>

const received = (step: SoldStep, place: Place): readonly Holding[] => pieces(place, step.received)

/** Amounts of tokens as amounts of this vault's collaterals. */
const pieces = ({ vault }: Place, tokens: readonly Amount[]): readonly Holding[] =>
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
