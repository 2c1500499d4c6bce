// lienmesh swarm down: ends every run of a directory, and waits until nothing of it is left.
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { EXIT, type ExitStatus } from '../domain/errors.ts'
import { isAlive, listRuns, type RunDirectory, sweepRuns } from './run-directory.ts'

/** What the command line asks for. */
export type DownOptions = { readonly runDir?: string | undefined; readonly json: boolean }

/** Stops every run. 3 when none ran. */
export async function swarmDown({ runDir, json }: DownOptions): Promise<ExitStatus> {
  const root = resolve(runDir ?? '.')
  const living = listRuns(root).filter((run) => isAlive(run.record().supervisor))
  for (const run of living) await end(run)
  const swept = sweepRuns(root, Number.POSITIVE_INFINITY)
  const stopped = [...living.map((run) => run.id), ...swept.map(({ run }) => run)]
  const words = stopped.length === 0 ? 'no swarm ran here' : `stopped ${stopped.join(', ')}`
  process.stdout.write(`${json ? JSON.stringify({ type: 'down', stopped }) : words}\n`)
  return stopped.length === 0 ? EXIT.notRunning : EXIT.ok
}

/** A clean stop first; what is left after that dies with its supervisor. */
async function end(run: RunDirectory): Promise<void> {
  const { supervisor } = run.record()
  process.kill(supervisor.pid, 'SIGTERM')
  const deadline = Date.now() + PATIENCE
  while (isAlive(supervisor) && Date.now() < deadline) await sleep(50)
  if (isAlive(supervisor)) process.kill(supervisor.pid, 'SIGKILL')
  while (run.record().processes.some(isAlive) && Date.now() < deadline + PATIENCE) await sleep(50)
}

const PATIENCE = 8_000
