// What a run is asked to be, and what it consists of while it is under way.
import type { Writable } from 'node:stream'
import type { Scenario } from '../../config/scenario.ts'
import type { ExitStatus } from '../domain/errors.ts'
import type { Console } from './console.ts'
import type { Roads } from './faults/roads.ts'
import type { Gallery } from './gallery.ts'
import type { Processes } from './processes.ts'
import type { RunDirectory } from './run-directory.ts'
import type { Changes } from './seats.ts'

/** What is to be played, and where it is told. */
export type PlayOptions = Changes & {
  readonly scenario: string
  readonly keep: boolean
  readonly runDir?: string | undefined
  readonly json: boolean
  /** Let processes speak through proxies, so that every fault can come; kept runs and scenarios with faults do. */
  readonly faults?: boolean | undefined
  /** Port of the dashboard; any free one by default. */
  readonly port?: number | undefined
  readonly out: Writable
  readonly signal: AbortSignal
  /** The judgement is out. With `keep` everything goes on until the signal fires. */
  readonly judged?: (status: ExitStatus) => void
}

/** A run under way. */
export type Play = {
  readonly options: PlayOptions
  readonly scenario: Scenario
  readonly run: RunDirectory
  readonly processes: Processes
  readonly console: Console
  readonly gallery: Gallery
  /** What stands between the processes, if faults may come there. */
  readonly roads: Roads | undefined
  readonly started: number
  /** Fires on interruption and at the end. */
  readonly signal: AbortSignal
}
