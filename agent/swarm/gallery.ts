// Where a run is watched from: what every process says, gathered once, served to whoever opens the link.
import type { Scenario } from '../../config/scenario.ts'
import { type Chronicle, hearSaying, noteBid, notePrice, openChronicle } from '../console/chronicle/chronicle.ts'
import { createRing } from '../console/chronicle/ring.ts'
import { list, part, type Saying } from '../console/chronicle/saying.ts'
import { type Flattener, flattener } from '../console/flatten.ts'
import { serve } from '../console/http/server.ts'
import type { Desk, Known, Looks } from '../console/view/desk.ts'
import type { ConfigView, ScenarioView } from '../console/view/words.ts'
import { askAgent, type Question } from '../runtime/control.ts'
import type { Portfolio } from '../runtime/portfolio.ts'
import type { Snapshot } from '../runtime/snapshot.ts'
import { packageVersion } from '../suite/artefact.ts'
import type { Verdict } from './assertions/judge.ts'
import type { Console } from './console.ts'
import type { Deployment } from './deployment.ts'
import type { WonBid } from './record.ts'
import { isAlive, type RunDirectory } from './run-directory.ts'

/** The watchers' side of a run. */
export type Gallery = {
  readonly link: string
  hear(saying: Saying): void
  bid(bid: WonBid): void
  price(feed: string, at: number, price: number): void
  /** From here on agents can be asked. */
  deployed(deployment: Deployment): void
  opened(counts: Counts, at: number): void
  /** From here on something can be broken. */
  breakable(orders: NonNullable<Desk['break']>): void
  judged(verdicts: readonly Verdict[]): void
  /** The run's voice, overheard. */
  overhear(console: Console): Console
  close(): Promise<void>
}

/** Figures of a run as they stand. */
export type Counts = () => Readonly<Record<string, number>>

/** What is watched. */
export type Watching = { readonly run: RunDirectory; readonly scenario: Scenario; readonly port: number }

type State = {
  readonly chronicle: Chronicle
  readonly timeline: ReturnType<typeof createRing<ScenarioView['timeline'][number]>>
  deployment: Deployment | undefined
  counts: Counts
  openedAt: number | undefined
  orders: Desk['break']
  verdicts: ScenarioView['assertions']
}

/** Opens the server of a run. Nothing is asked of the agents before somebody looks. */
export async function openGallery(watching: Watching): Promise<Gallery> {
  const { run, port } = watching
  const state: State = {
    chronicle: openChronicle(),
    timeline: createRing(2_000),
    ...{ deployment: undefined, counts: () => ({}), openedAt: undefined, orders: undefined, verdicts: [] },
  }
  const server = await serve({ desk: deskOf(watching, state), port, folder: run.path, version: packageVersion() })
  return { ...ears(state), link: server.link('control'), close: server.close }
}

function ears(state: State): Omit<Gallery, 'link' | 'close'> {
  const { chronicle, timeline } = state
  const tell = (who: string, what: string): void => timeline.push({ at: Date.now(), who, what })
  return {
    hear: (saying) => void hearSaying(chronicle, saying),
    bid: (bid) => noteBid(chronicle, seenBid(bid)),
    price: (feed, at, price) => notePrice(chronicle, feed, at, price),
    deployed(deployment) {
      state.deployment = deployment
    },
    opened(counts, at) {
      state.counts = counts
      state.openedAt = at
    },
    breakable(orders) {
      state.orders = orders
    },
    judged(verdicts) {
      // What is open is neither well nor not: it is shown once something decided it.
      state.verdicts = verdicts.flatMap(({ holds, ...one }) => (holds === undefined ? [] : [{ ...one, holds }]))
    },
    overhear: (console) => ({
      ...console,
      note(text) {
        tell('swarm', text)
        console.note(text)
      },
      event(at, who, what, fields) {
        tell(who, what)
        console.event(at, who, what, fields)
      },
    }),
  }
}

const seenBid = ({ at, bidder, account, fraction, outlay, collateralValue, underSince, road }: WonBid) => ({
  ...{ at, account, fraction, outlay, value: collateralValue },
  road: road === 'none' ? 'cash' : road.replace('-', ' '),
  bidder: bidder.toLowerCase(),
  waited: underSince === undefined ? undefined : at - underSince,
})

