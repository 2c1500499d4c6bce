// What happens to unfinished nonces at every head: believed, finished, replaced, cancelled, sent again, or taken up again.
import type { Address } from 'viem'
import { EXIT, LienmeshError } from '../../domain/errors.ts'
import type { Head } from '../../domain/market.ts'
import type { FinalityTier } from '../../domain/network.ts'
import type { ChainId } from '../../domain/units.ts'
import type { Journal } from '../../ports/journal.ts'
import type { Signer } from '../../ports/signer.ts'
import { type Attempt, CANCEL, type Content, cancellation, type Fees } from './attempt.ts'
import { type Premises, postingOf } from './bookkeeping.ts'
import { includedAmong } from './evidence.ts'
import { baseFeeNow, type FeePolicy, marketFees, raised, spentFees } from './fees.ts'
import { tierOf } from './finality.ts'
import type { Heads } from './heads.ts'
import { openNonces } from './open-nonces.ts'
import type { Pending } from './pending.ts'
import { type Mined, minedAmong } from './receipt.ts'
import type { Rpc } from './rpc.ts'
import { sendAnswer } from './send-answer.ts'

/** What one key on one chain sends with. */
export type TransactorOptions = {
  readonly rpc: Rpc
  readonly heads: Heads
  readonly signer: Signer
  readonly journal: Pick<
    Journal,
    'commit' | 'settle' | 'abandon' | 'open' | 'nextNonce' | 'history' | 'remember' | 'recall'
  >
  readonly fees: FeePolicy
  /** How deep is final, by amount. */
  readonly finality: readonly FinalityTier[]
  /** What is ours on the chain, for the books; gas alone is booked without. */
  readonly premises?: Premises | undefined
  /** Blocks without inclusion before the fees are raised; 3 by default. */
  readonly patience?: number
  /** Told of what the transactor survives by itself: a refused broadcast, a node that does not answer. */
  readonly trouble?: (error: unknown) => void
  /** Told of what an operator must know. */
  readonly alarm?: (code: string, detail: string) => void
}

/** The transactor's state as the pump sees it. */
export type Pump = TransactorOptions & {
  readonly pending: Map<number, Pending>
  /** Signs and journals one attempt. */
  readonly write: (content: Content, nonce: number, fees: Fees) => Promise<Attempt>
  /** The journal's next nonce. */
  readonly next: () => number
  /** Why nothing is sent with this key any more. */
  readonly halt: { reason: LienmeshError | undefined }
  /** What the newest head said, so that an order need not ask; undefined while it is not known. */
  readonly seen: { head: bigint | undefined; base: bigint | undefined }
}

/** Heads between two looks at nonces that were final; a reorg is looked at at once. */
const LOOK_BACK = 16n

/** Follows the heads until the signal aborts. */
export async function pump(state: Pump, signal: AbortSignal): Promise<void> {
  let looked: bigint | undefined
  for await (const event of state.heads.follow(signal)) {
    if (event.kind === 'reorg') looked = undefined
    else
      try {
        const { number } = event.head
        void seeFees(state, number)
        if (looked === undefined || number >= looked + LOOK_BACK) {
          await takeUpAgain(state)
          looked = number
        }
        await onHead(state, event.head)
      } catch (error) {
        state.trouble?.(error)
      }
  }
}

/** The base fee stands ready before anybody orders. Whoever needs it while it does not asks himself. */
async function seeFees({ seen, rpc, fees }: Pump, head: bigint): Promise<void> {
  // What the head before said is not asked for any more: a block may raise it.
  Object.assign(seen, { head, base: undefined })
  const base = await baseFeeNow(rpc, fees).catch(() => undefined)
  if (seen.head === head) seen.base = base
}

/**
 * A nonce that the chain does not have is open, whatever the journal says: its bytes travel again, those first which the
 * chain had. One that the chain has and we never wrote is somebody else's.
 */
async function takeUpAgain(state: Pump): Promise<void> {
  const { rpc, signer, journal, pending } = state
  const onChain = await chainNonce(state)
  if (onChain > state.next()) throw halted(state, onChain - 1)
  const lost = journal.history(rpc.chain, signer.address, onChain).filter(({ nonce }) => !pending.has(nonce))
  if (lost.length === 0) return
  const had = lost.filter(({ state }) => state === 'included' || state === 'reverted')
  for (const { hash } of lost) journal.settle(hash, 'signed')
  for (const [nonce, order] of openNonces([...lost.filter((tx) => !had.includes(tx)), ...had], state))
    pending.set(nonce, order)
  const which = [...new Set(lost.map(({ nonce }) => nonce))].join(', ')
  state.alarm?.(
    'E_UNFINAL',
    `chain ${rpc.chain} lost final transactions at nonce ${which}; the same bytes are sent again`,
  )
}

