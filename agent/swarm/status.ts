// lienmesh swarm status: the runs of a directory and what of them is alive.
import { resolve } from 'node:path'
import { EXIT, type ExitStatus } from '../domain/errors.ts'
import { table } from './format.ts'
import { isAlive, listRuns, type RunDirectory } from './run-directory.ts'

/** What the command line asks for. */
export type StatusOptions = { readonly runDir?: string | undefined; readonly json: boolean }

/** Lists the runs that live. 3 when none does. */
export async function swarmStatus({ runDir, json }: StatusOptions): Promise<ExitStatus> {
  const alive = listRuns(resolve(runDir ?? '.')).filter((run) => isAlive(run.record().supervisor))
  for (const run of alive) process.stdout.write(`${json ? JSON.stringify(described(run)) : lines(run).join('\n')}\n`)
  if (alive.length > 0) return EXIT.ok
  process.stdout.write(json ? `${JSON.stringify({ type: 'status', running: false })}\n` : 'no swarm runs here\n')
  return EXIT.notRunning
}

const processesOf = (run: RunDirectory) =>
  run.record().processes.map((one) => ({ name: one.name, pid: one.pid, alive: isAlive(one) }))

function described(run: RunDirectory): object {
  const { id, scenario, seed, phase, createdAt, chains } = run.record()
  return {
    type: 'status',
    running: true,
    run: id,
    scenario,
    seed,
    phase,
    createdAt,
    path: run.path,
    chains,
    processes: processesOf(run),
  }
}

function lines(run: RunDirectory): readonly string[] {
  const { id, scenario, seed, phase, chains } = run.record()
  return [
    `run ${id} · ${scenario} · seed ${seed} · ${phase} · ${run.path}`,
    ...table(
      ['chain', 'id', 'url'],
      chains.map((chain) => [chain.name, String(chain.id), chain.url]),
    ),
    ...table(
      ['process', 'pid', ''],
      processesOf(run).map(({ name, pid, alive }) => [name, String(pid), alive ? 'alive' : 'ended']),
    ),
  ]
}