function deskOf({ run, scenario }: Watching, state: State): Desk {
  const flatteners = new Map<string, Flattener>()
  const folder = (agent: string): string => run.file('agents', agent, 'data')
  return {
    ...{ kind: 'swarm', name: scenario.name, mode: 'local', startedAt: Date.now(), chronicle: state.chronicle },
    network: () => state.deployment?.network,
    agents: () => knownIn(state.deployment),
    look: () => lookAt(state, folder),
    order: (agent, order) => {
      const one = flatteners.get(agent) ?? flattener()
      flatteners.set(agent, one)
      const ask = (word: 'pause' | 'resume' | 'stop'): Promise<unknown> => askAgent(folder(agent), { ask: word })
      return one.give(order, { ask, left: async () => leftOf(await asked(folder(agent))) })
    },
    portfolio: (account, wish) => askAll(readyIn(state).map(folder), { ask: 'portfolio', account, wish }),
    scenario: () => scenarioView(run, scenario, state),
    config: () => ({ settings: configOf(scenario) }),
    break: async (order) => {
      if (state.orders === undefined) throw new Error('the run is still set up')
      return state.orders(order)
    },
    progress: () => undefined,
  }
}

function knownIn(deployment: Deployment | undefined): readonly Known[] {
  return (deployment?.seats ?? []).map(({ name, role, strategy, params, executor, operator }) => ({
    ...{ name, role, addresses: [executor.toLowerCase(), operator.toLowerCase()] },
    strategies: role === 'provider' ? [] : [{ use: strategy, params, share: '100 %', shortfall: '100 %' }],
  }))
}

/** Agents that said they are ready, asked side by side. */
async function lookAt(state: State, folder: (agent: string) => string): Promise<Looks> {
  const found = await Promise.all(
    readyIn(state).map(async (name) => [name, await asked(folder(name)).catch(() => undefined)] as const),
  )
  return new Map(found.flatMap(([name, look]) => (look === undefined ? [] : [[name, look] as const])))
}

const readyIn = ({ chronicle, deployment }: State): readonly string[] =>
  (deployment?.seats ?? []).flatMap(({ name }) => {
    const seat = chronicle.seats.get(name)
    return seat?.startedAt !== undefined && seat.endedAt === undefined ? [name] : []
  })

/** The answer of whoever reads the account from its own node, else of anybody who knows it. */
async function askAll(folders: readonly string[], question: Question): Promise<readonly Portfolio[]> {
  const answers = await Promise.all(folders.map((folder) => askAgent(folder, question).catch(() => undefined)))
  const known = answers.map((answer) => list(part(answer, 'portfolios')) as readonly Portfolio[])
  return known.find((all) => all.some(({ source }) => source === 'own')) ?? known.find((all) => all.length > 0) ?? []
}

/** Longest wait for one agent: a busy one is looked at next time. */
const PATIENCE = 1_500

async function asked(folder: string): Promise<Snapshot> {
  const question: Question = { ask: 'snapshot' }
  const late = new Promise<never>((_, reject) => setTimeout(() => reject(new Error('no answer')), PATIENCE).unref())
  return (await Promise.race([askAgent(folder, question), late])) as Snapshot
}

const leftOf = ({ status }: Snapshot): number => status.reserved + status.claims

function scenarioView(run: RunDirectory, scenario: Scenario, state: State): ScenarioView {
  const { phase, chains, processes, faults = [] } = run.record()
  const { openedAt, verdicts, chronicle } = state
  return {
    ...{ name: scenario.name, about: scenario.description, seed: scenario.seed, phase },
    ...{ duration: scenario.duration, timeScale: scenario.timeScale, chains },
    ...(openedAt !== undefined && { openedAt }),
    processes: processes.map((one) => ({ name: one.name, pid: one.pid, alive: isAlive(one) })),
    prices: [...chronicle.prices].map(([name, ring]) => ({
      name,
      points: ring.all().map(({ at, price }) => [at, price] as const),
    })),
    timeline: state.timeline.all().slice(-400).reverse(),
    assertions: verdicts,
    counts: state.counts(),
    faults,
  }
}

/** What every agent of the run stands on. */
const configOf = (scenario: Scenario): ConfigView['settings'] =>
  Object.entries(scenario).flatMap(([key, value]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value).map(([inner, held]) => ({
          agent: scenario.name,
          key: `${key}.${inner}`,
          value: shown(held),
          from: 'scenario',
        }))
      : [{ agent: scenario.name, key, value: shown(value), from: 'scenario' }],
  )

const shown = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : JSON.stringify(value, (_, field: unknown) => (typeof field === 'bigint' ? field.toString() : field))
