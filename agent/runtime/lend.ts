// A provider's credit lines: asked for on chain, opened once the deposit is deep enough for us, watched until they end.
import { isBreached, type Line, type LineEvent } from '../domain/credit-line.ts'
import type { Head, PriceBatch } from '../domain/market.ts'
import { type AccountId, type CollateralId, type Wad, wad } from '../domain/units.ts'
import type { EngineEvents, LineOrder, Purchase } from '../ports/chain.ts'
import type { Context, EngineSeat, VaultSeat } from './context.ts'

/** What lending needs of the agent. */
type Room = Pick<Context, 'vaults' | 'valueOf' | 'emit' | 'tell' | 'tasks' | 'signal'>

export type LendingTerms = {
  /** Kept above the priced gap, in bps of the principal. */
  readonly margin: number
  readonly maxLine: Wad
  /** Blocks on top of a deposit before cash is fronted on it: the provider's own trust in the vault chain. */
  readonly depth: bigint
  /** Reserves that nothing else was promised from. */
  readonly free: () => Promise<bigint>
  /** What the gap of a value of this collateral must be paid, in bps; undefined without a price. */
  readonly gapPremium: (collateral: CollateralId, value: Wad) => number | undefined
  /** Why nothing new is taken of this collateral; undefined while it is. */
  readonly shut: (collateral: CollateralId) => string | undefined
  /** Prices that an order may carry; none when too few are fresh. */
  readonly batches: () => readonly PriceBatch[]
  /** A line was repaid: its fee is earned. */
  readonly earned: (line: Line, id: AccountId) => void
}

export type Lender = {
  /** Follows a head. Answers the claims that enforced lines gave us, at the cost of what was lent. */
  heard(events: EngineEvents, head: Head): readonly Purchase[]
  /** Principal of lines accepted and not opened yet. */
  readonly promised: bigint
  /** Whether a line of ours is deposited for under this account. */
  knows(id: AccountId): boolean
}

type Loan = {
  readonly id: AccountId
  readonly line: Line
  readonly signature: `0x${string}`
  stage: 'waiting' | 'open' | 'enforced' | 'closed'
  busy: boolean
}

/** The lending book of one provider at one engine. */
export function createLender(context: Room, seat: EngineSeat, terms: LendingTerms): Lender {
  const loans = new Map<string, Loan>()
  const lending = { context, seat, terms, loans }
  return {
    get promised() {
      return [...loans.values()].reduce((sum, { stage, line }) => sum + (stage === 'waiting' ? line.principal : 0n), 0n)
    },
    knows: (id) => loans.has(key(id)),
    heard(events, head) {
      const claims = events.lines.flatMap((event) => note(lending, event, head))
      const credited = new Set(events.touched.map(key))
      for (const loan of loans.values()) {
        if (loan.busy || loan.stage === 'closed') continue
        loan.busy = true
        const work = step(lending, loan, { head, credited: credited.has(key(loan.id)) }).finally(() => {
          loan.busy = false
        })
        context.tasks.own('line', work)
      }
      return claims
    },
  }
}

type Lending = {
  readonly context: Room
  readonly seat: EngineSeat
  readonly terms: LendingTerms
  readonly loans: Map<string, Loan>
}

/** Books what the chain says of a line. Answers the claim that a settled one gave us. */
function note(lending: Lending, event: LineEvent, head: Head): readonly Purchase[] {
  const { context, seat, terms, loans } = lending
  const loan = loans.get(key(event.id))
  if (event.kind === 'requested') {
    const ours = same(event.line.provider, seat.executor) && loan === undefined
    if (ours) context.tasks.own('answer line', answer(lending, event, head))
    return []
  }
  if (loan === undefined) return []
  switch (event.kind) {
    case 'opened':
      loan.stage = 'open'
      return []
    case 'enforced':
      loan.stage = 'enforced'
      return []
    case 'repaid':
      loan.stage = 'closed'
      terms.earned(loan.line, loan.id)
      return []
    case 'settled':
      return claimOf(lending, loan, event)
  }
}

async function answer(
  lending: Lending,
  asked: Extract<LineEvent, { readonly kind: 'requested' }>,
  head: Head,
): Promise<void> {
  const { context, terms, loans } = lending
  const { id, line } = asked
  const reason = refusalOf(lending, line, head) ?? (await shortage(terms, line))
  if (reason !== undefined) return context.emit('line:declined', { line: id, principal: line.principal, reason })
  loans.set(key(id), { ...asked, stage: 'waiting', busy: false })
  context.emit('line:accepted', { line: id, principal: line.principal, fee: line.fee })
}

