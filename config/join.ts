// What a newcomer needs to join a network, in one file: the description, whom to dial, and the key of a private network.
// The description decides whom an agent trusts, so that it has a digest, told apart from the file.
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { configError } from '../agent/domain/errors.ts'
import type { Network } from '../agent/domain/network.ts'
import { endpoint } from './fields.ts'
import { networkJson, networkSchema } from './network.ts'

const bundle = z.strictObject({
  lienmesh: z.literal(1, 'this program reads version 1'),
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  network: z.unknown(),
  bootstrap: z.array(z.string().startsWith('/')).default([]),
  swarmKey: z.string().optional(),
  chains: z.array(z.strictObject({ id: z.int().positive(), rpc: z.array(endpoint).min(1) })).default([]),
})

/** A bundle that was verified. `rpc` are endpoints that anybody may use. */
export type Invitation = {
  readonly network: Network
  readonly digest: string
  readonly bootstrap: readonly string[]
  readonly swarmKey: string | undefined
  readonly chains: readonly { readonly id: number; readonly rpc: readonly string[] }[]
}

/** SHA-256 of a network description, in whatever order its keys were written. */
export const descriptionDigest = (network: Network): string =>
  createHash('sha256')
    .update(sorted(JSON.parse(networkJson(network))))
    .digest('hex')

/** The text of a bundle. */
export function invitationText(invitation: Omit<Invitation, 'digest'>): string {
  const { network, bootstrap, swarmKey, chains } = invitation
  const whole = { lienmesh: 1, digest: descriptionDigest(network), bootstrap, swarmKey, chains }
  return `${JSON.stringify({ ...whole, network: JSON.parse(networkJson(network)) }, null, 2)}\n`
}

/** Reads a bundle. `expected` is the digest, or its beginning, as somebody trusted told it. */
export function readInvitation(text: string, where: string, expected: string | undefined): Invitation {
  const { network: described, ...rest } = parsed(bundle, asJson(text, where), where)
  const network = parsed(networkSchema, described, `${where}: network`)
  const digest = descriptionDigest(network)
  if (rest.digest !== digest)
    throw refused(`${where} says digest ${rest.digest} and its network has ${digest}: it was changed or cut`, ASK_AGAIN)
  if (expected !== undefined && !digest.startsWith(expected))
    throw refused(
      `${where} has digest ${digest}, expected ${expected}: it is another network, or a forged one`,
      'Do not use it. Ask who invited you, over another way than this one.',
    )
  return { network, digest, bootstrap: rest.bootstrap, swarmKey: rest.swarmKey, chains: rest.chains }
}

const ASK_AGAIN = 'Fetch it again; if it stays so, tell who serves it.'

function asJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw refused(`${where} is no JSON: ${text.slice(0, 40).replace(/\s+/g, ' ')}`, ASK_AGAIN, cause)
  }
}

function parsed<S extends z.ZodType>(schema: S, value: unknown, where: string): z.output<S> {
  const found = schema.safeParse(value)
  if (found.success) return found.data
  const [first] = found.error.issues
  throw refused(`${where} is no join bundle: ${first?.path.join('.') || 'it'}: ${first?.message}`, ASK_AGAIN)
}

const refused = (message: string, fix: string, cause?: unknown) => configError('E_JOIN', message, fix, cause)

/** JSON with its keys in order: one text for one meaning. */
function sorted(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sorted).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${sorted(field)}`).join(',')}}`
}
