// lienmesh signer: holds the key for an agent that runs as somebody else.
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { loadNetwork } from '../../config/network.ts'
import { startSigner } from '../adapters/signer/start-signer.ts'
import { EXIT, type ExitStatus } from '../domain/errors.ts'
import { signerTerms } from '../runtime/signing.ts'
import { command, toggle } from './command.ts'
import { configFlags, configFrom } from './config-source.ts'

/** Signs, within the policy of its own config, for whoever may open its socket. */
export const signer = command({
  options: z.strictObject({
    ...configFlags.shape,
    socket: z.string().min(1).optional().describe('Where it listens; signer.sock in its data directory otherwise.'),
    group: toggle.describe("Also let the socket's group connect (mode 0660); otherwise only its owner."),
  }),
  examples: [
    'lienmesh signer --config signer.yaml',
    'lienmesh signer --config signer.yaml --socket /run/s.sock --group',
  ],
  run: async (options, context) => {
    const { config } = configFrom(options.config, context)
    mkdirSync(config.dataDir, { recursive: true, mode: 0o700 })
    const path = resolve(options.socket ?? join(config.dataDir, 'signer.sock'))
    const terms = signerTerms(config, loadNetwork(config.network))
    return follow(startSigner({ ...terms, socket: { path, shared: options.group } }), context.signal)
  },
})

/** The key stays in the child; this process only passes on what ends it. */
function follow(child: ReturnType<typeof startSigner>, signal: AbortSignal): Promise<ExitStatus> {
  const end = () => void child.kill('SIGTERM')
  signal.addEventListener('abort', end, { once: true })
  return new Promise((ended, failed) => {
    child.once('error', failed)
    child.once('exit', (code) => {
      signal.removeEventListener('abort', end)
      ended(Object.values(EXIT).find((one) => one === code) ?? EXIT.failure)
    })
  })
}
