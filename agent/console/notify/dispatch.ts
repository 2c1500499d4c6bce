// Which sayings are worth waking somebody for, and when: levels, repeats, digests, quiet hours. No clock, no network.
import type { Saying } from '../chronicle/saying.ts'
import { sentence } from '../view/lines.ts'

/** How one receiver wants to be told. */
export type Manner = {
  /** The least level that is told: `error` wakes, `warn` is below plan, `info` is once per liquidation. */
  readonly level: 'error' | 'warn' | 'info'
  /** Milliseconds over which everything below `error` is gathered into one message. */
  readonly digest: number
  /** Minutes of the UTC day between which only errors are told; the rest waits. */
  readonly quiet: { readonly from: number; readonly to: number } | undefined
}

/** One message. */
export type Notice = { readonly level: string; readonly title: string; readonly lines: readonly string[] }

/** What one receiver is told. */
export type Dispatch = {
  /** Takes up a saying; answers what must be told at once. */
  take(saying: Saying): readonly Notice[]
  /** What was gathered long enough. */
  due(now: number): readonly Notice[]
}

const RANK: Readonly<Record<string, number>> = { debug: 0, info: 1, warn: 2, error: 3 }
/** The same thing is told once in this time; then how often it was said meanwhile. */
const REPEAT = 10 * 60_000
/** Things that are remembered as told, and lines of one digest. */
const [MOST_TOLD, MOST_LINES] = [500, 20]

/** Nothing told yet. */
export function createDispatch({ level, digest, quiet }: Manner): Dispatch {
  const told = new Map<string, { at: number; more: number }>()
  const gathered: { readonly line: string; readonly level: string }[] = []
  let since: number | undefined
  const isNew = (key: string, at: number): { readonly more: number } | undefined => {
    const last = told.get(key)
    if (last !== undefined && at - last.at < REPEAT) {
      last.more++
      return undefined
    }
    told.delete(key)
    told.set(key, { at, more: 0 })
    for (const old of told.keys()) if (told.size > MOST_TOLD) told.delete(old)
    return { more: last?.more ?? 0 }
  }
  return {
    take(saying) {
      if ((RANK[saying.level] ?? 0) < (RANK[level] ?? 0) || !isWorthTelling(saying)) return []
      const fresh = isNew(keyOf(saying), saying.at)
      if (fresh === undefined) return []
      const line = `${lineOf(saying)}${fresh.more > 0 ? ` (${fresh.more} more since)` : ''}`
      if (saying.level === 'error')
        return [{ level: 'error', title: `${saying.agent}: ${saying.event}`, lines: [line] }]
      gathered.push({ line, level: saying.level })
      since ??= saying.at
      return []
    },
    due(now) {
      if (since === undefined || now - since < digest || isQuiet(now, quiet)) return []
      const all = gathered.splice(0)
      since = undefined
      const more = all.length > MOST_LINES ? [`and ${all.length - MOST_LINES} more`] : []
      const worst = all.some((one) => one.level === 'warn') ? 'warn' : 'info'
      return [
        {
          level: worst,
          title: `${all.length} ${all.length === 1 ? 'thing' : 'things'} to know`,
          lines: [...all.slice(0, MOST_LINES).map(({ line }) => line), ...more],
        },
      ]
    },
  }
}

/** Ticks and decisions are for the page; a message is for what changed. */
const isWorthTelling = ({ event, level }: Saying): boolean =>
  level !== 'info' || /^(agent:|bid:won|settlement:closed|line:|proposal:)/.test(event)

const keyOf = ({ agent, event, fields }: Saying): string =>
  [
    agent,
    event,
    fields['code'],
    fields['reason'],
    fields['vault'],
    fields['task'],
    fields['intent'],
    fields['line'],
  ].join('|')

const lineOf = ({ agent, event, fields, at }: Saying): string =>
  `${new Date(at).toISOString().slice(11, 19)} ${agent} ${event}: ${sentence(event, fields)}`

const DAY = 1_440

function isQuiet(now: number, quiet: Manner['quiet']): boolean {
  if (quiet === undefined) return false
  const minute = Math.floor(now / 60_000) % DAY
  const length = (quiet.to - quiet.from + DAY) % DAY
  return (minute - quiet.from + DAY) % DAY < length
}
