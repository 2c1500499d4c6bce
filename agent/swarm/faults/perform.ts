// Carries faults out on a running swarm: each kind by the part of it that it is about.
import { writeFileSync } from 'node:fs'
import type { Targets } from '../../../config/fault-cast.ts'
import type { Fault } from '../../../config/faults.ts'
import { EXIT, LienmeshError } from '../../domain/errors.ts'
import type { Member } from '../crew.ts'
import type { LocalChain } from '../local-chain.ts'
import { halt, makeDear, reorganise } from './chains.ts'
import type { Act } from './desk.ts'
import type { LinkToxic } from './flow.ts'
import type { Bend } from './oracle.ts'
import type { Roads } from './roads.ts'

/** What of a swarm can be broken. */
export type Ground = {
  readonly roads: Roads | undefined
  readonly chains: readonly LocalChain[]
  readonly member: (name: string) => Member | undefined
  /** Feeds by name. */
  readonly feed: (name: string) => number
  /** Market time in ms. */
  readonly at: () => number
  /** Publishers are wrong in this way; the result ends it. */
  readonly bend: (bend: Bend) => () => void
  /** Messages of these vaults are kept so many ms; the result lets them go. */
  readonly hold: (vaults: readonly string[], millis: number) => () => void
  /** Everything that these vaults believe by stands still, and moves again. */
  readonly censor: (vaults: readonly string[]) => Promise<() => Promise<void>>
  /** Where a process reads how far its clock is off. */
  readonly clockFile: (name: string) => string
  /** Starts a stranger among these agents; the result ends it. */
  readonly stranger: (
    act: 'spam' | 'forge' | 'replay',
    rate: number,
    agents: readonly string[],
  ) => Promise<() => Promise<void>>
}

/** How faults act on a ground. */
export function performOn(ground: Ground): Act {
  const halted = new Set<string>()
  return async (fault, targets) => {
    switch (fault.kind) {
      case 'latency':
      case 'jitter':
      case 'loss':
      case 'bandwidth':
      case 'partition':
      case 'reset_peer':
        return roadsOf(ground, fault).links.add(toxicOf(fault), targets.on, targets.to)
      case 'rpc_lag':
      case 'rpc_error':
      case 'rpc_limit':
      case 'rpc_down':
      case 'rpc_stale':
      case 'rpc_wrong_chain':
      case 'duplicate':
      case 'reorder':
        return roadsOf(ground, fault).nodes.add(fault, targets.on, targets.chains)
      case 'halt':
      case 'reorg':
      case 'gas_spike':
        return breakChains(ground, fault, { targets, halted })
      case 'oracle_freeze':
      case 'oracle_skew':
      case 'oracle_lie':
      case 'oracle_silence':
        return ground.bend(bendOf(ground, fault, targets))
      case 'message_delay':
        return ground.hold(targets.on, fault.delay)
      case 'censor':
        return ground.censor(targets.on)
      case 'clock_skew':
        return skew(ground, fault, targets.on)
      case 'crash':
      case 'pause':
      case 'restart':
        return disturb(ground, fault.kind, targets.on)
      case 'spam':
      case 'forge':
      case 'replay':
        return ground.stranger(fault.kind, fault.rate, targets.on)
    }
  }
}

type LinkFault = Extract<Fault, { readonly to: readonly string[] }>

function toxicOf(fault: LinkFault): LinkToxic {
  switch (fault.kind) {
    case 'latency':
      return { kind: 'latency', delay: fault.delay, jitter: fault.jitter }
    case 'jitter':
      return { kind: 'latency', delay: 0, jitter: fault.jitter }
    case 'loss':
      return { kind: 'loss', share: fault.share / WHOLE }
    case 'bandwidth':
      return { kind: 'bandwidth', rate: fault.rate }
    case 'partition':
      return { kind: 'partition' }
    case 'reset_peer':
      return { kind: 'reset_peer', after: fault.after }
  }
}

/** Hundredths of a percent in the whole. */
const WHOLE = 10_000

type ChainFault = Extract<Fault, { readonly kind: 'halt' | 'reorg' | 'gas_spike' }>
type Breaking = { readonly targets: Targets; readonly halted: Set<string> }

async function breakChains({ chains }: Ground, fault: ChainFault, { targets, halted }: Breaking): ReturnType<Act> {
  const meant = chains.filter(({ name }) => targets.on.includes(name))
  if (fault.kind === 'reorg') {
    for (const chain of meant) await reorganise(chain, fault.depth, () => !halted.has(chain.name))
    return undefined
  }
  const undo = await Promise.all(
    meant.map(async (chain) => {
      if (fault.kind === 'gas_spike') return makeDear(chain, fault.fee)
      halted.add(chain.name)
      const resume = await halt(chain)
      return () => {
        halted.delete(chain.name)
        return resume()
      }
    }),
  )
  return async () => void (await Promise.all(undo.map((one) => one())))
}

type OracleFault = Extract<Fault, { readonly by: readonly string[] }>

function bendOf(ground: Ground, fault: OracleFault, targets: Targets): Bend {
  const publishers = targets.by.map((name) => Number(name.split('-').at(-1)) - 1)
  const feeds = targets.on.map(ground.feed)
  const about = { feeds, publishers, since: ground.at(), move: 'move' in fault ? fault.move / WHOLE : 0 }
  if (fault.kind === 'oracle_freeze') return { kind: 'freeze', ...about }
  return { kind: fault.kind === 'oracle_silence' ? 'silence' : 'off', ...about }
}

async function skew(ground: Ground, fault: Extract<Fault, { readonly kind: 'clock_skew' }>, on: readonly string[]) {
  roadsOf(ground, fault)
  for (const name of on) writeFileSync(ground.clockFile(name), String(fault.offset))
  return () => {
    for (const name of on) writeFileSync(ground.clockFile(name), '0')
  }
}

async function disturb(ground: Ground, kind: 'crash' | 'pause' | 'restart', on: readonly string[]): ReturnType<Act> {
  const members = on.flatMap((name) => ground.member(name) ?? [])
  if (kind === 'pause') {
    for (const { child } of members) child.signal('SIGSTOP')
    return () => {
      for (const { child } of members) child.signal('SIGCONT')
    }
  }
  await Promise.all(members.map((member) => member.stop(kind === 'crash' ? 'SIGKILL' : 'SIGTERM')))
  const start = async (): Promise<void> => void (await Promise.all(members.map((member) => member.start())))
  if (kind === 'crash') return start
  await start()
  return undefined
}

function roadsOf({ roads }: Ground, { kind }: Fault): Roads {
  if (roads !== undefined) return roads
  throw new LienmeshError('E_NO_ROADS', `${kind} needs the run's processes to speak through proxies; they do not`, {
    remedy: 'fix-config',
    exit: EXIT.usage,
    fix: 'Start the run with lienmesh swarm up --keep, with --faults, or from a scenario that has faults.',
  })
}
