// What the agents say on standard output, collected while it is printed: one JSON object per line.
import { amount, part, type Saying, text } from '../console/chronicle/saying.ts'

/** A sale as its agent reported it: which intents it closed, for how much. */
export type ReportedSale = {
  readonly agent: string
  readonly vault: string
  readonly tx: string
  readonly proceeds: bigint
  readonly value: bigint
  readonly intents: readonly string[]
  readonly at: number
}

/** One gap as its agent told it: loss per unit of debt, and what was said of it. */
export type ToldGap = {
  readonly id: string
  readonly taken: boolean
  readonly debt: number
  readonly mean: number
  readonly loss: number
  readonly levels: readonly { readonly alpha: number; readonly VaR: number }[]
}

/** Everything the agents said that the summary needs. */
export type Voices = {
  readonly refusals: Map<string, Set<string>>
  readonly intents: Map<
    string,
    { readonly tx: string; readonly agent: string; readonly gapPremium: bigint; readonly gapExpected: bigint }
  >
  readonly sales: ReportedSale[]
  readonly lost: Map<string, number>
  readonly summaries: Map<string, Readonly<Record<string, unknown>>>
  /** The newest statistics of each agent: its counters are cumulative. */
  readonly gossip: Map<string, Readonly<Record<string, unknown>>>
  /** Delivery times of price batches of all agents; each report carries what is new since the last. */
  readonly deliveries: { readonly at: number; readonly millis: number }[]
  /** Parts of the P&L of closed settlements, by agent and part. */
  readonly closed: Map<string, Map<string, bigint>>
  readonly learned: Map<string, number>
  /** Gaps that are over, with what was said of them. */
  readonly gaps: ToldGap[]
  readonly exhausted: Set<string>
  /** When every agent said that it is ready: more than once when it came back. */
  readonly ready: Map<string, number[]>
  /** Peers in the mesh of prices, by agent, whenever their number changed. */
  readonly mesh: Map<string, { readonly at: number; readonly degree: number }[]>
  /** What ended credit lines earned their provider, by how they ended. */
  readonly lines: { readonly how: string; readonly pnl: bigint }[]
}

/** Silence. */
export const newVoices = (): Voices => ({
  refusals: new Map(),
  intents: new Map(),
  sales: [],
  lost: new Map(),
  summaries: new Map(),
  gossip: new Map(),
  deliveries: [],
  closed: new Map(),
  learned: new Map(),
  gaps: [],
  exhausted: new Set(),
  ready: new Map(),
  mesh: new Map(),
  lines: [],
})

/** Adds one saying to what is known. */
export function listen(voices: Voices, { event, agent, at, fields }: Saying): void {
  switch (event) {
    case 'decision':
      if (fields['kind'] !== 'take' && isGap(fields))
        entry(voices.refusals, text(fields['account']).toLowerCase(), () => new Set<string>()).add(agent)
      if (fields['kind'] !== 'take' && fields['reason'] === 'capital') voices.exhausted.add(agent)
      return
    case 'candidate:found':
      if (fields['source'] !== 'own') voices.learned.set(agent, (voices.learned.get(agent) ?? 0) + 1)
      return
    case 'bid:won':
      voices.intents.set(text(fields['intent']), {
        tx: text(fields['tx']),
        agent,
        gapPremium: amount(fields['gapPremium']),
        gapExpected: amount(fields['gapExpected']),
      })
      return
    case 'bid:lost':
      voices.lost.set(agent, (voices.lost.get(agent) ?? 0) + 1)
      return
    case 'claim:sold':
      voices.sales.push(saleOf(agent, at, fields))
      return
    case 'settlement:closed':
      addParts(
        entry(voices.closed, agent, () => new Map<string, bigint>()),
        fields['attribution'],
      )
      return
    case 'gap:realised':
      voices.gaps.push(...gapIn(fields))
      return
    case 'agent:ready':
      entry(voices.ready, agent, () => []).push(at)
      return
    case 'mesh:changed':
      entry(voices.mesh, agent, () => []).push({ at, degree: Number(fields['degree']) })
      return
    case 'line:closed':
      voices.lines.push({ how: text(fields['how']), pnl: amount(fields['pnl']) })
      return
    case 'agent:summary':
      voices.summaries.set(agent, fields)
      return
    case 'gossip:stats':
      voices.gossip.set(agent, fields)
      voices.deliveries.push(...deliveriesIn(fields))
      return
    default:
      return
  }
}

/** The bid would have paid for everything but its gap: at that discount, or at any. */
function isGap({ reason, net, gap }: Saying['fields']): boolean {
  if (reason === 'gap-premium') return true
  const premium = typeof gap === 'object' && gap !== null ? amount(Reflect.get(gap, 'premium')) : 0n
  return reason === 'waiting-for-discount' && premium > 0n && amount(net) <= 0n && amount(net) + premium > 0n
}

function addParts(sums: Map<string, bigint>, attribution: unknown): void {
  if (typeof attribution !== 'object' || attribution === null) return
  for (const [part, value] of Object.entries(attribution)) sums.set(part, (sums.get(part) ?? 0n) + amount(value))
}

function saleOf(agent: string, at: number, fields: Saying['fields']): ReportedSale {
  const claims = Array.isArray(fields['claims']) ? fields['claims'] : [fields]
  const intents = claims.flatMap((claim: unknown) =>
    typeof claim === 'object' && claim !== null ? [text(Reflect.get(claim, 'intent'))] : [],
  )
  const [proceeds, value] = [amount(fields['proceeds']), amount(fields['value'])]
  return { agent, vault: text(fields['vault']), tx: text(fields['tx']), proceeds, value, intents, at }
}

const deliveriesIn = ({ samples }: Saying['fields']): readonly { readonly at: number; readonly millis: number }[] =>
  (Array.isArray(samples) ? samples : []).flatMap((pair: unknown) => {
    if (!Array.isArray(pair)) return []
    const [at, millis]: unknown[] = pair
    return typeof at === 'number' && typeof millis === 'number' ? [{ at, millis }] : []
  })

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}

/** A record whose figures are all there; anything else tells nothing. */
function gapIn({ forecast, realised }: Saying['fields']): readonly ToldGap[] {
  const [id, levels] = [part(forecast, 'id'), part(forecast, 'levels')]
  const [debt, K, h, loss] = [
    part(forecast, 'debt'),
    part(forecast, 'K'),
    part(forecast, 'h'),
    part(realised, 'loss'),
  ].map(Number)
  if (debt === undefined || K === undefined || h === undefined || loss === undefined) return []
  if (![debt, K, h, loss].every(Number.isFinite) || !Array.isArray(levels)) return []
  const told = levels.map((level) => ({ alpha: Number(part(level, 'alpha')), VaR: Number(part(level, 'VaR')) }))
  return [{ id: text(id), taken: part(realised, 'taken') === true, debt, mean: K - h, loss, levels: told }]
}
