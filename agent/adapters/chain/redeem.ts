// From a proof of `owed` to dollars: root, anchor, claim and sale, in one transaction when the source does not wait.
import { encodeAbiParameters, type Hash, keccak256 } from 'viem'
import type { Basis, ClaimStep } from '../../ports/chain.ts'
import { execute } from './execute.ts'
import { LEG } from './executor-call.ts'
import { claimActs, type Left, paidBy, readLots, saleActs } from './lots.ts'
import type { Redemption, Seller } from './redemption.ts'
import type { Refusal } from './refusal.ts'
import { earlierSale, saleIn } from './sale.ts'
import type { Counter } from './sources/counter.ts'
import { prepare } from './sources/prepare.ts'
import { isGone } from './sources/proofs.ts'
import type { Testimony } from './sources/testimony.ts'

/** Does the next step. Done before, whoever did it: the sale is found again, or what was received is sold. */
export async function redeem(seller: Seller, wanted: Redemption, signal: AbortSignal): Promise<ClaimStep> {
  const before = await earlierSale(seller, guardOf(seller, wanted))
  if (before) return { ...before, claims: paidBy(before.received, wanted.claims) }
  const assets = assetsOf(wanted)
  const counters = assets.map((asset): Counter => ({ of: 'owed', who: seller.executor, asset }))
  const testimony = await seller.witness.testify(wanted.basis, counters).catch(gone)
  if (testimony === undefined) return { kind: 'stuck', reason: 'PROOF_GONE', gasCost: 0n }
  if (testimony.kind === 'waiting') return becomeReady(seller, wanted, testimony, signal)
  const left = await readLots(seller, wanted, { assets, ...testimony })
  if (left.lots.length === 0) return { kind: 'stuck', reason: 'NOTHING_OWED', gasCost: 0n }
  return claimAndSell(seller, { ...wanted, left, testimony }, signal)
}

/** A newer root helps where no node proves this one any more. */
function gone(error: unknown): undefined {
  if (isGone(error)) return undefined
  throw error
}

/** Does what the source wants first, and says when to come back: its clock starts when that is mined. */
async function becomeReady(
  seller: Seller,
  { basis }: Redemption,
  testimony: Extract<Testimony, { kind: 'waiting' }>,
  signal: AbortSignal,
): Promise<ClaimStep> {
  const { gasCost, refusal } = await prepare(seller.ground, testimony, signal)
  if (refusal !== undefined) return stuck(refusal, gasCost)
  const after = testimony.acts.length === 0 ? testimony : await seller.witness.testify(basis, [])
  return waiting(basis, after.kind === 'waiting' ? after.usableAt : testimony.usableAt, gasCost)
}

type Prepared = Redemption & {
  readonly left: Left
  readonly testimony: Extract<Testimony, { kind: 'ready' }>
}

async function claimAndSell(seller: Seller, wanted: Prepared, signal: AbortSignal): Promise<ClaimStep> {
  const { lots, claims } = wanted.left
  const acts = [
    ...wanted.testimony.acts,
    ...lots.flatMap((lot) => claimActs(seller, lot)),
    ...lots.flatMap((lot) => saleActs(seller, lot)),
  ]
  const worth = wanted.floor(lots.map(({ asset, sold }) => ({ asset, amount: sold })))
  const unit = 10n ** BigInt(18 - seller.deployment.dollarDecimals)
  const floor = (worth + unit - 1n) / unit
  const step = await execute(seller, { acts, intent: guardOf(seller, wanted), leg: LEG.claim, floor, worth }, signal)
  if (step.mined?.status === 'included') return { ...(await saleIn(seller, step.mined)), claims }
  const gasCost = step.mined?.gasCost ?? 0n
  if (step.refusal?.error !== 'RootTooFresh') return stuck(step.refusal, gasCost)
  return waiting(wanted.basis, BigInt(Math.floor(seller.link.clock.now() / 1_000)) + 1n, gasCost)
}

/** The same claims are the same intent, so that their sale happens once and can be found again. */
function guardOf({ deployment }: Seller, { claims }: Redemption): Hash {
  const names = claims.map(({ intent, collateral }) => `${intent}:${collateral}`).sort()
  return keccak256(encodeAbiParameters([{ type: 'address' }, { type: 'string[]' }], [deployment.vault, names]))
}

const assetsOf = ({ claims }: Redemption) => [...new Set(claims.map(({ asset }) => asset))]

const waiting = ({ number }: Basis, usableAt: bigint, gasCost: bigint): ClaimStep => ({
  ...{ kind: 'waiting', usableAt, number, gasCost },
})

const stuck = (refusal: Refusal | undefined, gasCost: bigint): ClaimStep => ({
  kind: 'stuck',
  reason: refusal?.reason ?? 'REVERTED',
  gasCost,
})
