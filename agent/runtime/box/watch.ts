// Looks at a guest while it works: who takes too long or too much is killed, who was only kept waiting is not.
import { type Guest, usageOf } from './process.ts'

/** What one answer may cost: milliseconds, and bytes above what the process held when it was ready. */
export type Budget = { readonly time: number; readonly memory: number; readonly start: number }

/** Something that the guest owes an answer to, since and until (milliseconds of the machine). */
export type Owed = { readonly since: number; readonly until: number }

export type Watch = {
  /** It was asked something. */
  begin(): void
  /** It is ready: what it holds now is not its doing. */
  settle(): void
  stop(): void
}

/** Milliseconds between two looks while it works, and while it should not. */
const [CLOSE, LOOSE] = [10, 250]
/** How many times its budget a guest may wait for a processor before it is taken for one that sleeps. */
const PATIENCE = 40

/** What is watched over: the oldest thing that is owed, if any, and how to end it. */
export type Watched = { readonly owed: () => Owed | undefined; readonly kill: (why: string) => void }

export function openWatch(guest: Guest, budget: Budget, { owed, kill }: Watched): Watch {
  let timer: NodeJS.Timeout | undefined
  let base = Number.POSITIVE_INFINITY
  /** What it owed at the last look, and what it had worked by then. */
  let last: { readonly owed: Owed | undefined; readonly busy: number } = { owed: undefined, busy: 0 }
  const look = (): void => {
    const now = owed()
    const usage = usageOf(guest.pid)
    if (usage !== undefined && usage.memory > base + budget.memory)
      return kill(`it took more than ${budget.memory >> 20} MB`)
    if (now !== last.owed) last = { owed: now, busy: usage?.busy ?? 0 }
    if (now !== undefined && isLate(now, usage && usage.busy - last.busy)) return kill('it took too long to answer')
    timer = setTimeout(look, now === undefined ? LOOSE : CLOSE).unref()
  }
  return {
    begin() {
      clearTimeout(timer)
      timer = setTimeout(look, CLOSE).unref()
    },
    settle() {
      base = usageOf(guest.pid)?.memory ?? base
    },
    stop: () => clearTimeout(timer),
  }
}

/** Late by the clock, and by the processor: on a crowded machine the two differ. */
function isLate({ since, until }: Owed, busy: number | undefined): boolean {
  const now = performance.now()
  if (now < until) return false
  return busy === undefined || busy >= (until - since) / 2 || now > since + PATIENCE * (until - since)
}
