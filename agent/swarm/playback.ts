// A run that is over, looked at again: what its processes said, from the files it left.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { loadNetwork } from '../../config/network.ts'
import { hearSaying, noteBid, notePrice, openChronicle } from '../console/chronicle/chronicle.ts'
import { amount, figure, hear, list, part, type Saying, text } from '../console/chronicle/saying.ts'
import type { Desk, Known } from '../console/view/desk.ts'
import type { ScenarioView } from '../console/view/words.ts'
import type { RunRecord } from './run-directory.ts'

/** What a playback is made of: a run directory, and the moment up to which it is told. */
export type Playback = { readonly folder: string; readonly until?: number }

/** The desk of a run that is over. Nobody can be asked and nothing can be ordered any more. */
export function playback({ folder, until = Number.POSITIVE_INFINITY }: Playback): Desk {
  const record: RunRecord = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8'))
  const networkFile = join(folder, 'network.json')
  const network = existsSync(networkFile) ? loadNetwork(networkFile) : undefined
  const chronicle = openChronicle()
  const { sayings, prices } = saidIn(folder)
  for (const saying of sayings)
    if (saying.at <= until) {
      hearSaying(chronicle, saying)
      if (saying.event === 'bid:won') noteBid(chronicle, bidOf(saying))
    }
  const names = new Map(
    network?.vaults.flatMap(({ assets }) => assets.map(({ collateral, symbol }) => [collateral, symbol])),
  )
  for (const { feed, at, price } of prices)
    if (at <= until && names.has(feed)) notePrice(chronicle, names.get(feed) ?? '', at, price)
  const agents = agentsIn(folder)
  return {
    ...{ kind: 'swarm', name: record.scenario, mode: 'local', startedAt: Date.parse(record.createdAt), chronicle },
    network: () => network,
    agents: () => agents,
    look: async () => new Map(),
    order: () => Promise.reject(new Error('the run is over')),
    portfolio: async () => [],
    scenario: () => scenarioOf(record, folder, chronicle),
    config: () => ({
      settings: agents.flatMap(({ name }) => settingsOf(join(folder, 'agents', name, 'agent.yaml'), name)),
    }),
    progress: () => undefined,
  }
}

type Told = {
  readonly sayings: readonly Saying[]
  readonly prices: readonly { readonly feed: number; readonly at: number; readonly price: number }[]
}

/** Every line of every log, in the order of time. */
function saidIn(folder: string): Told {
  const logs = join(folder, 'logs')
  const sayings: Saying[] = []
  const prices: Told['prices'][number][] = []
  for (const file of existsSync(logs) ? readdirSync(logs) : []) {
    const agent = basename(file, '.log')
    for (const line of readFileSync(join(logs, file), 'utf8').split('\n')) {
      const saying = agent === 'publishers' ? undefined : hear(agent, line)
      if (saying !== undefined) sayings.push(saying)
      else if (line.startsWith('{"event":"prices"')) prices.push(...pricesIn(line))
    }
  }
  return { sayings: sayings.sort((a, b) => a.at - b.at), prices }
}

/** Amounts stand in the publishers' lines as tagged text. */
function pricesIn(line: string): Told['prices'] {
  const said: unknown = JSON.parse(line)
  const at = figure(said, 'sequence') ?? 0
  return list(part(said, 'feeds')).flatMap((one) => {
    const price = part(one, 'price')
    const raw = typeof price === 'string' ? price.replace(/\D/g, '') : text(part(price, '$bigint') ?? price)
    const feed = figure(one, 'feed')
    return feed === undefined || raw === '' ? [] : [{ feed, at, price: Number(raw) / 1e8 }]
  })
}

const bidOf = ({ agent, at, fields }: Saying) => ({
  ...{ at, bidder: agent, account: text(fields['account']).toLowerCase(), fraction: figure(fields, 'fraction') },
  value: amount(fields['collateralValue']),
  outlay: amount(fields['outlay']),
  waited: figure(fields, 'since') === undefined ? undefined : at - (figure(fields, 'since') ?? at),
  road: text(fields['settlement']) === 'none' ? 'cash' : text(fields['settlement']).replace('-', ' '),
})

function agentsIn(folder: string): readonly Known[] {
  const agents = join(folder, 'agents')
  return (existsSync(agents) ? readdirSync(agents) : []).map((name) => {
    const config: unknown = JSON.parse(readFileSync(join(agents, name, 'agent.yaml'), 'utf8'))
    const role = text(part(config, 'role'))
    const strategies = list(part(config, 'strategies')).map((one) => ({
      ...{ use: text(part(one, 'use')), params: part(one, 'params') ?? {} },
      ...{ share: text(part(one, 'share') ?? '100 %'), shortfall: text(part(one, 'shortfall') ?? '100 %') },
    }))
    return { name, role, strategies: role === 'provider' ? [] : strategies, addresses: [name] }
  })
}

/** Keys and endpoints stay in their file. */
function settingsOf(file: string, agent: string) {
  const config: unknown = JSON.parse(readFileSync(file, 'utf8'))
  return Object.entries(Object(config)).flatMap(([key, value]) =>
    key === 'keys' || key === 'chains'
      ? []
      : [{ agent, key, value: typeof value === 'string' ? value : JSON.stringify(value), from: 'agent.yaml' }],
  )
}

function scenarioOf(record: RunRecord, folder: string, chronicle: Desk['chronicle']): ScenarioView {
  const report = join(folder, 'report.json')
  const told: unknown = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : {}
  const first = [...chronicle.prices.values()][0]?.all()[0]?.at
  const summary = Object(part(told, 'summary'))
  return {
    ...{ name: record.scenario, about: `A run that is over: ${record.id}`, seed: record.seed, phase: 'ended' },
    ...{ duration: 0, timeScale: 1, chains: record.chains },
    ...(first !== undefined && { openedAt: first }),
    processes: record.processes.map(({ name, pid }) => ({ name, pid, alive: false })),
    prices: [...chronicle.prices].map(([name, ring]) => ({
      name,
      points: ring.all().map(({ at, price }) => [at, price] as const),
    })),
    timeline: chronicle.rows
      .all()
      .filter(({ event }) => /^(bid:won|settlement:closed|claim:sold|claim:stuck|agent:)/.test(event))
      .slice(-400)
      .reverse()
      .map(({ at, agent, event }) => ({ at, who: agent, what: event.replace(':', ' ') })),
    assertions: list(part(told, 'verdicts')).map((one) => ({
      claim: text(part(one, 'claim')),
      holds: part(one, 'holds') === true,
      found: text(part(one, 'found')),
    })),
    counts: Object.fromEntries(
      ['liquidated', 'missed', 'refused', 'claims', 'settled', 'unsettled'].flatMap((name) => {
        const value = Number(summary[name])
        return Number.isFinite(value) ? [[name, value] as const] : []
      }),
    ),
  }
}
