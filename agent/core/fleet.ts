// Agents of one owner on one executor: every account belongs to one of them, and another takes over when it falls silent.
import type { Address } from 'viem'
import { type AccountId, type ChainId, type Instant, instant } from '../domain/units.ts'
import { fnv1a, mulberry32 } from '../maths/seeded.ts'
import type { Core } from './state.ts'

/** Whose turn an account is. */
export type Duty =
  | { readonly kind: 'ours' }
  | { readonly kind: 'theirs'; readonly of: Address; readonly until: Instant }

/** A member of the fleet said that it has seen a block of an engine. */
export function heardMember({ fleet }: Core, member: Address, heads: readonly Seen[]): void {
  for (const { chain, number } of heads) {
    const key = `${member.toLowerCase()} ${chain}`
    if (number > (fleet.get(key) ?? -1n)) fleet.set(key, number)
  }
}

type Seen = { readonly chain: ChainId; readonly number: bigint }

/** The first block that we saw of an engine since our start. */
export function firstSeen({ fleet }: Core, { chain, number }: Seen): void {
  const key = `first ${chain}`
  if (!fleet.has(key)) fleet.set(key, number)
}

/** Ours without a fleet, and when everybody before us in the order of this account is more than two blocks behind. */
export function dutyOf(core: Core, { engine, id }: { readonly engine: ChainId; readonly id: AccountId }): Duty {
  const { fleet } = core.setup
  if (fleet === undefined) return { kind: 'ours' }
  const head = core.book.heads.get(engine)
  const number = head?.head.number ?? 0n
  const first = core.fleet.get(`first ${engine}`) ?? number
  const until = instant((head?.seenAt ?? 0) + LOOK_AGAIN)
  // Who has just come lets its stand-ins finish, and learns meanwhile who else is there.
  if (number <= first + TAKEOVER) return { kind: 'theirs', of: fleet.me, until }
  for (const member of orderOf(fleet.members, id)) {
    if (same(member, fleet.me)) return { kind: 'ours' }
    const seen = core.fleet.get(`${member.toLowerCase()} ${engine}`)
    if (seen !== undefined && seen + TAKEOVER >= number) return { kind: 'theirs', of: member, until }
  }
  return { kind: 'ours' }
}

/** Blocks that a member may be behind and still do its duty. */
const TAKEOVER = 2n
/** Milliseconds after which a standby looks again whether it is alone. */
const LOOK_AGAIN = 500

/** Highest random weight: every member knows the order of all for every account, and a loss moves only its accounts. */
const orderOf = (members: readonly Address[], account: AccountId): readonly Address[] =>
  members
    .map((member) => ({ member, weight: mulberry32(fnv1a(`${member} ${account}`.toLowerCase()))() }))
    .sort((a, b) => b.weight - a.weight)
    .map(({ member }) => member)

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
