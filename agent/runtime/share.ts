// Proven margin states for peers: nearest to liquidation first, each account by one agent, a few per second.
import type { MarginAccount } from '../domain/market.ts'
import { type AccountId, type ChainId, millis } from '../domain/units.ts'
import type { Context, EngineSeat } from './context.ts'
import { rest } from './tasks.ts'

/** An account in order of urgency: equity over maintenance, smaller is nearer. */
export type Ranked = { readonly account: MarginAccount; readonly cover: number }

export type Sharing = {
  /** This agent's number among `of` sharers; an account belongs to one of them. */
  readonly index: number
  readonly of: number
  /** Accounts known from our own node, by engine, with their cover. */
  readonly ranked: (engine: ChainId) => readonly Ranked[]
}

const PAUSE = millis(1_500)
/** A state is shared again after this many blocks even when nothing changed, for late joiners. */
const REPEAT = 40n

/** Runs until the signal fires. */
export async function share(context: Context, seat: EngineSeat, sharing: Sharing): Promise<void> {
  const shared = new Map<AccountId, { readonly version: bigint; readonly number: bigint }>()
  while (!context.signal.aborted) {
    await rest(context.clock, PAUSE, context.signal)
    const number = (await seat.chain.latest()).number - BigInt(seat.deployment.finality)
    const due = sharing
      .ranked(seat.chain.id)
      .filter(({ account }) => mine(account.id, sharing) && account.anchor.number <= number)
      .filter(({ account }) => isDue(account, shared.get(account.id), number))
      .sort((a, b) => a.cover - b.cover)
      .at(0)
    if (due === undefined || context.signal.aborted) continue
    const state = await seat.chain.provenState(due.account, number)
    await context.gossip.publish('state', state)
    shared.set(due.account.id, { version: due.account.version, number })
    context.emit('state:shared', { account: due.account.id, version: due.account.version, cover: due.cover })
  }
}

const mine = (account: AccountId, { index, of }: Sharing): boolean => BigInt(account) % BigInt(of) === BigInt(index)

function isDue(
  account: MarginAccount,
  last: { readonly version: bigint; readonly number: bigint } | undefined,
  number: bigint,
): boolean {
  return last === undefined || last.version !== account.version || last.number + REPEAT < number
}
