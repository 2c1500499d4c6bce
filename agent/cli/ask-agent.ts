// Asks a running agent, over its private socket.
import { z } from 'zod'
import { EXIT, LienmeshError } from '../domain/errors.ts'
import { askAgent, type Question } from '../runtime/control.ts'
import type { Context } from './command.ts'
import { configFlags, configFrom } from './config-source.ts'

/** The agent is found by its config, or by its data directory. */
export const agentFlags = z.strictObject({
  ...configFlags.shape,
  data: z.string().min(1).optional().describe('Data directory of the agent, instead of a config file.'),
})

/** What an agent answered. */
const answer = z.looseObject({
  error: z.string().optional(),
  name: z.string().default('agent'),
  paper: z.boolean().default(false),
  halt: z.object({ reason: z.string(), detail: z.string() }).optional(),
  reserved: z.number().default(0),
  claims: z.number().default(0),
  inFlight: z.coerce.bigint().default(0n),
  wealth: z.coerce.bigint().default(0n),
  wins: z.number().default(0),
  peers: z.number().default(0),
})
export type Answer = z.infer<typeof answer>

type Found = { readonly config: string; readonly data?: string | undefined }

/** One question, one answer. E_NOT_RUNNING when no agent listens there. */
export async function ask(
  found: Found,
  question: 'status' | 'pause' | 'resume' | 'stop',
  context: Context,
): Promise<Answer> {
  return answer.parse(await askAt(found, { ask: question }, context))
}

/** The same for any question; whoever asks reads the answer. */
export function askAt(found: Found, question: Question, context: Context): Promise<unknown> {
  const dataDir = found.data ?? configFrom(found.config, context).config.dataDir
  return askAgent(dataDir, question).catch((error: unknown) => {
    throw new LienmeshError('E_NOT_RUNNING', `No agent answers for ${dataDir}.`, {
      remedy: 'fix-config',
      exit: EXIT.notRunning,
      fix: 'Start it with lienmesh run, or name its data directory with --data.',
      cause: error,
    })
  })
}
