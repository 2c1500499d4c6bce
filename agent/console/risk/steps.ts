// When each step of each liquidation happened, told from what agents wrote while they worked.
import type { LagLearning, LagSummary, Steps } from '../../maths/learning/lags.ts'
import { lagSummaries, learnLags } from '../../maths/learning/lags.ts'

/** One line of an agent's log: its name, when, and the rest. */
export type Event = { readonly event: string; readonly time: number; readonly agent: string; readonly fields: Fields }
type Fields = Readonly<Record<string, unknown>>

/** A route, as a claim travels it: its vault and who carried its gap. */
export type Travelled = {
  readonly route: string
  /** Modelled seconds from bid to sale, in the order of sales, with the modelled time of each. */
  readonly arrivals: readonly { readonly at: number; readonly seconds: number }[]
  readonly lags: readonly LagSummary[]
}

/** Routes that claims came home on. `scale` is modelled time per wall time. */
export function travelled(events: readonly Event[], scale: number): readonly Travelled[] {
  const known = notesOf(events)
  const homes = events.filter(({ event }) => event === 'claim:sold').flatMap((sold) => homecomings(sold, known))
  return [...Map.groupBy(homes, ({ route }) => route)]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([route, own]) => {
      const inOrder = own.toSorted((a, b) => (a.steps.sold ?? 0) - (b.steps.sold ?? 0))
      const learned = inOrder.reduce<LagLearning>((state, { steps }) => learnLags(state, scaled(steps, scale)), {})
      const arrivals = inOrder.flatMap(({ steps: { bid, sold } }) =>
        bid === undefined || sold === undefined || sold <= bid
          ? []
          : [{ at: sold * scale, seconds: ((sold - bid) * scale) / 1000 }],
      )
      return { route, arrivals, lags: lagSummaries(learned) }
    })
}

type Won = { readonly account: string; readonly at: number; readonly settlement: string }

/** What is known of accounts and intents: first seen under water, auction opened, bid won, roots usable. */
type Notes = {
  readonly underwater: ReadonlyMap<string, number>
  readonly triggered: ReadonlyMap<string, number>
  readonly valued: ReadonlyMap<string, number>
  readonly won: ReadonlyMap<string, Won>
  readonly usable: readonly {
    readonly agent: string
    readonly vault: string
    readonly time: number
    readonly at: number
  }[]
}

function notesOf(events: readonly Event[]): Notes {
  const underwater = new Map<string, number>()
  const triggered = new Map<string, number>()
  const valued = new Map<string, number>()
  const won = new Map<string, Won>()
  const earliest = (map: Map<string, number>, key: string, at: number): void => {
    if (Number.isFinite(at)) map.set(key, Math.min(at, map.get(key) ?? at))
  }
  for (const { event, time, fields } of events) {
    const account = text(fields['account'])
    if (event === 'candidate:found') {
      earliest(underwater, account, time)
      earliest(valued, account, Number(fields['valueAsOf'] ?? Number.NaN))
    } else if (event === 'auction:opened')
      for (const one of list(fields['accounts'])) earliest(triggered, text(one), time)
    else if (event === 'bid:won') {
      earliest(underwater, account, Number(fields['since'] ?? time))
      won.set(text(fields['intent']), { account, at: time, settlement: text(fields['settlement']) })
    }
  }
  const usable = events
    .filter(({ event }) => event === 'claim:anchored')
    .map(({ agent, time, fields }) => ({
      agent,
      vault: text(fields['vault']),
      time,
      at: 1000 * Number(fields['usableAt']),
    }))
  return { underwater, triggered, valued, won, usable }
}

type Homecoming = { readonly route: string; readonly steps: Steps }

function homecomings({ agent, fields, time }: Event, known: Notes): readonly Homecoming[] {
  const vault = text(fields['vault'])
  const sold = Number(fields['soldAt'] ?? time)
  const final = known.usable.findLast((one) => one.agent === agent && one.vault === vault && one.time <= time)?.at
  return list(fields['claims']).flatMap((claim) => {
    const intent = typeof claim === 'object' && claim !== null && 'intent' in claim ? text(claim.intent) : ''
    const bid = known.won.get(intent)
    if (bid === undefined) return []
    const trigger = known.triggered.get(bid.account)
    const underwater = known.underwater.get(bid.account)
    const steps = { underwater, trigger, bid: bid.at, final, sold, valueAsOf: known.valued.get(bid.account) }
    return [{ route: `${vault}, ${bid.settlement}`, steps }]
  })
}

const scaled = (steps: Steps, scale: number): Steps =>
  Object.fromEntries(Object.entries(steps).map(([name, at]) => [name, at === undefined ? undefined : at * scale]))

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
