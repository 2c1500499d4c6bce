// Where the commands that look get what they show: a served dashboard, a run that is over, or an agent's own socket.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { openChronicle } from '../console/chronicle/chronicle.ts'
import { part, text } from '../console/chronicle/saying.ts'
import { viewOf } from '../console/http/routes.ts'
import { wayIn } from '../console/http/tokens.ts'
import type { Desk } from '../console/view/desk.ts'
import type { Views } from '../console/view/words.ts'
import { EXIT, LienmeshError } from '../domain/errors.ts'
import { askAgent } from '../runtime/control.ts'
import type { Snapshot } from '../runtime/snapshot.ts'

/** One page's data of a folder. E_NOT_RUNNING when nothing there can be asked. */
export async function viewIn<K extends keyof Views>(folder: string, name: K): Promise<Views[K]> {
  const served = await fromServer<Views[K]>(folder, `/api/v1/${name}`)
  if (served !== undefined) return served
  const desk = await deskIn(folder)
  // What JSON carries is what the pages get: amounts as text.
  return JSON.parse(JSON.stringify(await viewOf({ desk, look: desk.look }, name))) as Views[K]
}

/** What the server of a folder answers; undefined when there is none. Throws its refusal. */
export async function fromServer<T>(folder: string, path: string): Promise<T | undefined> {
  const way = wayIn(folder)
  if (way === undefined) return undefined
  const headers = { authorization: `Bearer ${way.read}` }
  const response = await fetch(`${way.url}${path}`, { headers, signal: AbortSignal.timeout(5_000) }).catch(
    () => undefined,
  )
  // Another program may have taken the port since.
  if (response === undefined || response.status === 401 || response.status === 421) return undefined
  const said: unknown = await response.json()
  // Our own server's answer, over a token that only its owner has.
  if (response.ok) return said as T
  throw new LienmeshError('E_NOT_FOUND', text(part(said, 'error')), {
    remedy: 'fix-config',
    exit: EXIT.notRunning,
    fix: 'Look at lienmesh opportunities for what there is.',
  })
}

async function deskIn(folder: string): Promise<Desk> {
  if (existsSync(join(folder, 'run.json'))) return (await import('../swarm/playback.ts')).playback({ folder })
  const snapshot = (await askAgent(folder, { ask: 'snapshot' }).catch(() => undefined)) as Snapshot | undefined
  if (snapshot === undefined) throw unserved(folder)
  const { name } = snapshot.status
  return {
    ...{ kind: 'agent', name, mode: 'live', startedAt: 0, chronicle: openChronicle() },
    network: () => undefined,
    agents: () => [{ name, role: 'bidder', strategies: [], addresses: [] }],
    look: async () => new Map([[name, snapshot]]),
    order: () => Promise.reject(new Error('nothing is ordered here')),
    portfolio: async () => [],
    scenario: () => undefined,
    config: () => ({ settings: [] }),
    progress: () => undefined,
  }
}

const unserved = (folder: string): LienmeshError =>
  new LienmeshError('E_NOT_RUNNING', `Nothing in ${folder} can be asked.`, {
    remedy: 'fix-config',
    exit: EXIT.notRunning,
    fix: 'Start the agent with --api.port 0, or a swarm with lienmesh swarm up; or name a folder with --from.',
  })
