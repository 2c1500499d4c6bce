// Orders to a run that lives, over its supervisor's private socket.
import { resolve } from 'node:path'
import { z } from 'zod'
import { EXIT, type ExitStatus, LienmeshError } from '../domain/errors.ts'
import { askSocket, socketOf } from '../runtime/control.ts'
import { isAlive, listRuns, type RunDirectory } from '../swarm/run-directory.ts'
import type { Context } from './command.ts'
import { json } from './format.ts'

/** Where the run is looked for. */
export const runFlags = {
  'run-dir': z.string().min(1).optional().describe('Where .lienmesh/runs is (default: here).'),
} as const

/** A fault as the run tells of it. */
const record = z.looseObject({
  id: z.number(),
  line: z.string(),
  state: z.string(),
  since: z.number(),
  until: z.number().optional(),
})
const answer = z.looseObject({
  error: z.looseObject({ code: z.string(), message: z.string(), fix: z.string(), exit: z.number() }).optional(),
  faults: z.array(record).default([]),
})

/** What the run answered. */
export type Answer = z.infer<typeof answer>

/** The newest run of a directory that lives. E_NO_RUN when none does. */
export function livingRun(runDir: string | undefined): RunDirectory {
  const run = listRuns(resolve(runDir ?? '.')).find((one) => isAlive(one.record().supervisor))
  if (run !== undefined) return run
  throw new LienmeshError('E_NO_RUN', 'no run of this directory lives', {
    remedy: 'fix-config',
    exit: EXIT.notRunning,
    fix: 'Start one that stays: lienmesh swarm up --keep.',
  })
}

/** Gives one order to the newest run that lives and hands on its answer; what it refuses is thrown as it said it. */
export async function order(runDir: string | undefined, words: object): Promise<Answer> {
  const run = livingRun(runDir)
  const said = answer.parse(
    await askSocket(socketOf(run.path), words, PATIENCE).catch((error: unknown) => {
      throw deaf(run, error)
    }),
  )
  if (said.error === undefined) return said
  const { code, message, fix, exit } = said.error
  // The run is the same program: its codes and statuses are ours.
  throw new LienmeshError(code, message, { remedy: 'fix-config', fix, exit: exit as ExitStatus })
}

/** Longest wait for an order to be carried out: a swarm that starts again takes its time. */
const PATIENCE = 180_000

const deaf = (run: RunDirectory, cause: unknown): Error =>
  new LienmeshError('E_NO_HELM', `run ${run.id} takes no orders (it is ${run.record().phase})`, {
    remedy: 'retry',
    exit: EXIT.notRunning,
    fix: 'Wait until its set-up is over, and ask again.',
    cause,
  })

/** Prints what became of faults, one line or object each. */
export function printFaults({ faults }: Answer, verb: string, context: Context): ExitStatus {
  for (const { id, line, state, until } of faults) {
    const left = until === undefined ? 'until it is healed' : `for ${((until - Date.now()) / 1_000).toFixed(1)} s`
    const when = state === 'waiting' ? 'waits for its time' : state === 'done' ? 'done' : left
    const words = verb === 'injected' ? `✔ ${id} ${line} · ${when}` : `✔ ${verb} ${id} ${line}`
    context.print(context.json ? json({ type: verb, fault: id, line, state, until }) : words)
  }
  return EXIT.ok
}
