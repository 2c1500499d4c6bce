// A desk behind an API without an agent: a chronicle that a test fills, and orders that it writes down.
import { onTestFinished } from 'vitest'
import { type Chronicle, openChronicle } from '../../agent/console/chronicle/chronicle.ts'
import { type Served, serve } from '../../agent/console/http/server.ts'
import type { Desk } from '../../agent/console/view/desk.ts'
import { temporaryFolder } from './config-file.ts'

/** A desk of one agent that answers nothing when it is looked at, unless told otherwise. */
export function desk(changes: Partial<Desk> = {}): Desk & { readonly ordered: string[] } {
  const ordered: string[] = []
  const chronicle: Chronicle = changes.chronicle ?? openChronicle()
  return {
    ...{ kind: 'agent', name: 'house-1', mode: 'shadow', startedAt: 0, chronicle, ordered },
    network: () => undefined,
    agents: () => [{ name: 'house-1', role: 'bidder', strategies: [], addresses: [] }],
    look: async () => new Map(),
    order: async (agent, order) => {
      ordered.push(`${order} ${agent}`)
      return { state: order, undo: order === 'resume' ? 'pause' : 'resume' }
    },
    portfolio: async () => [],
    scenario: () => undefined,
    config: () => ({ settings: [] }),
    progress: () => undefined,
    ...changes,
  }
}

/** Serves it until the test is over. */
export async function served(behind: Desk, folder = temporaryFolder()): Promise<Served & { readonly folder: string }> {
  const server = await serve({ desk: behind, port: 0, folder, version: '0.0.0' })
  onTestFinished(() => server.close())
  return { ...server, folder }
}
