// Whom faults may be about: the names of a swarm, and the words that stand for several of them.
import type { Fault } from './faults.ts'
import { nearest } from './nearest.ts'
import type { SourceSpec } from './sources.ts'

/** Who and what there is in a swarm. */
export type Cast = {
  /** Agents with the words that stand for them besides their name: group and roles. */
  readonly agents: readonly { readonly name: string; readonly words: readonly string[] }[]
  readonly chains: readonly string[]
  readonly feeds: readonly string[]
  readonly publishers: readonly string[]
  /** Vaults by id; `courier` when messages reach them, or their mirror, by courier. */
  readonly routes: readonly { readonly id: string; readonly courier: boolean }[]
}

type Name = { readonly name: string }
/** What of a scenario has a name. */
type Named = {
  readonly agents: readonly { readonly group: string; readonly count: number; readonly attest: boolean }[]
  readonly provider: { readonly count: number }
  readonly engines: readonly Name[]
  readonly vaultChains: readonly Name[]
  readonly feeds: readonly Name[]
  readonly prices: { readonly publishers: number }
  readonly vaults: readonly {
    readonly id: string
    readonly engineSource?: SourceSpec | undefined
    readonly vaultSource?: SourceSpec | undefined
  }[]
}

/** The cast that a scenario declares. */
export function castOf({ agents, provider, engines, vaultChains, feeds, prices, vaults }: Named): Cast {
  const bidders = agents.flatMap(({ group, count, attest }) =>
    numbered(group, count).map((name) => ({ name, words: [group, 'bidders', ...(attest ? ['attestors'] : [])] })),
  )
  const providers = numbered('provider', provider.count).map((name) => ({ name, words: ['providers'] }))
  return {
    agents: [...bidders, ...providers],
    chains: [...engines, ...vaultChains].map(({ name }) => name),
    feeds: feeds.map(({ name }) => name),
    publishers: numbered('publisher', prices.publishers),
    routes: vaults.map(({ id, engineSource, vaultSource }) => ({
      id,
      courier: [engineSource, vaultSource].some(byCourier),
    })),
  }
}

const numbered = (group: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `${group}-${i + 1}`)

const byCourier = (source: SourceSpec | undefined): boolean =>
  source !== undefined && (source.kind === 'quorum' ? source.of.some(byCourier) : source.kind === 'message')

/** Whom a fault is about, by name. `to` are the other ends of links; `by` are publishers, `chains` those of agents. */
export type Targets = {
  readonly on: readonly string[]
  readonly to: readonly string[]
  readonly chains: readonly string[]
  readonly by: readonly string[]
}

/** The targets of a fault, or what is wrong with them: one line for each. */
export function targetsOf(fault: Fault, cast: Cast): Targets | string[] {
  const wrong: string[] = []
  const found = (given: readonly string[], field: string, kind: Words): readonly string[] => {
    const known = new Map(kind.all.map(({ name }) => [name, [name]]))
    for (const { name, words } of kind.all)
      for (const word of [...words, ...(kind.named.includes(name) ? [] : ['all'])])
        known.set(word, [...(known.get(word) ?? []), name])
    return given.flatMap((word) => {
      const names = known.get(word)
      if (names === undefined) wrong.push(unknown(fault.kind, { field, word, kind, known: [...known.keys()] }))
      return names ?? []
    })
  }
  const targets = {
    on: 'on' in fault ? unique(found(fault.on, 'on', onWords(fault, cast))) : [],
    to: 'to' in fault ? unique(found(fault.to, 'to', agentWords(cast, true))) : [],
    chains: 'chain' in fault ? unique(found(fault.chain, 'chain', plainWords('chain', cast.chains))) : [],
    by: 'by' in fault ? unique(found(fault.by, 'by', plainWords('publisher', cast.publishers))) : [],
  }
  if (wrong.length > 0) return wrong
  const contradiction = against(fault, targets, cast)
  return contradiction === undefined ? targets : [contradiction]
}

/** What is wrong with the faults of a scenario that lasts so many ms, each with the number of the fault. */
export function faultComplaints(
  faults: readonly Fault[],
  cast: Cast,
  duration: number,
): readonly { readonly fault: number; readonly message: string }[] {
  return faults.flatMap((fault, i) => {
    const found = targetsOf(fault, cast)
    const wrong = Array.isArray(found) ? found : []
    const late =
      fault.at < duration ? [] : [`${fault.kind}: it comes at ${fault.at / 1000}s, when the market is closed`]
    return [...wrong, ...late].map((message) => ({ fault: i, message }))
  })
}

type Words = {
  readonly what: string
  readonly all: readonly { readonly name: string; readonly words: readonly string[] }[]
  /** Those that `all` does not mean: they must be named. */
  readonly named: readonly string[]
}

const plainWords = (what: string, names: readonly string[]): Words => ({
  what,
  all: names.map((name) => ({ name, words: [] })),
  named: [],
})

/** The publishers live in one process, which links lead to as to any agent. */
const agentWords = ({ agents }: Cast, publishers: boolean): Words => ({
  what: 'agent',
  all: publishers ? [...agents, { name: 'publishers', words: [] }] : agents,
  named: [],
})

function onWords(fault: Fault, cast: Cast): Words {
  switch (fault.kind) {
    case 'halt':
    case 'reorg':
    case 'gas_spike':
      return plainWords('chain', cast.chains)
    case 'oracle_freeze':
    case 'oracle_skew':
    case 'oracle_lie':
      return plainWords('feed', cast.feeds)
    case 'message_delay':
    case 'censor':
      return plainWords(
        'vault',
        cast.routes.map(({ id }) => id),
      )
    case 'clock_skew':
    case 'pause':
      return { ...agentWords(cast, true), named: ['publishers'] }
    case 'latency':
    case 'jitter':
    case 'loss':
    case 'bandwidth':
    case 'partition':
    case 'reset_peer':
      return agentWords(cast, true)
    default:
      return agentWords(cast, false)
  }
}

type Unknown = {
  readonly field: string
  readonly word: string
  readonly kind: Words
  readonly known: readonly string[]
}

/** Refused with the nearest name, and with all of them: whoever misnames one does not know them. */
function unknown(fault: string, { field, word, kind, known }: Unknown): string {
  const near = nearest(word, known)
  const hint = near === undefined ? '' : ` – did you mean ${near}?`
  const all = kind.all.length === 0 ? `there is no ${kind.what}` : `known: ${known.join(', ')}`
  return `${fault}: ${field} names no ${kind.what} ${word}${hint} (${all})`
}

/** What can never act. */
function against(fault: Fault, { on, to }: Targets, { routes }: Cast): string | undefined {
  if ('to' in fault && on.length === 1 && to.length === 1 && on[0] === to[0])
    return `${fault.kind}: ${on[0]} has no link to itself`
  const silent = routes.filter(({ id, courier }) => on.includes(id) && !courier).map(({ id }) => id)
  if (fault.kind === 'message_delay' && silent.length === on.length)
    return `message_delay: no courier brings anything to ${silent.join(', ')}; attested routes wait for latency or censor`
  return undefined
}

const unique = (names: readonly string[]): readonly string[] => [...new Set(names)]
