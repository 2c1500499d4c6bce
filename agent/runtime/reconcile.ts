// The books against the chain, to the wei: what others moved is looked up and booked, what is missing stops the bidding.
import type { Halt } from '../core/protect.ts'
import { type Asset, balanceOf, balancesOf, type LedgerAccount, move, opened, reversed } from '../domain/posting.ts'
import { type ChainId, type Millis, millis } from '../domain/units.ts'
import type { Statement, Statements } from '../ports/chain.ts'
import type { Clock } from '../ports/clock.ts'
import type { Journal } from '../ports/journal.ts'
import type { Context } from './context.ts'
import type { Emit } from './events.ts'
import { rest } from './tasks.ts'

/** What the comparison works with. */
export type Reconciling = {
  readonly journal: Pick<Journal, 'post' | 'balances' | 'postings' | 'open'>
  readonly statements: Statements
  /** Claims under way to this chain, by asset; undefined while a bid is under way, which may open more. */
  readonly inFlight: () => Promise<ReadonlyMap<Asset, bigint> | undefined>
  /** Nothing is bid from here on. */
  readonly halt: (halt: Omit<Halt, 'at'>) => void
  readonly emit: Emit
}

/** One chain's books. */
export type Reconciler = {
  readonly chain: ChainId
  /** Compares once. Answers what is missing or too much after everything was explained; empty when books and chain agree. */
  look(): Promise<readonly Difference[]>
  /** An operator takes the chain's word for what the bidding was stopped for, and for nothing more: booked at the next look. */
  accept(): void
}

/** The chain's amount less ours. */
export type Difference = { readonly asset: Asset; readonly amount: bigint }

/** The books of one chain of a running agent. */
export function reconcilerOf(context: Context, statements: Statements): Reconciler {
  const { journal, emit } = context
  const halt = (why: Omit<Halt, 'at'>): void =>
    context.tell({ kind: 'halt', halt: { ...why, at: context.clock.now() } })
  return createReconciler({ journal, statements, halt, emit, inFlight: () => claimsTo(context, statements.chain) })
}

/** What the mirrors owe our executor on a chain beyond what its vaults paid; undefined while a bid may add to it. */
async function claimsTo(context: Context, chain: ChainId): Promise<ReadonlyMap<Asset, bigint> | undefined> {
  const quiet = (): boolean => [...context.engines.keys()].every((id) => context.journal.open(id).length === 0)
  const claims = new Map<Asset, bigint>()
  for (const { chain: vault, deployment, executor } of context.vaults.values()) {
    const engine = context.engines.get(deployment.engine)
    if (!quiet()) return undefined
    if (deployment.chain !== chain || engine === undefined) continue
    for (const { token } of deployment.assets) {
      const [owed, claimed] = await Promise.all([
        engine.chain.owed(deployment.id, executor, token),
        vault.claimed(executor, token),
      ])
      claims.set(token, (claims.get(token) ?? 0n) + owed - claimed)
    }
  }
  return quiet() ? claims : undefined
}

const PAUSE: Millis = millis(5_000)

/** Compares until the signal fires. */
export async function reconcile(reconciler: Reconciler, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await reconciler.look()
    await rest(clock, PAUSE, signal)
  }
}

/** Tells how many claims our coin pays for, as fees and balance change, until the signal fires. */
export async function watchRunway(
  context: Pick<Context, 'tell' | 'emit' | 'clock'> & { readonly signer: Pick<Context['signer'], 'address'> },
  statements: Pick<Statements, 'chain' | 'runway'>,
  least: number,
  signal: AbortSignal,
): Promise<void> {
  const { chain } = statements
  let short = false
  for (let known: number | undefined; !signal.aborted; ) {
    const claims = await statements.runway()
    if (claims !== known) context.tell({ kind: 'runway', chain, claims })
    known = claims
    const found = `our coin on chain ${chain} pays for ${claims} claims, the runway is ${least}`
    if (claims < least && !short)
      context.emit('alarm', { code: 'W_UNDERFUNDED', detail: `${found}: send coin to ${context.signer.address}` })
    short = claims < least
    await rest(context.clock, PAUSE, signal)
  }
}

/** Looks in a row at which something is missing before it counts: the pump may be a block behind. */
const PATIENCE = 3
/** The same while a transaction of ours is under way: it may be final, and not be booked while nodes do not answer. */
const PATIENCE_UNDER_WAY = 12

/** What a reconciler remembers between two looks: what it stopped the bidding for, and what of that an operator accepted. */
type Memory = {
  matched: bigint | undefined
  doubts: number
  missing: readonly Difference[]
  accepted: readonly Difference[]
}

