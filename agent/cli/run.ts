// lienmesh run: one agent on a network, in shadow mode unless file and flag agree on live.
import { z } from 'zod'
import { type Loaded, requireConsent } from '../../config/load.ts'
import { loadNetwork } from '../../config/network.ts'
import { settings } from '../../config/settings.ts'
import { duration } from '../../config/units.ts'
import { configError, EXIT } from '../domain/errors.ts'
import type { Adapters } from '../runtime/adapters.ts'
import type { Emit } from '../runtime/events.ts'
import { packageVersion } from '../suite/artefact.ts'
import { type Context, command, wholeNumber } from './command.ts'
import { configFlags, configFrom } from './config-source.ts'

/** Runs one agent until it is interrupted. */
export const run = command({
  options: configFlags.extend({
    for: duration.optional().describe('End after this time, such as 10m.'),
    join: z
      .string()
      .min(1)
      .optional()
      .describe('Join by this invitation: a URL, multiaddr or file, then # and the digest you were told.'),
    decisions: wholeNumber
      .optional()
      .describe('End after so many decisions of strategies; exit status 5 when the time of --for is over before.'),
  }),
  examples: ['lienmesh run --config agent.yaml --for 1h', 'lienmesh run --config agent.yaml --mode live'],
  run: async (options, context) => {
    const written = configFrom(options.config, context)
    requireConsent(written)
    const loaded = options.join === undefined ? written : await invited(written, options.join)
    const network = loadNetwork(loaded.config.network)
    const { runAgent } = await import('../runtime/run.ts')
    const enough = countdown(options.decisions ?? Number.POSITIVE_INFINITY)
    const adapters = await adaptersOf(enough.hear, loaded, context)
    const over = options.for === undefined ? [] : [AbortSignal.timeout(options.for)]
    const signal = AbortSignal.any([context.signal, enough.signal, ...over])
    const status = await runAgent(loaded.config, network, signal, adapters)
    const missed = options.decisions !== undefined && !enough.signal.aborted && over.some(({ aborted }) => aborted)
    return missed && status === EXIT.ok ? EXIT.timeout : status
  },
})

/** A description decides whom we trust: without a digest it is somebody's word. */
async function invited(loaded: Loaded, asked: string): Promise<Loaded> {
  const { invitationFrom, joined } = await import('../runtime/invite.ts')
  const invitation = await invitationFrom(asked, loaded.config.p2p.swarmKey)
  if (!invitation.pinned)
    throw configError(
      'E_JOIN',
      `${asked} comes without a digest; what it describes decides whom this agent trusts`,
      `Ask who invited you. If they say ${invitation.digest.slice(0, 16)}: --join ${asked}#${invitation.digest.slice(0, 16)}`,
    )
  return { ...loaded, config: joined(loaded.config, invitation) }
}

/** Ends after so many decisions of strategies: what the core settles before it asks them says nothing about them. */
function countdown(most: number): { readonly signal: AbortSignal; readonly hear: (emit: Emit) => Emit } {
  const ending = new AbortController()
  let left = most
  const hear =
    (emit: Emit): Emit =>
    (event, fields) => {
      emit(event, fields)
      if (event === 'decision' && fields?.['strategy'] !== 'core' && --left <= 0) ending.abort()
    }
  return { signal: ending.signal, hear }
}

/** What the agent stands on; with a port of its own it is watched. */
async function adaptersOf(emit: Adapters['emit'], loaded: Loaded, context: Context): Promise<Adapters> {
  const quiet = { ...(await import('../runtime/adapters.ts')).usual, emit }
  const { notify } = loaded.config
  const usual =
    notify.length === 0
      ? quiet
      : (await import('../console/notify/notify.ts')).notifying(quiet, loaded.config, context.signal)
  const { watch, port = watch === undefined ? undefined : 0 } = loaded.config.api
  if (port === undefined) return usual
  const { watched } = await import('../console/serve-agent.ts')
  const opened = (link: string, url: string): void => {
    process.stderr.write(context.json ? `${JSON.stringify({ type: 'console', url })}\n` : `dashboard ${link}\n`)
  }
  return watched(usual, {
    config: loaded.config,
    network: loadNetwork(loaded.config.network),
    port,
    settings: settingsIn(loaded),
    version: packageVersion(),
    opened,
  })
}

/** Every setting with its origin, as the dashboard shows them. Endpoints may hold credentials and stay out. */
const settingsIn = ({ config, origin, written }: Loaded) =>
  settings().map(({ key, path, fallback }) => ({
    ...{ agent: config.name, key, from: origin(key) },
    value: key === 'keys.remote' && written(path) !== undefined ? 'set' : String(written(path) ?? fallback ?? ''),
  }))
