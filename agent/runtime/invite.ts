// An invitation as a newcomer gives it: an address of a bundle, and the digest that it must have.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Invitation, readInvitation } from '../../config/join.ts'
import { networkJson } from '../../config/network.ts'
import type { AgentConfig } from '../../config/schema.ts'
import { configError, unavailable } from '../domain/errors.ts'

/** Fetches and verifies a bundle from a URL, a peer's multiaddr or a file; `#digest` behind it says what it must be. */
export async function invitationFrom(
  asked: string,
  swarmKey?: string,
): Promise<Invitation & { readonly pinned: boolean }> {
  const [where = '', expected] = asked.split('#')
  if (expected !== undefined && !/^[0-9a-f]{16,64}$/.test(expected))
    throw configError(
      'E_JOIN',
      `expected 16 to 64 hex digits after #, found ${expected || 'nothing'}`,
      'Copy the digest whole: lienmesh swarm invite prints it.',
    )
  const text = await textAt(where, swarmKey)
  return { ...readInvitation(text, where, expected), pinned: expected !== undefined }
}

/** A config of somebody who was invited: the network and its key are files beside the journal, its peers are dialled too. */
export function joined(config: AgentConfig, { network, bootstrap, swarmKey }: Invitation): AgentConfig {
  mkdirSync(config.dataDir, { recursive: true })
  const file = join(config.dataDir, 'network.json')
  writeFileSync(file, networkJson(network))
  return {
    ...config,
    network: file,
    p2p: {
      ...config.p2p,
      bootstrap: [...new Set([...config.p2p.bootstrap, ...bootstrap])],
      ...(config.p2p.swarmKey === undefined &&
        swarmKey !== undefined && { swarmKey: keyFile(config.dataDir, swarmKey) }),
    },
  }
}

/** Writes the key of a private network, for its owner alone. */
export function keyFile(folder: string, swarmKey: string): string {
  const file = join(folder, 'swarm.key')
  writeFileSync(file, swarmKey, { mode: 0o600 })
  return file
}

async function textAt(where: string, swarmKey: string | undefined): Promise<string> {
  try {
    if (/^https?:\/\//.test(where)) return await fetched(where)
    if (/^\/(ip4|ip6|dns4|dns6|dns)\//.test(where)) {
      const { askJoin } = await import('../adapters/gossip/join.ts')
      return await askJoin(where, swarmKey === undefined ? undefined : readFileSync(swarmKey))
    }
    return readFileSync(where, 'utf8')
  } catch (cause) {
    throw unavailable('E_JOIN_DOWN', `no invitation at ${where}: ${reasonOf(cause)}`, FIX, cause)
  }
}

const FIX =
  'Ask who invited you for the address. A private network also needs its key: --p2p.swarm-key FILE, or a bundle that has it.'

/** Milliseconds for a bundle, and its most bytes. */
const [PATIENCE, MOST] = [10_000, 1_048_576]

async function fetched(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE), redirect: 'error' })
  if (!response.ok) throw new Error(`it answered ${response.status}`)
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of response.body ?? []) {
    size += part.length
    if (size > MOST) throw new Error(`it is larger than ${MOST} bytes`)
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

/** The first cause that says something: a refused connection stands below two of the kind "fetch failed". */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  if (cause instanceof AggregateError && cause.errors.length > 0) return reasonOf(cause.errors[0])
  if (cause.cause instanceof Error) return reasonOf(cause.cause)
  return cause.name === 'TimeoutError' ? 'it did not answer within 10 s' : (cause.message.split('\n')[0] ?? '')
}
