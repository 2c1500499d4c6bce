// The faults of a run: what was asked for, what acts now and until when. Who carries them out is somebody else.
import type { Targets } from '../../../config/fault-cast.ts'
import { lineOf } from '../../../config/fault-line.ts'
import type { Fault } from '../../../config/faults.ts'
import { EXIT, LienmeshError, usageError } from '../../domain/errors.ts'

/** A fault of a run. Times are wall ms; `until` is missing when only healing ends it. */
export type FaultRecord = {
  readonly id: number
  readonly kind: Fault['kind']
  readonly line: string
  /** Whom it is about, by name. */
  readonly on: readonly string[]
  /** Done is what is over at once, or has ended. */
  readonly state: 'waiting' | 'acting' | 'done'
  readonly since: number
  readonly until?: number
}

/** Carries a fault out; the result, if any, undoes it. */
export type Act = (fault: Fault, targets: Targets) => Promise<(() => void | Promise<void>) | undefined>

/** The desk of a run. */
export type FaultDesk = {
  /** A fault from now on, or at its time from now. Refused when it is about nobody, or cannot act here. */
  inject(fault: Fault): Promise<FaultRecord>
  /** Ends faults: by number, by kind, by whom they are about, or all. Answers what ended; E_FAULT_GONE when nothing did. */
  heal(which: string, among?: (record: FaultRecord) => boolean): Promise<readonly FaultRecord[]>
  list(): readonly FaultRecord[]
  /** Ends everything. Nothing can be injected after it. */
  close(): Promise<void>
}

/** What a desk stands on. */
export type DeskOptions = {
  /** Whom a fault is about, or what is wrong with it. */
  readonly targets: (fault: Fault) => Targets | string[]
  readonly act: Act
  /** Told of everything that begins and ends. */
  readonly report: (text: string, record: FaultRecord) => void
  readonly now: () => number
}

type Standing = { record: FaultRecord; timer?: NodeJS.Timeout; undo?: (() => void | Promise<void>) | undefined }

type State = DeskOptions & { readonly standing: Map<number, Standing>; last: number; closed: boolean }

/** Opens a desk without faults. */
export function openFaultDesk(options: DeskOptions): FaultDesk {
  const state: State = { ...options, standing: new Map(), last: 0, closed: false }
  const list = (): readonly FaultRecord[] => [...state.standing.values()].map(({ record }) => record)
  return {
    inject: (fault) => inject(state, fault),
    async heal(which, among = () => true) {
      const word = which.replaceAll('-', '_')
      const meant = list().filter(
        (one) =>
          among(one) && (which === 'all' || word === one.kind || which === String(one.id) || one.on.includes(which)),
      )
      if (meant.length === 0) throw nothingToHeal(which, list())
      for (const { id } of meant) await end(state, id, 'healed')
      return meant
    },
    list,
    async close() {
      state.closed = true
      for (const { id, kind } of list()) {
        // Who lies dead at the end of a run need not rise for it.
        if (kind === 'crash') state.standing.delete(id)
        else await end(state, id, 'ended').catch(() => undefined) // what it acted on may have gone first
      }
    },
  }
}

async function inject(state: State, fault: Fault): Promise<FaultRecord> {
  const targets = state.targets(fault)
  if (Array.isArray(targets)) throw usageError('E_FAULT', targets.join('\n  '), 'Take one of these names.')
  const record: FaultRecord = {
    ...{ id: ++state.last, kind: fault.kind, line: lineOf({ ...fault, at: 0 }), state: 'waiting' },
    on: targets.on.length > 0 ? targets.on : targets.by,
    since: state.now() + fault.at,
  }
  const one: Standing = { record }
  state.standing.set(record.id, one)
  if (fault.at === 0) return begin(state, one, { fault, targets })
  state.report(`waits ${fault.at / 1_000} s: ${record.line}`, record)
  one.timer = setTimeout(() => {
    begin(state, one, { fault, targets }).catch((error: unknown) => state.report(`FAILED ${String(error)}`, record))
  }, fault.at)
  return record
}

type Meant = { readonly fault: Fault; readonly targets: Targets }

async function begin(state: State, one: Standing, { fault, targets }: Meant): Promise<FaultRecord> {
  const { id } = one.record
  try {
    one.undo = await state.act(fault, targets)
  } catch (error) {
    state.standing.delete(id)
    throw error
  }
  const lasting = 'for' in fault ? fault.for : undefined
  const since = state.now()
  const now = one.undo === undefined ? 'done' : 'acting'
  one.record = { ...one.record, state: now, since, ...(lasting !== undefined && { until: since + lasting }) }
  if (one.undo === undefined) state.standing.delete(id)
  state.report(one.record.line, one.record)
  if (state.closed) await end(state, id, 'ended')
  else if (lasting !== undefined)
    one.timer = setTimeout(() => {
      end(state, id, 'over').catch((error: unknown) => state.report(`FAILED ${String(error)}`, one.record))
    }, lasting)
  return one.record
}

async function end(state: State, id: number, how: string): Promise<void> {
  const one = state.standing.get(id)
  if (one === undefined) return
  clearTimeout(one.timer)
  state.standing.delete(id)
  await one.undo?.()
  state.report(`${how}: ${one.record.line}`, { ...one.record, state: 'done' })
}

function nothingToHeal(which: string, all: readonly FaultRecord[]): Error {
  const known = all.map(({ id, line }) => `${id} (${line})`).join(', ')
  return new LienmeshError('E_FAULT_GONE', `no fault ${which} acts (${known === '' ? 'none does' : known})`, {
    remedy: 'fix-config',
    exit: EXIT.notRunning,
    fix: 'See lienmesh swarm status; heal one by its number, a kind by its name, or all.',
  })
}
