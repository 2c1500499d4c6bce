// A disk that takes nothing: one alarm, no commitments until it does again, and a try every second.
import { join } from 'node:path'
import { type PatientJournal, patientJournal, type Told } from '../adapters/store/patient-journal.ts'
import { openSqliteJournal } from '../adapters/store/sqlite-journal.ts'
import { millis } from '../domain/units.ts'
import type { Clock } from '../ports/clock.ts'
import type { Adapters } from './adapters.ts'
import type { Context } from './context.ts'
import type { Emit } from './events.ts'
import { rest } from './tasks.ts'

/** What is said about the disk. The journal is open before there is a core to be told. */
type DiskVoice = { readonly told: Told; readonly speakTo: (tell: Context['tell']) => void }

/** A voice whose first word is that of a disk that takes everything. */
export function diskVoice(emit: Emit): DiskVoice {
  let trouble: string | undefined
  let tell: Context['tell'] | undefined
  return {
    told: (error) => {
      trouble = error && `${error.message} ${error.fix}`
      if (trouble === undefined) emit('disk:mended')
      else emit('alarm', { code: 'E_DISK', detail: trouble })
      tell?.({ kind: 'disk', trouble })
    },
    speakTo: (core) => {
      tell = core
      if (trouble !== undefined) core({ kind: 'disk', trouble })
    },
  }
}

type Around = { readonly adapters: Pick<Adapters, 'journal'>; readonly emit: Emit }

/** The journal in its directory, as the agent sees it. */
export function openJournal(
  { dataDir }: { readonly dataDir: string },
  owner: string,
  { adapters, emit }: Around,
): { readonly journal: PatientJournal; readonly speakTo: DiskVoice['speakTo'] } {
  const path = join(dataDir, 'journal.db')
  const { told, speakTo } = diskVoice(emit)
  const open = (trouble: (error: unknown) => void) => adapters.journal(openSqliteJournal({ path, owner, trouble }))
  return { journal: patientJournal(open, told), speakTo }
}

const PAUSE = millis(1_000)

/** Writes what waits until the signal fires. */
export async function keepMending({ mend }: Mending, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    mend()
    await rest(clock, PAUSE, signal)
  }
}

/** A part of the journal. */
type Mending = Pick<PatientJournal, 'mend'>
