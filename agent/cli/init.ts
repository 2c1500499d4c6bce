// lienmesh init: the files that an agent starts from.
import { existsSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { z } from 'zod'
import { check, parseSource } from '../../config/document.ts'
import { endpoint, name } from '../../config/fields.ts'
import type { Invitation } from '../../config/join.ts'
import { networkJson } from '../../config/network.ts'
import { agentConfig } from '../../config/schema.ts'
import { type Draft, draftConfig } from '../../config/template.ts'
import { amount } from '../../config/units.ts'
import { configError, EXIT, usageError } from '../domain/errors.ts'
import { invitationFrom, keyFile } from '../runtime/invite.ts'
import { command, toggle, wholeNumber } from './command.ts'
import { type Found, findNetwork } from './network-source.ts'

/** Writes a commented config in shadow mode and the network description beside it. Replaces nothing without --force. */
export const init = command({
  options: z.strictObject({
    network: z.string().min(1).optional().describe('A network.json, the directory of a local run, or local.'),
    join: z
      .string()
      .min(1)
      .optional()
      .describe('An invitation instead: a URL, multiaddr or file, then # and the digest you were told.'),
    'swarm-key': z.string().min(1).optional().describe("File of a private network's key, to join by a multiaddr."),
    rpc: z.string().min(1).optional().describe('Endpoints, "1=https://a,1=https://b,10=https://c".'),
    quorum: wholeNumber.optional().describe('Endpoints that must agree; 1 for a node of your own.'),
    name: name.default('agent').describe('Name in logs and status messages.'),
    operator: z.string().min(1).default('keystore/operator.json').describe("File of the operator's key."),
    password: z.string().min(1).default('operator.password').describe('File of its password.'),
    'max-bid': written(amount, '5000 USD').describe('Most cash that one bid may take.'),
    'max-in-flight': written(amount, '20000 USD').describe('Most paid and not yet received.'),
    reserve: written(amount, '1000 USD').describe('Engine cash that is never spent on a bid.'),
    'max-shortfall': written(amount, '4000 USD').describe('Most expected shortfall of what is carried.'),
    out: z.string().min(1).default('lienmesh.yaml').describe('The config file to write.'),
    force: toggle.describe('Replace files that exist.'),
  }),
  positionals: ['network'],
  examples: [
    'lienmesh init local',
    'lienmesh init --join https://a.example/join.json#9f2c41d07be3aa15',
    'lienmesh init testnet.json --rpc "1=https://a,10=https://b"',
  ],
  run: async (options, context) => {
    const asked = process.stdin.isTTY && !context.json ? await wizard(options, context.signal) : options
    const invitation = asked.join === undefined ? undefined : await invitationFrom(asked.join, asked['swarm-key'])
    const found = invitation === undefined ? foundIn(asked.network) : invited(invitation)
    const target = join(dirname(asked.out), 'network.json')
    const key = found.swarmKey === undefined ? [] : [join(dirname(asked.out), 'swarm.key')]
    for (const file of [asked.out, target, ...key]) refuseToReplace(file, found.file, asked.force)
    const text = draftConfig(draftOf(asked, found))
    check(parseSource(asked.out, text), agentConfig)
    if (resolve(target) !== found.file) writeFileSync(target, networkJson(found.network))
    writeFileSync(asked.out, text, { mode: 0o600 })
    if (found.swarmKey !== undefined) keyFile(dirname(asked.out), found.swarmKey)
    const next = ['lienmesh keys new owner', 'lienmesh keys new operator', 'lienmesh executor deploy']
    const digest = invitation?.digest
    if (context.json) context.print(JSON.stringify({ type: 'init', config: asked.out, network: target, digest, next }))
    else {
      context.print(`✔ ${asked.out}      mode shadow, ${found.network.name}, ${found.network.vaults.length} vaults`)
      context.print(`✔ ${target}`)
      if (invitation !== undefined && !invitation.pinned)
        context.print(
          `! digest ${invitation.digest}\n  compare it with what you were told: it decides whom this agent trusts`,
        )
      context.print(`next:\n${next.map((line) => `  ${line}`).join('\n')}`)
    }
    return EXIT.ok
  },
})

function foundIn(asked: string | undefined): Known {
  if (asked !== undefined) return findNetwork(asked)
  throw usageError('E_USAGE', 'network is missing', 'Name a network.json, the directory of a local run, or local.')
}

/** What an invitation says, as if it had been found here. */
const invited = ({ network, chains, bootstrap, swarmKey }: Invitation): Known => ({
  ...{ file: '', network, bootstrap, local: false },
  chains: chains.flatMap(({ id, rpc }) => rpc.map((url) => ({ id, url }))),
  ...(swarmKey !== undefined && { swarmKey }),
})

/** A flag that is checked as a quantity and kept as it was written. */
function written(schema: z.ZodType<unknown, string>, fallback: string) {
  return z
    .string()
    .default(fallback)
    .superRefine((text, context) => {
      const read = schema.safeParse(text)
      if (!read.success) context.addIssue({ code: 'custom', message: read.error.issues[0]?.message ?? 'malformed' })
    })
}

/** A network, and the key of a private one. */
type Known = Found & { readonly swarmKey?: string }

type Asked = {
  readonly network?: string | undefined
  readonly join?: string | undefined
  readonly 'swarm-key'?: string | undefined
  readonly rpc?: string | undefined
  readonly quorum?: number | undefined
  readonly name: string
  readonly operator: string
  readonly password: string
  readonly 'max-bid': string
  readonly reserve: string
  readonly 'max-in-flight': string
  readonly 'max-shortfall': string
  readonly out: string
  readonly force: boolean
}

function refuseToReplace(file: string, source: string, force: boolean): void {
  if (force || !existsSync(file) || resolve(file) === source) return
  throw configError('E_CONFIG_EXISTS', `${file} exists already.`, 'Name another file with --out, or add --force.')
}

function draftOf(asked: Asked, found: Known): Draft {
  const given = endpointsIn(asked.rpc)
  const ids = [...new Set([...found.network.engines, ...found.network.vaults].map(({ chain }) => chain))]
  const chains = ids.map((id) => {
    const own = given.filter((one) => one.id === id).map(({ url }) => url)
    const rpc = own.length > 0 ? own : found.chains.filter((one) => one.id === id).map(({ url }) => url)
    if (rpc.length === 0)
      throw usageError(
        'E_USAGE',
        `no endpoint of chain ${id}`,
        `Add --rpc "${id}=https://...", three where money is real.`,
      )
    return { id, rpc, quorum: asked.quorum ?? (found.local ? 1 : undefined) }
  })
  const { name, operator, password, reserve } = asked
  const limits = { maxBid: asked['max-bid'], maxInFlight: asked['max-in-flight'], maxShortfall: asked['max-shortfall'] }
  return { name, network: 'network.json', operator, password, reserve, chains, ...limits, ...peersIn(found) }
}

const peersIn = ({ bootstrap, swarmKey }: Known) => ({
  bootstrap,
  swarmKey: swarmKey === undefined ? undefined : 'swarm.key',
})

/** `1=https://a,10=https://b`. */
function endpointsIn(text: string | undefined): readonly { readonly id: number; readonly url: string }[] {
  return (text ?? '')
    .split(',')
    .filter(Boolean)
    .map((part) => {
      const [, id, url] = /^\s*(\d+)=(\S+)\s*$/.exec(part) ?? []
      if (id !== undefined && endpoint.safeParse(url).success) return { id: Number(id), url: url ?? '' }
      throw usageError('E_USAGE', `--rpc: ${part} is no endpoint`, 'Write CHAIN=URL, such as 1=https://node.example.')
    })
}

/** Asks for what no flag said. An empty answer takes what stands in brackets. */
async function wizard(options: Asked, signal: AbortSignal): Promise<Asked> {
  if (options.network !== undefined || options.join !== undefined) return options
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  const ask = async (question: string, fallback: string): Promise<string> => {
    const answer = (await lines.question(`${question} [${fallback}] `, { signal })).trim()
    return answer === '' ? fallback : answer
  }
  try {
    const network = await ask('Network: a network.json, a run directory, or local', 'local')
    const rpc = network === 'local' ? options.rpc : await ask('Endpoints, CHAIN=URL,...', options.rpc ?? '')
    const named = await ask('Name of the agent', options.name)
    const maxBid = await ask('Most cash of one bid', options['max-bid'])
    const maxInFlight = await ask('Most paid and not yet received', options['max-in-flight'])
    const maxShortfall = await ask('Most expected shortfall', options['max-shortfall'])
    return {
      ...{ ...options, network, rpc, name: named },
      ...{ 'max-bid': maxBid, 'max-in-flight': maxInFlight, 'max-shortfall': maxShortfall },
    }
  } finally {
    lines.close()
  }
}
