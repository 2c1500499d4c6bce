// Sending with our own nonces, journal first: bytes leave only after they are durable, and travel until they are final.
import type { Address, Hex } from 'viem'
import { EXIT, invariantBroken, LienmeshError, unavailable } from '../../domain/errors.ts'
import { type Wad, wad } from '../../domain/units.ts'
import { type Content, cancellation, type Fees, journaled, sign, unsignedBytes } from './attempt.ts'
import { openDataFee } from './data-fee.ts'
import { baseFeeNow, capped, ceilingOf, marketFees, raised, spentFees } from './fees.ts'
import { openNonces } from './open-nonces.ts'
import { type Fate, newPending, type Pending } from './pending.ts'
import { broadcast, chainNonce, FOREIGN, foreign, type Pump, pump, type TransactorOptions } from './pump.ts'
import type { Rpc } from './rpc.ts'
import { sameChain } from './same-chain.ts'

export type { Fate } from './pending.ts'

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
  /** Dollars at stake: decide how deep is final. Nothing by default. */
  readonly value?: Wad
  /** Dollars that may be spent on gas, replacements included, and gas likely used. No limit of its own by default. */
  readonly budget?: { readonly most: Wad; readonly likely: bigint }
  /** True for what makes no sense unless it is included soon: E_GAS_BUDGET already where it leaves no room for a dearer block. */
  readonly now?: boolean
}

/** One key on one chain. */
export type Transactor = {
  readonly address: Address
  /** Resolves at inclusion; what a later reorg removes is sent again by itself. An abort ends the wait, not the order. */
  send(order: Order, signal: AbortSignal): Promise<Fate>
  close(): Promise<void>
}

/** Takes up the journal's open transactions, then serves. E_JOURNAL_OWNER, E_NONCE_FOREIGN or E_INVARIANT when journal and chain part. */
export async function openTransactor(options: TransactorOptions): Promise<Transactor> {
  const { rpc, signer, journal } = options
  const dataFee = await openDataFee(rpc)
  const open = journal.open(rpc.chain).filter(({ from }) => from.toLowerCase() === signer.address.toLowerCase())
  const pending = openNonces(open, options)
  let next = await firstNonce(options, pending)
  let turn: Promise<unknown> = Promise.resolve()
  const ended = new AbortController()
  const write = async (content: Content, nonce: number, fees: Fees) => {
    const attempt = await sign(signer, { chain: rpc.chain, nonce }, content, fees)
    journal.commit(journaled(attempt, rpc.chain, signer.address, nonce))
    return attempt
  }
  const state: Pump = { ...options, pending, write, next: () => next, ...undisturbed() }
  const keep = (placed: Pending) => {
    pending.set(next++, placed)
    return placed
  }
  const place = async (order: Order): Promise<Pending> => {
    const content = contentOf(order)
    if (underWay(pending, content)) throw alreadyUnderWay(rpc, content)
    const worth = { likely: order.budget?.likely ?? order.gas, budget: order.budget?.most }
    const [base, data] = await Promise.all([
      state.seen.base ?? baseFeeNow(rpc, options.fees),
      dataFee(unsignedBytes({ chain: rpc.chain, nonce: next }, content, { maxFee: options.fees.ceiling, tip: 0n })),
    ])
    const ceiling = ceilingOf(worth, options.fees, data)
    const market = marketFees(base, options.fees, order.tip)
    // A nonce that cannot go holds up every later one.
    const least = order.now ? market.maxFee : base
    if (least > ceiling) throw tooDear(rpc, least, ceiling)
    const attempt = await write(content, next, capped(market, ceiling)).catch(orSpent)
    if (!('raw' in attempt)) {
      away(keep(await givenUp(state, attempt, base)))
      return place(order)
    }
    return keep(newPending(next, [attempt], { deadline: order.deadline, value: order.value ?? wad(0n), ceiling }))
  }
  const away = (order: Pending) => void broadcast(state, order).catch((error: unknown) => options.trouble?.(error))
  for (const order of pending.values()) away(order)
  const running = pump(state, ended.signal)
  return {
    address: signer.address,
    send: async (order, signal) => {
      const placed = turn.then(() => {
        signal.throwIfAborted()
        if (state.halt.reason) throw state.halt.reason
        return place(order)
      })
      turn = placed.catch(() => undefined)
      const mine = await placed
      away(mine)
      return untilAborted(mine.fate.promise, signal)
    },
    close: () => {
      ended.abort()
      return running
    },
  }
}