/** The books of one chain; they begin with what the chain holds once nothing of ours is under way. */
export function createReconciler(at: Reconciling): Reconciler {
  const { chain } = at.statements
  const memory: Memory = { matched: undefined, doubts: 0, missing: [], accepted: [] }
  return {
    chain,
    accept: () => {
      memory.accepted = memory.missing
    },
    look: async () => {
      const statement = await at.statements.read()
      memory.matched ??= beginning(at.journal, chain)
      if (statement === undefined) return []
      if (memory.matched === undefined) memory.matched = await open(at, statement)
      return memory.matched === undefined || statement.block <= memory.matched ? [] : compare(at, memory, statement)
    },
  }
}

async function compare(at: Reconciling, memory: Memory, statement: Statement): Promise<readonly Difference[]> {
  const { journal, statements } = at
  const { block } = statement
  if (differences(journal, statements.chain, statement).length > 0)
    for (const posting of await statements.explain(memory.matched ?? block, block)) journal.post(posting)
  const found = differences(journal, statements.chain, statement)
  memory.doubts = found.length > 0 ? memory.doubts + 1 : 0
  const patience = journal.open(statements.chain).length > 0 ? PATIENCE_UNDER_WAY : PATIENCE
  if (memory.doubts > 0 && memory.doubts < patience && !isAccepted(memory, found)) return found
  memory.matched = block
  return conclude(at, memory, { found, block })
}

/** Whether nothing more is missing than what an operator saw and accepted. */
const isAccepted = ({ accepted }: Memory, found: readonly Difference[]): boolean =>
  found.every(({ asset, amount }) => amount > 0n || accepted.some((one) => one.asset === asset && one.amount <= amount))

/** After explanations and patience: too much is taken as it is, too little stops us until an operator accepts it. */
function conclude(
  at: Reconciling,
  memory: Memory,
  { found, block }: { readonly found: readonly Difference[]; readonly block: bigint },
): readonly Difference[] {
  const { chain } = at.statements
  for (const more of found.filter(({ amount }) => amount > 0n)) take(at, more, { account: 'arrived', block })
  const missing = found.filter(({ amount }) => amount < 0n)
  const accepted = isAccepted(memory, missing)
  Object.assign(memory, { missing: accepted ? [] : missing, accepted: [] })
  if (accepted) {
    for (const less of missing) take(at, less, { account: 'accepted', block })
    return []
  }
  at.halt({ reason: 'unreconciled', detail: inWords(chain, missing) })
  at.emit('books:unreconciled', { chain, block, missing })
  return missing
}

type Taken = { readonly account: LedgerAccount; readonly block: bigint }

/** The chain's word over ours. Anybody may send us something: that stops nothing, but is said. */
function take({ journal, statements, emit }: Reconciling, difference: Difference, { account, block }: Taken): void {
  const { chain } = statements
  const { asset, amount } = difference
  const entries = move({ chain, asset, amount, from: account, to: 'actual' })
  journal.post({ ref: `${account} ${chain} ${asset} ${block}`, chain, block, entries })
  if (account === 'arrived') emit('books:arrived', { chain, asset, amount, block })
}

/** Where differences were last settled by the chain's word; undefined before the books of a chain were opened. */
function beginning(journal: Reconciling['journal'], chain: ChainId): bigint | undefined {
  const marks = journal.postings(chain, -1n).filter(({ ref }) => /^(opening|arrived|accepted) /.test(ref))
  return marks.reduce<bigint | undefined>(
    (top, { block }) => (top === undefined || block > top ? block : top),
    undefined,
  )
}

/** Opens the books at what the chain holds. Undefined while a transaction of ours is under way: then it is in neither. */
async function open({ journal, statements, inFlight }: Reconciling, statement: Statement): Promise<bigint | undefined> {
  const { chain } = statements
  const { block } = statement
  const claims = journal.open(chain).length > 0 ? undefined : await inFlight()
  if (claims === undefined || journal.open(chain).length > 0) return undefined
  const held = differences(journal, chain, statement).flatMap(({ asset, amount }) =>
    move({ chain, asset, amount, from: 'opening', to: 'actual' }),
  )
  const known = journal.balances()
  const owed = [...claims].flatMap(([asset, amount]) =>
    opened(chain, asset, amount - balanceOf(known, { chain, asset, account: 'in-flight' })),
  )
  journal.post({ ref: `opening ${chain}`, chain, block, entries: [...held, ...owed] })
  return block
}

/** Every asset in which the books as of the statement's block are not the chain. */
function differences(
  journal: Reconciling['journal'],
  chain: ChainId,
  { block, balances }: Statement,
): readonly Difference[] {
  const books = balancesOf(journal.postings(chain, block).map(reversed), journal.balances())
  return balances.flatMap(({ asset, amount }) => {
    const difference = amount - balanceOf(books, { chain, asset, account: 'actual' })
    return difference === 0n ? [] : [{ asset, amount: difference }]
  })
}

const inWords = (chain: ChainId, missing: readonly Difference[]): string =>
  `chain ${chain} holds less than the books say: ${missing.map(({ asset, amount }) => `${-amount} of ${asset}`).join(', ')}`
