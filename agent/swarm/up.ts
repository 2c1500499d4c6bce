// lienmesh swarm up: one scenario on local chains, here or, to be kept, in a process of its own. Start reading in play.ts.
import { EXIT, type ExitStatus } from '../domain/errors.ts'
import { keep } from './keep.ts'
import { play } from './play.ts'
import type { PlayOptions } from './playbill.ts'

/** What the command line asks for. */
export type UpOptions = Omit<PlayOptions, 'out' | 'judged'>

/** Plays a scenario. 0 when every assertion holds, 6 when one does not, 130 when interrupted; errors are thrown. */
export async function swarmUp(options: UpOptions): Promise<ExitStatus> {
  try {
    return await (options.keep ? keep(options) : play({ ...options, out: process.stdout }))
  } catch (error) {
    if (options.signal.aborted) return EXIT.interrupted
    throw error
  }
}
