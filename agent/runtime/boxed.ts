// A packaged strategy in its box, seated: questions become frames, answers become replies, deaths become events.
import type { Said as Told } from '../core/apart.ts'
import type { Seat } from '../core/setup.ts'
import { bps, instant } from '../domain/units.ts'
import type { View } from '../strategy.ts'
import { BUDGET, openBox } from './box/box.ts'
import { KINDS, type Said } from './box/decider.ts'
import { type Package, sourceOf } from './box/package.ts'
import { type Changes, type Holder, refuseFixed, type Seating, type Terms } from './holder.ts'
import { notLoading, refuseIssues } from './plugins.ts'

/** Opens a package in a process of its own. Throws what is wrong with it. */
export async function openBoxed(
  found: Package,
  params: Changes,
  termsFor: (name: string) => Terms,
  { emit, now }: Seating,
): Promise<Holder> {
  const { name: use, version } = found
  const ended = (reason: string, disabled: boolean): void => sayKilled(emit, use, reason, disabled)
  const box = openBox({
    source: JSON.stringify(sourceOf(found)),
    params: JSON.stringify(params),
    budget: BUDGET,
    now,
    ended,
  })
  const introduction = await box.ready.catch((error: unknown) => {
    box.close()
    throw notLoading(use, error)
  })
  try {
    refuseIssues(introduction, use)
  } catch (error) {
    box.close()
    throw error
  }
  const terms = termsFor(introduction.name)
  emit('strategy:boxed', { strategy: terms.name, package: use, version })
  let given = params
  return {
    seat: seatOf(terms),
    async tune(changes) {
      refuseFixed(terms.name, changes, introduction.live)
      const next = { ...given, ...changes }
      refuseIssues(await box.tune(JSON.stringify(next)), use)
      given = next
      return next
    },
    async ask({ view, seed, ...question }) {
      const heard = await box.ask(view, seed)
      const { seat, engine } = question
      if ('failed' in heard) return { seat, engine, question: question.question, failed: heard.failed }
      return { seat, engine, question: question.question, answers: heard.said.flatMap((one) => told(one, view) ?? []) }
    },
    observe: (outcome) => box.observe(outcome),
    close: () => box.close(),
  }
}

/** Tells of a strategy that broke its bounds. */
export function sayKilled(emit: Seating['emit'], strategy: string, reason: string, disabled: boolean): void {
  emit('strategy:killed', { strategy, reason, disabled })
  const next = disabled ? 'it is not started again' : 'it is started again'
  emit('alarm', { code: 'W_STRATEGY_KILLED', detail: `${strategy}: ${reason}; its decision is dropped, ${next}` })
}

const seatOf = (terms: Terms): Seat => ({ ...terms, decide: 'apart', observe: () => {}, tune: () => {} })

/** An answer by the names of what it is about. */
function told([verdict, nth, which, fraction, reason, until]: Said, view: View): Told | undefined {
  const kind = KINDS[verdict]
  const quote = view.candidates[nth]?.quotes[which]
  if (kind === undefined || quote === undefined) return undefined
  const { candidate, route } = quote
  return { kind, candidate: candidate.id, route: route.id, fraction: bps(fraction), reason, until: instant(until) }
}
