// From a proof of `owed` to dollars: root, anchor, claim and sale, in one transaction when the route has no delay.
import { encodeAbiParameters, type Hash, type Hex, keccak256 } from 'viem'
import { type Wad, wad } from '../../domain/units.ts'
import { max } from '../../maths/fixed-point.ts'
import type { ClaimStep } from '../../ports/chain.ts'
import { type RootState, rootState, usable } from './anchored.ts'
import { runsAhead, secondsFromNow } from './chain-time.ts'
import { rootActs } from './credit.ts'
import { type Act, executeCall, LEG } from './executor-call.ts'
import { sender } from './link.ts'
import { claimActs, type Lot, readLots, saleActs } from './lots.ts'
import type { Mined } from './receipt.ts'
import type { Redemption, Seller } from './redemption.ts'
import { type Refusal, rehearse } from './refusal.ts'
import { earlierSale, saleIn } from './sale.ts'

/** Does the next step. Done before, whoever did it: the sale is found again, or what was received is sold. */
export async function redeem(seller: Seller, wanted: Redemption, signal: AbortSignal): Promise<ClaimStep> {
  const { deployment, link } = seller
  const before = await earlierSale(seller, guardOf(seller, wanted))
  if (before) return before
  const state = await rootState(link, deployment, wanted.root.number)
  if (deployment.delay > 0 && !state.anchored) return anchorFirst(seller, wanted, signal)
  if (state.accepted && !usable(link, state)) return waiting(state, wanted, 0n)
  const lots = await readLots(seller, wanted)
  if (lots.length === 0) return { kind: 'stuck', reason: 'NOTHING_OWED', gasCost: 0n }
  return claimAndSell(seller, { ...wanted, lots, state }, signal)
}

/** The first of two transactions of a route with a delay. */
async function anchorFirst(seller: Seller, wanted: Redemption, signal: AbortSignal): Promise<ClaimStep> {
  const { root, proof } = wanted
  const { engineRoots, mirror, id } = seller.deployment
  const intent = keccak256(encodeAbiParameters([{ type: 'string' }, { type: 'bytes' }], [id, root.header]))
  const step = await execute(
    seller,
    { acts: rootActs(engineRoots, mirror, root, proof), intent, leg: LEG.root, floor: 0n, worth: wad(0n) },
    signal,
  )
  const state = await rootState(seller.link, seller.deployment, root.number)
  const gasCost = step.mined?.gasCost ?? 0n
  return state.anchored ? waiting(state, wanted, gasCost) : stuck(step.refusal, gasCost)
}

type Prepared = Redemption & { readonly lots: readonly Lot[]; readonly state: RootState }

async function claimAndSell(seller: Seller, wanted: Prepared, signal: AbortSignal): Promise<ClaimStep> {
  const { engineRoots, mirror, dollarDecimals } = seller.deployment
  const acts = [
    ...(wanted.state.anchored ? [] : rootActs(engineRoots, mirror, wanted.root, wanted.proof)),
    ...wanted.lots.flatMap((lot) => claimActs(seller, wanted.root.number, lot)),
    ...wanted.lots.flatMap((lot) => saleActs(seller, lot)),
  ]
  const unit = 10n ** BigInt(18 - dollarDecimals)
  const floor = (wanted.minProceeds + unit - 1n) / unit
  const step = await execute(
    seller,
    { acts, intent: guardOf(seller, wanted), leg: LEG.claim, floor, worth: wanted.minProceeds },
    signal,
  )
  if (step.mined?.status === 'included') return saleIn(seller, step.mined)
  const gasCost = step.mined?.gasCost ?? 0n
  if (step.refusal?.error !== 'RootTooFresh') return stuck(step.refusal, gasCost)
  return waiting(await rootState(seller.link, seller.deployment, wanted.root.number), wanted, gasCost)
}

type Execution = {
  readonly acts: readonly Act[]
  readonly intent: Hex
  readonly leg: number
  readonly floor: bigint
  /** Dollars at stake. */
  readonly worth: Wad
}
type Executed = { readonly mined: Mined | undefined; readonly refusal: Refusal | undefined }

/** Rehearses first, as there is no race: what would revert now is not paid for. Only time passes before inclusion. */
async function execute(
  { link, executor }: Seller,
  { acts, worth, ...guard }: Execution,
  signal: AbortSignal,
): Promise<Executed> {
  const transactor = sender(link)
  const deadline = await secondsFromNow(link, PATIENCE)
  const data = executeCall(acts, { ...guard, deadline })
  const gas = 600_000n + 300_000n * BigInt(acts.length)
  const tried = { from: transactor.address, to: executor, data, gas }
  const stake = guard.leg === LEG.claim ? stakeOf(worth, gas) : {}
  const refused = await rehearse(link.rpc, tried)
  const due = refused?.error === 'RootTooFresh' && !(await runsAhead(link))
  if (refused && !due) return { mined: undefined, refusal: refused }
  const { kind, mined } = await transactor.send(
    { ...tried, ...stake, leg: LEGS[guard.leg] ?? 'claim', deadline },
    signal,
  )
  if (kind === 'cancelled') return { mined, refusal: { reason: 'NOT_INCLUDED', error: '', args: [] } }
  const refusal = mined.status === 'included' ? undefined : await rehearse(link.rpc, tried, mined.anchor.number)
  return { mined, refusal }
}

/** A claim is worth a fiftieth of itself in gas, and five dollars in any case: it waits where that is not enough. */
const stakeOf = (worth: Wad, gas: bigint) => ({
  value: worth,
  budget: { most: max(wad(worth / 50n), LEAST_BUDGET), likely: gas / 2n },
})
const LEAST_BUDGET = wad(5n * 10n ** 18n)

/** Seconds a claim may wait for inclusion. */
const PATIENCE = 60n

const LEGS: readonly string[] = ['bid', 'claim', 'root', 'credit']

/** The same claims are the same intent, so that their sale happens once and can be found again. */
function guardOf({ deployment }: Seller, { claims }: Redemption): Hash {
  const names = claims.map(({ intent, collateral }) => `${intent}:${collateral}`).sort()
  return keccak256(encodeAbiParameters([{ type: 'address' }, { type: 'string[]' }], [deployment.vault, names]))
}

const waiting = ({ usableAt }: RootState, { root }: Redemption, gasCost: bigint): ClaimStep => ({
  kind: 'waiting',
  usableAt,
  number: root.number,
  gasCost,
})

const stuck = (refusal: Refusal | undefined, gasCost: bigint): ClaimStep => ({
  kind: 'stuck',
  reason: refusal?.reason ?? 'REVERTED',
  gasCost,
})
