// Decisions as a table shows them, and what was found about their accounts.
import { figure, maybe, part, type Saying, text } from './saying.ts'

/** One decision. Dollars as decimal strings (wad). */
export type Decided = {
  readonly seq: number
  readonly at: number
  readonly agent: string
  readonly account: string
  readonly candidate: string
  readonly strategy: string
  readonly kind: string
  readonly reason: string
  readonly detail: string
  readonly net: string | undefined
  readonly expected: string | undefined
  readonly shortfall: string | undefined
  readonly premium: string | undefined
  readonly fraction: number | undefined
  readonly route: string | undefined
  readonly carried: string | undefined
  readonly limit: string | undefined
  readonly rows: number | undefined
  readonly mode: string | undefined
  readonly equity: string | undefined
  readonly maintenance: string | undefined
  readonly mark: string | undefined
}

/** An account as an agent found it below maintenance. */
export type FoundAccount = {
  readonly agent: string
  readonly at: number
  readonly mode: string | undefined
  readonly via: string | undefined
  readonly equity: string | undefined
  readonly maintenance: string | undefined
  readonly mark: string | undefined
}

/** A decision told by an agent, with what is known of its account. */
export function decidedIn(seq: number, { agent, at, fields }: Saying, found: FoundAccount | undefined): Decided {
  const [gap, carried] = [fields['gap'], fields['carried']]
  return {
    ...{ seq, agent },
    at: figure(fields, 'at') ?? at,
    account: text(fields['account']).toLowerCase(),
    candidate: text(fields['candidate']),
    strategy: text(fields['strategy']),
    kind: text(fields['kind']),
    reason: text(fields['reason']),
    detail: text(fields['detail']),
    net: maybe(fields['net']),
    expected: maybe(part(gap, 'expected')),
    shortfall: maybe(part(gap, 'shortfall')),
    premium: maybe(part(gap, 'premium')),
    fraction: figure(fields, 'fraction'),
    route: maybe(fields['route']),
    carried: maybe(part(carried, 'shortfall')),
    limit: maybe(part(carried, 'limit')),
    rows: figure(carried, 'rows'),
    mode: found?.mode,
    equity: found?.equity,
    maintenance: found?.maintenance,
    mark: found?.mark,
  }
}

/** What a sighting tells of an account. */
export const foundIn = ({ agent, at, fields }: Saying): FoundAccount => ({
  ...{ agent, at },
  mode: maybe(fields['mode']),
  via: maybe(fields['via']),
  equity: maybe(fields['equity']),
  maintenance: maybe(fields['maintenance']),
  mark: maybe(fields['mark']),
})
