// Which journals a question is asked of: a named folder, the agent configured here, or the newest run.
import { existsSync } from 'node:fs'
import { z } from 'zod'
import { loadConfig } from '../../config/load.ts'
import { EXIT, LienmeshError } from '../domain/errors.ts'
import { listRuns } from '../swarm/run-directory.ts'

/** `--from`. */
export const from = z
  .string()
  .min(1)
  .optional()
  .describe('A run or data directory (default: of lienmesh.yaml here, else the newest run).')

/** The folder to read journals from. */
export function journalFolder(asked: string | undefined): string {
  const folder = asked ?? configured() ?? listRuns(process.cwd())[0]?.path
  if (folder !== undefined) return folder
  const fix = 'Start one with lienmesh swarm up, or name a folder with --from.'
  throw new LienmeshError('E_NO_RUN', 'no run in this directory', { remedy: 'fix-config', exit: EXIT.notRunning, fix })
}

const CONFIG = 'lienmesh.yaml'

const configured = (): string | undefined =>
  existsSync(CONFIG) ? loadConfig({ file: CONFIG, env: process.env, flags: {} }).config.dataDir : undefined