/** Every unsettled nonce is looked at on every head, in order. */
async function onHead(state: Pump, head: Head): Promise<void> {
  const orders = [...state.pending.values()].sort((a, b) => a.nonce - b.nonce)
  if (orders.length === 0) return
  const { believed, unproven } = await includedAmong(
    state.rpc,
    { from: state.signer.address, head },
    orders.flatMap(({ nonce, attempts, value }) =>
      attempts.map(({ hash }) => ({ hash, nonce, proof: tierOf(state.finality, value).proof })),
    ),
  )
  let base: bigint | undefined
  const waiting = orders.filter(
    ({ attempts }) => !attempts.some(({ hash }) => believed.has(hash) || unproven.has(hash)),
  )
  for (const order of orders) {
    const attempt = order.attempts.find(({ hash }) => believed.has(hash))
    const mined = attempt && believed.get(attempt.hash)
    // What is wrong with one nonce must not keep the others from their end.
    const look = async (): Promise<void> => {
      if (attempt && mined) return included(state, order, { attempt, mined, head })
      if (order.attempts.some(({ hash }) => unproven.has(hash))) return broadcast(state, order)
      base ??= state.seen.base ?? (await baseFeeNow(state.rpc, state.fees))
      await stillWaiting(state, order, { head, base, waiting })
    }
    await look().catch((error: unknown) => state.trouble?.(error))
  }
}

type Inclusion = { readonly attempt: Attempt; readonly mined: Mined; readonly head: Head }

function included(state: Pump, order: Pending, { attempt, mined, head }: Inclusion): void {
  order.waitingSince = undefined
  order.fate.resolve({ kind: attempt.content.leg === CANCEL ? 'cancelled' : 'mined', mined })
  const { blocks } = tierOf(state.finality, order.value)
  if (head.number < mined.anchor.number + BigInt(blocks)) return
  const { premises, journal } = state
  // What was included comes last: a kill in between leaves the nonce open, with the bytes that the chain knows.
  for (const { hash } of order.attempts) if (hash !== attempt.hash) journal.settle(hash, 'dropped')
  journal.settle(attempt.hash, mined.status, postingOf(premises, mined, attempt.content.leg))
  state.pending.delete(order.nonce)
}

/** The newest block, its base fee, and every order that is in no block. */
type Now = { readonly head: Head; readonly base: bigint; readonly waiting: readonly Pending[] }

async function stillWaiting(state: Pump, order: Pending, now: Now): Promise<void> {
  const { head } = now
  order.waitingSince ??= head.number
  const waited = head.number - order.waitingSince
  const last = order.attempts.at(-1)
  const tooLate = order.deadline !== undefined && head.timestamp > order.deadline && last?.content.leg !== CANCEL
  const cancel = tooLate || (inTheWay(order, now) && last?.content.leg !== CANCEL)
  const priced = isPriced(order, now.base) && !order.underpriced
  // Behind a nonce that cannot go, no fee gets anybody into a block.
  const queued = now.waiting.some((one) => one.nonce < order.nonce && !isPriced(one, now.base))
  const patient = queued || !(waited >= BigInt(state.patience ?? 3))
  if (cancel || !priced || !patient) await replace(state, order, now, cancel)
  if (waited > BigInt(tierOf(state.finality, order.value).blocks)) await checkForeign(state, order)
  await broadcast(state, order)
}

const isPriced = ({ attempts }: Pending, base: bigint): boolean => (attempts.at(-1)?.fees.maxFee ?? 0n) >= base

/** What cannot pay the base fee gives its nonce up as soon as something behind it can: nothing else may be late for it. */
const inTheWay = ({ ceiling, nonce }: Pending, { base, waiting }: Now): boolean =>
  ceiling < base &&
  waiting.some((one) => one.nonce > nonce && one.ceiling >= base && one.attempts.at(-1)?.content.leg !== CANCEL)

