// Which journals a question is asked of: the newest run, or a folder.
import { z } from 'zod'
import { EXIT, LienmeshError } from '../domain/errors.ts'
import { listRuns } from '../swarm/run-directory.ts'

/** `--from`. */
export const from = z
  .string()
  .min(1)
  .optional()
  .describe('A run directory or a data directory (default: newest run here).')

/** The folder to read journals from. */
export function journalFolder(asked: string | undefined): string {
  const folder = asked ?? listRuns(process.cwd())[0]?.path
  if (folder !== undefined) return folder
  const fix = 'Start one with lienmesh swarm up, or name a folder with --from.'
  throw new LienmeshError('E_NO_RUN', 'no run in this directory', { remedy: 'fix-config', exit: EXIT.notRunning, fix })
}
