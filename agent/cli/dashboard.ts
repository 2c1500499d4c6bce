// lienmesh dashboard: a link to a running agent or swarm, or a run that is over, looked at again.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { type WayIn, wayIn } from '../console/http/tokens.ts'
import { EXIT, LienmeshError } from '../domain/errors.ts'
import { type Context, command, toggle, wholeNumber } from './command.ts'
import { from, journalFolder } from './journal-source.ts'

/** Prints a link that opens once. */
export const dashboard = command({
  options: z.strictObject({
    read: toggle.describe('The link may look and not pause, resume or flatten.'),
    port: wholeNumber.default(0).describe('Port for a run that is over; any free one by default.'),
    from,
  }),
  examples: ['lienmesh dashboard', 'lienmesh dashboard --read', 'lienmesh dashboard --from .lienmesh/runs/7f3a'],
  run: async (options, context) => {
    const folder = journalFolder(options.from)
    const way = wayIn(folder)
    const link = way === undefined ? undefined : await linkTo(way, options.read ? 'read' : 'control')
    if (link === undefined) return again(folder, options.port, context)
    say(context, link)
    return EXIT.ok
  },
})

const say = ({ json, print }: Context, link: string): void =>
  print(json ? JSON.stringify({ type: 'dashboard', link }) : link)

/** A fresh link from the server that wrote the way down; undefined when it is gone. */
async function linkTo({ url, control }: WayIn, power: 'read' | 'control'): Promise<string | undefined> {
  const headers = { authorization: `Bearer ${control}`, 'content-type': 'application/json' }
  try {
    const body = JSON.stringify({ power })
    const response = await fetch(`${url}/api/v1/links`, {
      method: 'POST',
      headers,
      body,
      signal: AbortSignal.timeout(3_000),
    })
    const said: unknown = await response.json()
    const key = typeof said === 'object' && said !== null && 'key' in said ? String(said.key) : undefined
    return key === undefined ? undefined : `${url}/#k=${key}`
  } catch {
    return undefined // Nobody listens there any more.
  }
}

/** Serves what a run left behind, until interrupted. */
async function again(folder: string, port: number, context: Context) {
  if (!existsSync(join(folder, 'run.json'))) throw notServed(folder)
  const [{ playback }, { serve }, { packageVersion }] = await Promise.all([
    import('../swarm/playback.ts'),
    import('../console/http/server.ts'),
    import('../suite/artefact.ts'),
  ])
  const server = await serve({ desk: playback({ folder }), port, folder, version: packageVersion() })
  say(context, server.link('read'))
  await new Promise<void>((ended) => {
    if (context.signal.aborted) ended()
    context.signal.addEventListener('abort', () => ended(), { once: true })
  })
  await server.close()
  return EXIT.ok
}

const notServed = (folder: string): LienmeshError =>
  new LienmeshError('E_NOT_RUNNING', `Nothing in ${folder} has a dashboard.`, {
    remedy: 'fix-config',
    exit: EXIT.notRunning,
    fix: 'Start the agent with --api.port 0, or a swarm with lienmesh swarm up.',
  })
