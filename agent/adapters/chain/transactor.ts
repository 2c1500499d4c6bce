// Sending with our own nonces, journal first: bytes leave only after they are durable, and travel until they are mined.
import type { Address, Hex } from 'viem'
import { EXIT, invariantBroken, LienmeshError } from '../../domain/errors.ts'
import type { Head } from '../../domain/market.ts'
import type { Journal } from '../../ports/journal.ts'
import type { Signer } from '../../ports/signer.ts'
import { type Attempt, CANCEL, type Content, cancellation, type Fees, journaled, remembered, sign } from './attempt.ts'
import { type FeePolicy, firstFees, raised } from './fees.ts'
import type { Heads } from './heads.ts'
import { type Mined, minedAmong } from './receipt.ts'
import type { Rpc } from './rpc.ts'

export type TransactorOptions = {
  readonly rpc: Rpc
  readonly heads: Heads
  readonly signer: Signer
  readonly journal: Pick<Journal, 'commit' | 'settle' | 'open' | 'nextNonce'>
  readonly fees: FeePolicy
  /** Blocks on top after which a receipt is final and the nonce is forgotten. */
  readonly finality: number
  /** Blocks without inclusion before the fees are raised; 3 by default. */
  readonly patience?: number
  /** Told of what the transactor survives by itself: a refused broadcast, a node that does not answer. */
  readonly trouble?: (error: unknown) => void
}

/** A transaction to be sent: fixed gas limit, no value. */
export type Order = {
  readonly to: Address
  readonly data: Hex
  readonly gas: bigint
  readonly leg: string
  readonly intent?: Hex
  /** Chain time (s) after which it is cancelled at its own nonce. */
  readonly deadline?: bigint
  /** Overrides the policy's tip. */
  readonly tip?: bigint
}

/** How an order ended, as of its first block. A revert is mined. */
export type Fate = { readonly kind: 'mined' | 'cancelled'; readonly mined: Mined }

/** One key on one chain. */
export type Transactor = {
  readonly address: Address
  /** Resolves at inclusion; what a later reorg removes is sent again by itself. An abort ends the wait, not the order. */
  send(order: Order, signal: AbortSignal): Promise<Fate>
  close(): Promise<void>
}

/** Takes up the journal's open transactions, then serves. E_NONCE_FOREIGN and E_NONCE_GAP when journal and chain part. */
export async function openTransactor(options: TransactorOptions): Promise<Transactor> {
  const { rpc, signer, journal, heads } = options
  const pending = recovered(options)
  let next = await firstNonce(options, pending)
  let turn: Promise<unknown> = Promise.resolve()
  const ended = new AbortController()
  const write = async (content: Content, nonce: number, fees: Fees) => {
    const attempt = await sign(signer, { chain: rpc.chain, nonce }, content, fees)
    journal.commit(journaled(attempt, rpc.chain, signer.address, nonce))
    return attempt
  }
  const place = async ({ tip, deadline, intent, ...rest }: Order) => {
    const attempt = await write({ ...rest, intent }, next, await firstFees(rpc, options.fees, tip))
    const order = newPending(next++, [attempt], deadline)
    pending.set(order.nonce, order)
    return order
  }
  for (const order of pending.values()) void broadcast(options, order)
  const pump = followHeads({ ...options, pending, write }, ended.signal)
  return {
    address: signer.address,
    send: async (order, signal) => {
      const placed = turn.then(() => {
        signal.throwIfAborted()
        return place(order)
      })
      turn = placed.catch(() => undefined)
      const mine = await placed
      void broadcast(options, mine)
      return untilAborted(mine.fate.promise, signal)
    },
    close: () => {
      ended.abort()
      return pump
    },
  }

  async function followHeads(state: Pump, signal: AbortSignal): Promise<void> {
    for await (const event of heads.follow(signal)) {
      if (event.kind === 'head') await onHead(state, event.head).catch((error: unknown) => options.trouble?.(error))
    }
  }
}

type Pending = {
  readonly nonce: number
  readonly attempts: Attempt[]
  readonly deadline: bigint | undefined
  readonly fate: PromiseWithResolvers<Fate>
  /** Block at which the newest attempt was first seen waiting. */
  waitingSince: bigint | undefined
}

type Pump = TransactorOptions & {
  readonly pending: Map<number, Pending>
  readonly write: (content: Content, nonce: number, fees: Fees) => Promise<Attempt>
}

function newPending(nonce: number, attempts: Attempt[], deadline: bigint | undefined): Pending {
  const fate = Promise.withResolvers<Fate>()
  // Whoever stopped waiting must not turn a later rejection into a crash; those who wait still see it.
  fate.promise.catch(() => undefined)
  return { nonce, attempts, deadline, fate, waitingSince: undefined }
}

