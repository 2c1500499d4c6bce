// lienmesh swarm status: the runs of a directory and what of them is alive.
import { resolve } from 'node:path'
import { EXIT, type ExitStatus } from '../domain/errors.ts'
import type { FaultRecord } from './faults/desk.ts'
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
  const { id, scenario, seed, phase, createdAt, chains, faults = [] } = run.record()
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
    faults: faults.map((one) => ({ ...one, left: leftOf(one) })),
  }
}

function lines(run: RunDirectory): readonly string[] {
  const { id, scenario, seed, phase, chains, faults = [] } = run.record()
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
    ...(faults.length === 0
      ? []
      : table(
          ['fault', '', 'left'],
          faults.map((one) => [`${one.id}  ${one.line}`, one.state, leftText(one)]),
        )),
  ]
}

/** Milliseconds until a fault ends, or until one that waits begins; undefined when only healing ends it. */
function leftOf({ state, since, until }: FaultRecord): number | undefined {
  const end = state === 'waiting' ? since : until
  return end === undefined ? undefined : Math.max(0, end - Date.now())
}

function leftText(fault: FaultRecord): string {
  const left = leftOf(fault)
  if (left === undefined) return 'until healed'
  return `${fault.state === 'waiting' ? 'in ' : ''}${(left / 1_000).toFixed(1)} s`
}
