// A run that outlives its command: played by a keeper process, told here until the judgement, then left alone.
import { fork } from 'node:child_process'
import { EXIT, type ExitStatus, LienmeshError } from '../domain/errors.ts'
import type { PlayOptions } from './playbill.ts'
import { entry } from './processes.ts'

/** What the keeper sends: lines as they come, then the judgement or the failure. */
export type Told =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'judged'; readonly status: ExitStatus }
  | {
      readonly kind: 'failed'
      readonly code: string
      readonly message: string
      readonly fix: string
      readonly exit: ExitStatus
    }

/** What the keeper plays. */
export type Kept = Omit<PlayOptions, 'out' | 'judged' | 'signal'>

/** Plays through a keeper. Until the judgement it dies with us; after it, only `swarm down` ends it. */
export async function keep({ signal, ...kept }: Omit<PlayOptions, 'out' | 'judged'>): Promise<ExitStatus> {
  const [program = ''] = entry('keeper')
  const { runDir, scenario, agents, accounts, seed, duration, json, port, faults } = kept
  const told = { runDir, scenario, agents, accounts, seed, duration, json, port, faults, keep: true } satisfies Kept
  const keeper = fork(program, [JSON.stringify(told)], { detached: true, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  const { promise, resolve, reject } = Promise.withResolvers<ExitStatus>()
  const interrupt = (): void => void keeper.kill('SIGTERM')
  signal.addEventListener('abort', interrupt, { once: true })
  keeper.on('message', (message: Told) => {
    if (message.kind === 'line') process.stdout.write(message.text)
    else if (message.kind === 'judged') resolve(message.status)
    else reject(failure(message))
  })
  keeper.on('exit', () => (signal.aborted ? reject(signal.reason) : reject(failure(KEEPER_GONE))))
  const status = await promise
  signal.removeEventListener('abort', interrupt)
  keeper.disconnect()
  keeper.unref()
  return status
}

const failure = ({ code, message, fix, exit }: Extract<Told, { kind: 'failed' }>): Error =>
  new LienmeshError(code, message, { remedy: 'halt', exit, fix })

const KEEPER_GONE: Extract<Told, { kind: 'failed' }> = {
  kind: 'failed',
  code: 'E_KEEPER',
  message: 'the process that plays the scenario ended without a word',
  fix: 'Run without --keep to see why.',
  exit: EXIT.failure,
}
