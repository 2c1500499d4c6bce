// The helm of a run: its faults, and what a command may ask of its supervisor while it runs.
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Cast, castOf, targetsOf } from '../../config/fault-cast.ts'
import { lineOf } from '../../config/fault-line.ts'
import { readFault } from '../../config/faults.ts'
import { figure, list, part, text } from '../console/chronicle/saying.ts'
import { EXIT, LienmeshError, usageError } from '../domain/errors.ts'
import { serveSocket, socketOf } from '../runtime/control.ts'
import { feedNamed } from '../simulator/scenario/feeds.ts'
import type { Member } from './crew.ts'
import { type FaultDesk, type FaultRecord, openFaultDesk } from './faults/desk.ts'
import { type Ground, performOn } from './faults/perform.ts'
import { usd } from './format.ts'
import { say } from './guardian.ts'
import { nudgeTo } from './market-hand.ts'
import type { Play } from './playbill.ts'
import { entry } from './processes.ts'
import { groupOf, scale } from './scale.ts'
import { restore, snapshot } from './snapshots.ts'
import type { Stage } from './stage.ts'
import type { StrangerConfig } from './stranger.ts'

/** A run that can be steered. */
export type Helm = {
  readonly desk: FaultDesk
  close(): Promise<void>
}

/** Opens the desk of a stage and listens for orders until the run ends. */
export async function openHelm(show: Play, stage: Stage): Promise<Helm> {
  const { run, console, signal } = show
  const { watch } = stage
  const desk: FaultDesk = openFaultDesk({
    targets: (fault) => targetsOf(fault, castNow(show, stage)),
    act: performOn(groundOf(show, stage)),
    now: Date.now,
    report(what, { id, kind, line, state }) {
      console.event(watch.at(), 'fault', what, { fault: id, kind, line, state })
      run.update({ faults: desk.list() })
    },
  })
  show.gallery.breakable(async (wanted) =>
    'inject' in wanted ? { faults: [await inject(desk, wanted.inject)] } : { faults: await desk.heal(wanted.heal) },
  )
  const ending = new AbortController()
  const give = obey({ show, stage, desk })
  // Opened behind us: a run without a socket is still a run.
  void serveSocket(socketOf(resolve(run.path)), give, AbortSignal.any([signal, ending.signal])).catch(
    (error: unknown) => console.note(`no orders are taken: ${String(error)}`),
  )
  return {
    desk,
    async close() {
      ending.abort()
      await desk.close()
    },
  }
}

type Bridge = { readonly show: Play; readonly stage: Stage; readonly desk: FaultDesk }

/** The cast of the scenario, with who came and without who left since. */
function castNow({ scenario }: Play, { members }: Stage): Cast {
  const cast = castOf(scenario)
  const planned = new Map(cast.agents.map((agent) => [agent.name, agent]))
  const agents = members.map(({ name }) => planned.get(name) ?? { name, words: [groupOf(name), 'bidders'] })
  return { ...cast, agents }
}

/** Every member by name, the publishers among them. */
const memberOf = ({ members, publishers }: Stage, name: string): Member | undefined =>
  [publishers, ...members].find((one) => one.name === name)

function groundOf(show: Play, stage: Stage): Ground {
  const { deployment, hand, holding, market, watch } = stage
  return {
    ...{ roads: show.roads, at: watch.at, bend: hand.bend },
    chains: [...deployment.engines, ...deployment.vaultChains].map(({ chain }) => chain),
    member: (name) => memberOf(stage, name),
    feed: (name) => feedNamed(market.feeds, name),
    clockFile: (name) => show.run.file('clocks', name),
    hold(vaults, millis) {
      for (const vault of vaults) holding.set(vault, millis)
      return () => {
        for (const vault of vaults) holding.delete(vault)
      }
    },
    censor: (vaults) => censor(stage, vaults),
    stranger: (act, rate, agents) => introduce(show, stage, { act, rate, agents }),
  }
}

async function censor({ deployment }: Stage, vaults: readonly string[]): Promise<() => Promise<void>> {
  const meant = deployment.network.vaults.filter(({ id }) => vaults.includes(id))
  const tell = async (word: 'pause' | 'unpause'): Promise<void> => {
    for (const vault of meant) {
      const site = deployment.vaultChains.find(({ chain }) => chain.id === vault.chain)
      if (site !== undefined) await say(site, vault, word)
    }
  }
  await tell('pause')
  return () => tell('unpause')
}

type Visit = { readonly act: 'spam' | 'forge' | 'replay'; readonly rate: number; readonly agents: readonly string[] }

async function introduce({ run, processes }: Play, stage: Stage, visit: Visit): Promise<() => Promise<void>> {
  const name = `stranger-${processes.all().filter((one) => one.name.startsWith('stranger-')).length + 1}`
  const peers = visit.agents.flatMap((agent) => memberOf(stage, agent)?.addresses.slice(0, 1) ?? [])
  const file = run.file('strangers', `${name}.json`)
  const told: StrangerConfig = { act: visit.act, rate: visit.rate, peers, network: run.file('network.json') }
  writeFileSync(file, JSON.stringify(told))
  const child = processes.start({ name, command: process.execPath, args: [...entry('stranger'), file] })
  return () => processes.stop([child], 2_000)
}