function claimOf(
  { context, seat }: Lending,
  loan: Loan,
  { toProvider, tx }: Extract<LineEvent, { readonly kind: 'settled' }>,
): readonly Purchase[] {
  if (loan.stage !== 'enforced' || toProvider === 0n) return []
  loan.stage = 'closed'
  const { user, collateral, principal } = loan.line
  const value = context.valueOf(seat.chain.id, collateral, toProvider) ?? principal
  return [{ provider: seat.executor, bidder: user, account: loan.id, value, cash: principal, tx }]
}

/** Does what is due about a loan, if anything. A refusal is tried again at the next head. */
async function step(lending: Lending, loan: Loan, now: Now): Promise<void> {
  const { context, seat, terms } = lending
  const kind = await dueStep(lending, loan, now)
  const batches = terms.batches()
  if (kind === undefined || batches.length === 0) return
  const { id, line, signature } = loan
  const common = { id, line, batches }
  const order: LineOrder = kind === 'open' ? { ...common, kind, signature } : { ...common, kind }
  const outcome = await seat.chain.orderLine(order, context.signal)
  if (outcome.gasCost > 0n)
    context.tell({ kind: 'gas', chain: seat.chain.id, cost: wad(outcome.gasCost), purpose: 'root' })
  if (outcome.kind === 'refused') return context.emit('line:refused', { line: id, kind, reason: outcome.reason })
  context.emit('line:moved', { line: id, kind, principal: line.principal, tx: outcome.tx })
  // The chain has it: what the logs say later only repeats it.
  if (kind === 'open') loan.stage = 'open'
}

/** Why we would not lend on these terms; undefined when we would. */
function refusalOf({ context, seat, terms }: Lending, line: Line, head: Head): string | undefined {
  const vault = vaultOf(context, line.collateral)
  const value = context.valueOf(seat.chain.id, line.collateral, line.amount)
  const premium = terms.gapPremium(line.collateral, line.principal)
  if (vault === undefined) return 'unknown collateral'
  const shut = terms.shut(line.collateral)
  if (shut !== undefined) return shut
  if (!same(line.beneficiary, vault.executor)) return 'another beneficiary than ours'
  if (BigInt(line.openBy) <= head.timestamp || line.expiry <= line.openBy) return 'too late to open'
  if (value === undefined || premium === undefined) return 'no fresh price to value the collateral'
  if (isBreached(line, value)) return 'above its own LTV'
  if (line.maxLtv * (10_000 + line.penalty) > 10_000 * 10_000) return 'no room for the penalty at the agreed LTV'
  if (line.principal > terms.maxLine) return `above the limit of ${terms.maxLine} a line`
  const least = (line.principal * BigInt(premium + terms.margin)) / 10_000n
  return line.fee < least ? `a fee of ${line.fee} is below ${least}` : undefined
}

async function shortage({ free }: LendingTerms, { principal }: Line): Promise<string | undefined> {
  const left = await free()
  return principal > left ? `reserves exhausted: ${left} free, ${principal} asked` : undefined
}

type Now = { readonly head: Head; readonly credited: boolean }

/** What is to be done about a loan now, if anything. */
async function dueStep(lending: Lending, loan: Loan, { head, credited }: Now): Promise<LineOrder['kind'] | undefined> {
  const { line } = loan
  switch (loan.stage) {
    case 'waiting':
      if (head.timestamp <= BigInt(line.openBy)) return (await mayOpen(lending, loan)) ? 'open' : undefined
      loan.stage = 'closed'
      lending.context.emit('line:declined', { line: loan.id, principal: line.principal, reason: 'no deposit in time' })
      return undefined
    case 'open': {
      const value = lending.context.valueOf(lending.seat.chain.id, line.collateral, line.amount)
      const breached = value !== undefined && isBreached(line, value)
      return breached || head.timestamp > BigInt(line.expiry) ? 'enforce' : undefined
    }
    case 'enforced':
      return credited ? 'settle' : undefined
    case 'closed':
      return undefined
  }
}

/** A route that was tripped since the line was accepted is lent on no more. */
const mayOpen = async (lending: Lending, loan: Loan): Promise<boolean> =>
  lending.terms.shut(loan.line.collateral) === undefined && (await isLocked(lending, loan))

/** Whether the whole collateral lies in the vault, as deep as we want it. */
async function isLocked({ context, terms }: Lending, { id, line }: Loan): Promise<boolean> {
  const vault = vaultOf(context, line.collateral)
  const asset = vault?.deployment.assets.find(({ collateral }) => collateral === line.collateral)?.token
  if (vault === undefined || asset === undefined) return false
  const { number } = await vault.chain.latest()
  if (number < terms.depth) return false
  return (await vault.chain.deposited(id, asset, number - terms.depth)) >= line.amount
}

const vaultOf = (context: Room, collateral: CollateralId): VaultSeat | undefined =>
  [...context.vaults.values()].find(({ deployment }) =>
    deployment.assets.some((asset) => asset.collateral === collateral),
  )

const key = (id: string): string => id.toLowerCase()
const same = (a: string, b: string): boolean => key(a) === key(b)
