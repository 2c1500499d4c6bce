// The way of a claim: wait for a root, prove `owed`, redeem on the vault chain, sell, tell the core.
import { keccak256 } from 'viem'
import type { Claim, Sale } from '../domain/liquidation.ts'
import { millis, type VaultId, type Wad, wad } from '../domain/units.ts'
import { owedSlot } from '../maths/slots.ts'
import type { AttestedHeader, ClaimStep } from '../ports/chain.ts'
import type { Context, VaultSeat } from './context.ts'
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

/** One desk per agent; one run per vault, one batch of claims at a time: one proof settles them all. */
export function createDesk(context: Context, terms: DeskTerms): Desk {
  const waiting = new Map<VaultId, Claim[]>()
  const queue = (vault: VaultId): Claim[] => {
    const claims = waiting.get(vault) ?? []
    waiting.set(vault, claims)
    return claims
  }
  return {
    get pending() {
      return [...waiting.values()].reduce((sum, claims) => sum + claims.length, 0)
    },
    open(claim) {
      queue(claim.vault).push(claim)
      context.emit('claim:opened', { ...claim, openedIn: claim.openedIn.number })
    },
    async run(vault, signal) {
      const seat = context.vaults.get(vault)
      if (seat === undefined) throw new Error(`no seat at vault ${vault}`)
      while (!signal.aborted) {
        const claims = queue(vault)
        const batch = claims.slice()
        const done = batch.length > 0 && (await settleBatch(context, seat, { batch, terms, signal }))
        if (done) claims.splice(0, batch.length)
        else await rest(context.clock, PAUSE, signal)
      }
    },
  }
}

type Batch = { readonly batch: readonly Claim[]; readonly terms: DeskTerms; readonly signal: AbortSignal }

/** True when the whole batch was sold. */
async function settleBatch(context: Context, seat: VaultSeat, { batch, terms, signal }: Batch): Promise<boolean> {
  const root = await attestedRoot(context, seat, batch)
  if (root === undefined) return false
  for (;;) {
    const step = await redeem(context, seat, { batch, root, terms, signal })
    if (step.kind === 'sold') return closeBatch(context, seat, { batch, terms, step })
    context.tell({ kind: 'gas', chain: seat.chain.id, cost: wad(step.gasCost), purpose: 'claim' })
    if (step.kind === 'stuck') {
      context.emit('claim:stuck', { vault: seat.deployment.id, claims: batch.length, reason: step.reason })
      await rest(context.clock, STUCK_PAUSE, signal)
      return false
    }
    context.emit('claim:anchored', { vault: seat.deployment.id, number: step.number, usableAt: step.usableAt })
    await rest(context.clock, millis(Math.max(0, Number(step.usableAt) * 1_000 - context.clock.now())), signal)
    if (signal.aborted) return false
  }
}

/** The newest attested engine block that already holds every claim of the batch. */
async function attestedRoot(
  context: Context,
  seat: VaultSeat,
  batch: readonly Claim[],
): Promise<AttestedHeader | undefined> {
  const engine = context.engines.get(seat.deployment.engine)
  if (engine === undefined) return undefined
  const opened = batch.map((claim) => claim.openedIn.number).reduce((a, b) => (a > b ? a : b))
  const block = context.roots.newest(engine.chain.id, opened)
  if (block === undefined) return undefined
  const { rlp, head } = await engine.chain.header(block.number)
  if (head.hash !== block.hash) return undefined
  return { chain: block.chain, number: block.number, header: rlp, attestations: block.attestations }
}

async function redeem(
  context: Context,
  seat: VaultSeat,
  { batch, root, terms, signal }: Batch & { readonly root: AttestedHeader },
): Promise<ClaimStep> {
  const engine = context.engines.get(seat.deployment.engine)
  if (engine === undefined) throw new Error(`no seat at engine ${seat.deployment.engine}`)
  const assets = [...new Set(batch.map((claim) => claim.asset))]
  const slots = assets.map((asset) => owedSlot(seat.executor, asset, keccak256))
  const proof = await engine.chain.proof(seat.deployment.mirror, slots, root.number)
  const value = valueOf(context, seat, batch)
  if (value === undefined) return { kind: 'stuck', reason: 'no fresh price to sell at', gasCost: 0n }
  const floor = wad((value * BigInt(10_000 - terms.maxSlippage)) / 10_000n)
  return seat.chain.redeem(batch, root, proof, floor, signal)
}

type Closing = {
  readonly batch: readonly Claim[]
  readonly terms: DeskTerms
  readonly step: Extract<ClaimStep, { readonly kind: 'sold' }>
}

function closeBatch(context: Context, seat: VaultSeat, { batch, terms, step }: Closing): true {
  const sale: Sale = { ...step.sale, value: valueOf(context, seat, batch) ?? step.sale.proceeds }
  context.emit('claim:sold', {
    vault: seat.deployment.id,
    claims: batch.map(({ intent, collateral, amount, openedAt }) => ({ intent, collateral, amount, openedAt })),
    tx: sale.tx,
    proceeds: sale.proceeds,
    value: sale.value,
    soldAt: sale.soldAt,
  })
  terms.onSold(batch, sale)
  return true
}

function valueOf(context: Context, seat: VaultSeat, batch: readonly Claim[]): Wad | undefined {
  let sum = 0n
  for (const { collateral, amount } of batch) {
    const value = context.valueOf(seat.deployment.engine, collateral, amount)
    if (value === undefined) return undefined
    sum += value
  }
  return wad(sum)
}