/** Nothing has stopped the key, and no head was seen. */
const undisturbed = (): Pick<Pump, 'halt' | 'seen'> => ({
  halt: { reason: undefined },
  seen: { head: undefined, base: undefined },
})

/** The fees that the nonce was signed with before, when that is why it was refused; any other error is thrown on. */
function orSpent(error: unknown): Fees {
  const spent = spentFees(error)
  if (spent === undefined) throw error
  return spent
}

/** A nonce that the signer signed for bytes which the journal never saw: nothing else may ever be signed for it. */
async function givenUp(state: Pump, spent: Fees, base: bigint): Promise<Pending> {
  const { ceiling } = state.fees
  const fees = raised(spent, ceiling, marketFees(base, state.fees))
  if (fees === undefined) throw tooDear(state.rpc, spent.maxFee, ceiling)
  const attempt = await state.write(cancellation(state.signer.address, undefined), state.next(), fees)
  return newPending(state.next(), [attempt], { deadline: undefined, value: wad(0n), ceiling })
}

/** An earlier life may have sent it: what was signed for an intent's leg travels on, and nothing is signed beside it. */
const underWay = (pending: ReadonlyMap<number, Pending>, { intent, leg }: Content): boolean =>
  intent !== undefined &&
  [...pending.values()].some(({ attempts }) =>
    attempts.some(({ content }) => content.intent === intent && content.leg === leg),
  )

const alreadyUnderWay = ({ chain }: Rpc, { intent, leg }: Content): LienmeshError =>
  unavailable(
    'E_UNDER_WAY',
    `The ${leg} of ${intent} is on its way on chain ${chain} since an earlier run.`,
    'Nothing to do: its fate is waited for, then the next quote looks again.',
  )

const contentOf = ({ to, data, gas, intent, leg, value }: Order): Content => ({
  ...{ to, data, gas, intent, leg },
  ...(value === undefined ? {} : { reserved: value }),
})

/** The journal's next nonce. What it settled and the chain does not have any more is taken up again by the pump. */
async function firstNonce(options: TransactorOptions, pending: ReadonlyMap<number, Pending>): Promise<number> {
  const { rpc, signer, journal } = options
  await sameChain(rpc, journal)
  const stolen = journal.recall(FOREIGN(rpc.chain, signer.address))
  if (stolen !== undefined) throw foreign(options, Number(stolen))
  const onChain = await chainNonce(options)
  const next = journal.nextNonce(rpc.chain, signer.address)
  if (next === undefined) return onChain
  if (onChain > next) throw behind(options, next, onChain)
  const written = new Set(journal.history(rpc.chain, signer.address, onChain).map(({ nonce }) => nonce))
  for (let nonce = onChain; nonce < next; nonce++)
    if (!pending.has(nonce) && !written.has(nonce)) throw gap(options, nonce)
  return next
}

function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const stop = () => reject(signal.reason)
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
  return Promise.race([promise, aborted]).finally(() => signal.removeEventListener('abort', stop))
}

const tooDear = ({ chain }: Rpc, market: bigint, ceiling: bigint): LienmeshError =>
  unavailable(
    'E_GAS_BUDGET',
    `Gas on chain ${chain} costs ${market} wei, the order is worth ${ceiling} at most.`,
    'Nothing was sent; the next quote looks again.',
  )

const behind = ({ rpc, signer }: TransactorOptions, next: number, onChain: number): LienmeshError =>
  new LienmeshError(
    'E_NONCE_FOREIGN',
    `The journal's next nonce of ${signer.address} on chain ${rpc.chain} is ${next}, the chain is at ${onChain}: another sender, or an old copy of the journal.`,
    {
      remedy: 'halt',
      exit: EXIT.safetyStop,
      fix: 'Bring back the newest journal. If another sender holds this key, give the agent a key of its own.',
    },
  )

const gap = ({ rpc, signer }: TransactorOptions, nonce: number): LienmeshError =>
  invariantBroken('The journal lacks a transaction below its newest and above the chain: a journal of another chain.', {
    chain: rpc.chain,
    from: signer.address,
    nonce,
  })