/** Every unsettled nonce is looked at on every head, in order. */
async function onHead(pump: Pump, head: Head): Promise<void> {
  const orders = [...pump.pending.values()].sort((a, b) => a.nonce - b.nonce)
  if (orders.length === 0) return
  const found = await minedAmong(
    pump.rpc,
    orders.flatMap((order) => order.attempts.map(({ hash }) => hash)),
  )
  for (const order of orders) {
    const attempt = order.attempts.find(({ hash }) => found.has(hash))
    const mined = attempt && found.get(attempt.hash)
    if (attempt && mined) included(pump, order, { attempt, mined, head })
    else await stillWaiting(pump, order, head)
  }
}

type Inclusion = { readonly attempt: Attempt; readonly mined: Mined; readonly head: Head }

function included(pump: Pump, order: Pending, { attempt, mined, head }: Inclusion): void {
  order.waitingSince = undefined
  order.fate.resolve({ kind: attempt.content.leg === CANCEL ? 'cancelled' : 'mined', mined })
  if (head.number < mined.anchor.number + BigInt(pump.finality)) return
  for (const { hash } of order.attempts) pump.journal.settle(hash, hash === attempt.hash ? mined.status : 'dropped')
  pump.pending.delete(order.nonce)
}

async function stillWaiting(pump: Pump, order: Pending, head: Head): Promise<void> {
  order.waitingSince ??= head.number
  const waited = head.number - order.waitingSince
  if (order.deadline !== undefined && head.timestamp > order.deadline) await replace(pump, order, true)
  else if (waited >= BigInt(pump.patience ?? 3)) await replace(pump, order, false)
  if (waited > BigInt(pump.finality)) await checkForeign(pump, order)
  await broadcast(pump, order)
}

/** Another attempt at the same nonce, journaled like the first. At the ceiling the old bytes go on travelling. */
async function replace(pump: Pump, order: Pending, tooLate: boolean): Promise<void> {
  const last = order.attempts.at(-1)
  if (last === undefined || (tooLate && last.content.leg === CANCEL)) return
  const fees = raised(last.fees, pump.fees.ceiling)
  if (fees === undefined) return
  const content = tooLate ? cancellation(pump.signer.address, last.content.intent) : last.content
  order.attempts.push(await pump.write(content, order.nonce, fees))
  order.waitingSince = undefined
}

/** A nonce used by bytes we never signed means that somebody else has the key. */
async function checkForeign(pump: Pump, order: Pending): Promise<void> {
  if ((await chainNonce(pump)) <= order.nonce) return
  const found = await minedAmong(
    pump.rpc,
    order.attempts.map(({ hash }) => hash),
  )
  if (found.size > 0) return
  pump.pending.delete(order.nonce)
  const error = foreign(pump, order.nonce)
  order.fate.reject(error)
  throw error
}

/** A refusal changes nothing: known, too low, underpriced or unheard, the receipt decides. */
async function broadcast(options: TransactorOptions, order: Pending): Promise<void> {
  const raw = order.attempts.at(-1)?.raw
  if (raw === undefined) return
  for (const { place, message } of await options.rpc.send(raw))
    if (!KNOWN.test(message)) options.trouble?.(new Error(`${place} refused nonce ${order.nonce}: ${message}`))
}

/** What nodes say of bytes they already have. */
const KNOWN = /already (known|imported)/i

function recovered({ rpc, signer, journal }: TransactorOptions): Map<number, Pending> {
  const pending = new Map<number, Pending>()
  for (const tx of journal.open(rpc.chain)) {
    if (tx.from.toLowerCase() !== signer.address.toLowerCase()) continue
    const known = pending.get(tx.nonce) ?? newPending(tx.nonce, [], undefined)
    known.attempts.push(remembered(tx))
    pending.set(tx.nonce, known)
  }
  return pending
}

async function firstNonce(options: TransactorOptions, pending: ReadonlyMap<number, Pending>): Promise<number> {
  const onChain = await chainNonce(options)
  const next = options.journal.nextNonce(options.rpc.chain, options.signer.address)
  if (next === undefined) return onChain
  if (onChain > next) throw foreign(options, next)
  for (let nonce = onChain; nonce < next; nonce++) if (!pending.has(nonce)) throw gap(options, nonce)
  return next
}

const chainNonce = async ({ rpc, signer }: TransactorOptions): Promise<number> =>
  Number(
    await rpc.ask((node) => node.request({ method: 'eth_getTransactionCount', params: [signer.address, 'latest'] })),
  )

function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const stop = () => reject(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  return Promise.race([promise, aborted]).finally(() => signal.removeEventListener('abort', stop))
}

const foreign = ({ rpc, signer }: TransactorOptions, nonce: number): LienmeshError =>
  new LienmeshError(
    'E_NONCE_FOREIGN',
    `Nonce ${nonce} of ${signer.address} on chain ${rpc.chain} was used by another sender.`,
    {
      remedy: 'halt',
      exit: EXIT.safetyStop,
      fix: 'Find who else holds this key. Give the agent a key of its own before it starts again.',
    },
  )

const gap = ({ rpc, signer }: TransactorOptions, nonce: number): LienmeshError =>
  invariantBroken(
    'The journal settled a transaction that the chain does not have: wrong journal or a very deep reorg.',
    {
      chain: rpc.chain,
      from: signer.address,
      nonce,
    },
  )