/** Another attempt at the same nonce, journaled like the first. At the ceiling the old bytes go on travelling. */
async function replace(state: Pump, order: Pending, { base }: Pick<Now, 'base'>, cancel: boolean): Promise<void> {
  const last = order.attempts.at(-1)
  if (last === undefined) return
  const content = cancel ? cancellation(state.signer.address, last.content.intent) : last.content
  // A cancel frees the nonces behind it: what it may cost is not the order's to say.
  const ceiling = content.leg === CANCEL ? state.fees.ceiling : order.ceiling
  const fees = raised(last.fees, ceiling, marketFees(base, state.fees))
  if (fees === undefined) return
  const attempt = await rewritten(state, content, { nonce: order.nonce, fees, ceiling })
  if (attempt === undefined) return
  order.attempts.push(attempt)
  order.waitingSince = undefined
  order.underpriced = false
}

type Raise = { readonly nonce: number; readonly fees: Fees; readonly ceiling: bigint }

/** The next attempt; undefined while there is no signer: the old bytes go on travelling. */
async function rewritten(state: Pump, content: Content, { nonce, fees, ceiling }: Raise): Promise<Attempt | undefined> {
  try {
    return await state.write(content, nonce, fees)
  } catch (error) {
    const spent = spentFees(error)
    const higher = spent && raised(spent, ceiling, fees)
    if (higher !== undefined) return state.write(content, nonce, higher)
    if (!(error instanceof LienmeshError) || error.remedy !== 'retry') throw error
    state.trouble?.(error)
    return undefined
  }
}

/** A nonce used by bytes we never signed means that somebody else has the key: nothing is sent with it any more. */
async function checkForeign(state: Pump, order: Pending): Promise<void> {
  if ((await chainNonce(state)) <= order.nonce) return
  const found = await minedAmong(
    state.rpc,
    order.attempts.map(({ hash }) => hash),
  )
  if (found.size > 0) return
  state.pending.delete(order.nonce)
  for (const { hash } of order.attempts.slice(0, 1)) state.journal.abandon(hash)
  const reason = halted(state, order.nonce)
  order.fate.reject(reason)
  throw reason
}

/** Nothing is sent with this key any more, in no later life either. */
function halted(state: Pump, nonce: number): LienmeshError {
  const reason = foreign(state, nonce)
  state.halt.reason = reason
  state.journal.remember(FOREIGN(state.rpc.chain, state.signer.address), String(nonce))
  state.alarm?.('E_NONCE_FOREIGN', reason.message)
  return reason
}

/** Where the journal keeps which nonce of a key somebody else used. */
export const FOREIGN = (chain: ChainId, key: Address): string => `foreign nonce ${chain} ${key.toLowerCase()}`

/** What handing bytes out needs of a pump. */
type Voice = Pick<Pump, 'halt' | 'alarm' | 'trouble'> & { readonly rpc: Pick<Rpc, 'send'> }

/** Hands the newest bytes to everybody. A refusal changes nothing but, at most, how soon the fees are raised. */
export async function broadcast(state: Voice, order: Pending): Promise<void> {
  const raw = order.attempts.at(-1)?.raw
  if (raw === undefined || state.halt.reason) return
  for (const { place, message } of await state.rpc.send(raw)) {
    const answer = sendAnswer(message)
    if (answer === 'known' || answer === 'nonce-too-low') continue
    if (answer === 'underpriced') order.underpriced = true
    const detail = `${place} refused nonce ${order.nonce} (${answer}): ${message}`
    if (answer === 'insufficient-funds') state.alarm?.('E_GAS_FUNDS', detail)
    else state.trouble?.(new Error(detail))
  }
}

/** The key's next nonce, as its chain has it. */
export const chainNonce = async ({ rpc, signer }: TransactorOptions): Promise<number> =>
  Number(
    await rpc.ask((node) => node.request({ method: 'eth_getTransactionCount', params: [signer.address, 'latest'] })),
  )

export const foreign = ({ rpc, signer }: TransactorOptions, nonce: number): LienmeshError =>
  new LienmeshError(
    'E_NONCE_FOREIGN',
    `Nonce ${nonce} of ${signer.address} on chain ${rpc.chain} was used by another sender.`,
    {
      remedy: 'halt',
      exit: EXIT.safetyStop,
      fix: 'Find who else holds this key. Give the agent a key of its own before it starts again.',
    },
  )