/** One order after the other, one answer each: what was done, or the error as the command will print it. */
function obey(bridge: Bridge): (asked: unknown) => Promise<object> {
  let turn: Promise<unknown> = Promise.resolve()
  return (asked) => {
    const answer = turn.then(() => answerTo(bridge, asked))
    turn = answer
    return answer
  }
}

async function answerTo(bridge: Bridge, asked: unknown): Promise<object> {
  try {
    return await done(bridge, asked)
  } catch (error) {
    const known = error instanceof LienmeshError ? error : undefined
    const message = error instanceof Error ? error.message : String(error)
    const fix = known?.fix ?? 'Look at the logs: lienmesh swarm logs.'
    return { error: { code: known?.code ?? 'E_UNEXPECTED', message, fix, exit: known?.exit ?? EXIT.failure } }
  }
}

async function done(bridge: Bridge, asked: unknown): Promise<object> {
  const { desk, show, stage } = bridge
  const names = list(part(asked, 'names')).map(text)
  switch (text(part(asked, 'verb'))) {
    case 'inject':
      return { faults: [await inject(desk, text(part(asked, 'line')))] }
    case 'heal':
      return { faults: await desk.heal(text(part(asked, 'which'))) }
    case 'pause':
      return { faults: [await inject(desk, `pause ${names.join(',')}`)] }
    case 'resume':
      return { faults: await healOn(desk, 'pause', names) }
    case 'kill':
      return { faults: [await inject(desk, `crash ${names.join(',')}`)] }
    case 'restart':
      return { faults: await restart(bridge, names) }
    case 'price':
      return movePrice(bridge, asked)
    case 'scale':
      return scale(show, stage, [text(part(asked, 'group')), figure(asked, 'count') ?? 0])
    case 'snapshot':
      refuseBroken(desk)
      return snapshot(show, stage, text(part(asked, 'name')))
    case 'restore':
      refuseBroken(desk)
      return restore(show, stage, text(part(asked, 'name')))
    default:
      throw usageError('E_ORDER', 'the run knows no such order', 'Run both with the same version of the program.')
  }
}

/** What is broken on purpose is not put aside: nobody would know what to heal afterwards. */
function refuseBroken(desk: FaultDesk): void {
  const acting = desk.list().map(({ id, line }) => `${id} (${line})`)
  if (acting.length === 0) return
  throw new LienmeshError('E_RUN_PHASE', `faults act: ${acting.join(', ')}`, {
    remedy: 'fix-config',
    exit: EXIT.failure,
    fix: 'Heal them first: lienmesh swarm heal.',
  })
}

async function inject(desk: FaultDesk, line: string): Promise<FaultRecord> {
  const fault = readFault(line)
  if (Array.isArray(fault)) throw usageError('E_FAULT', fault.join('\n  '), 'See lienmesh swarm inject --help.')
  return desk.inject(fault)
}

const healOn = async (desk: FaultDesk, kind: FaultRecord['kind'], names: readonly string[]) =>
  (await Promise.all(names.map((name) => desk.heal(name, (one) => one.kind === kind)))).flat()

/** Those that lie dead come back; those that live end and start again. */
async function restart({ desk, stage }: Bridge, names: readonly string[]): Promise<readonly FaultRecord[]> {
  const dead = names.filter((name) => memberOf(stage, name)?.child.alive() === false)
  const killed = desk.list().filter(({ kind, on }) => kind === 'crash' && on.some((name) => dead.includes(name)))
  const healed = (await Promise.all(killed.map(({ id }) => desk.heal(String(id))))).flat()
  const rest = names.filter((name) => !healed.some(({ on }) => on.includes(name)))
  return rest.length === 0 ? healed : [...healed, await inject(desk, lineOf({ kind: 'restart', on: rest }))]
}

function movePrice({ show, stage }: Bridge, asked: unknown): object {
  const { market, hand, watch } = stage
  const name = text(part(asked, 'feed'))
  const known = show.scenario.feeds.map((one) => one.name)
  if (!known.includes(name))
    throw usageError('E_FEED', `the market has no feed ${name} (${known.join(', ')})`, 'Take one of them.')
  const [feed, from, over] = [feedNamed(market.feeds, name), Math.max(0, watch.at()), figure(asked, 'over') ?? 0]
  const before = market.spot(feed, from)
  const after = figure(asked, 'to') ?? before * (1 + (figure(asked, 'move') ?? 0) / 10_000)
  hand.move(nudgeTo(feed, [before, after], { from, over }))
  const shown = (dollars: number): string => usd(BigInt(Math.round(dollars * 1e6)) * 10n ** 12n)
  show.console.event(
    from,
    'hand',
    `${name} ${shown(before)} → ${shown(after)}${over > 0 ? ` over ${over / 1_000} s` : ''}`,
  )
  return { feed: name, before, after, over }
}
