// lienmesh swarm invite: what a newcomer needs, in one file.
import { readFileSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import { descriptionDigest, invitationText } from '../../config/join.ts'
import { EXIT } from '../domain/errors.ts'
import { command, toggle } from './command.ts'
import { findNetwork } from './network-source.ts'

/** Writes a join bundle and prints its digest, which is to be told over another way than the file. */
export const swarmInvite = command({
  options: z.strictObject({
    network: z.string().min(1).default('local').describe('A network.json, the directory of a local run, or local.'),
    bootstrap: z.string().default('').describe('Multiaddrs of agents to dial, with commas between.'),
    'swarm-key': z.string().min(1).optional().describe('Key of a private network, to be told with the rest.'),
    endpoints: toggle.describe("Tell the endpoints of a local run's chains too."),
    out: z.string().min(1).default('join.json').describe('The bundle to write.'),
  }),
  positionals: ['network'],
  examples: ['lienmesh swarm invite local --endpoints', 'lienmesh swarm invite network.json --bootstrap /dns4/...'],
  run: async (options, context) => {
    const found = findNetwork(options.network)
    const { network } = found
    const key = options['swarm-key']
    const bootstrap = [...options.bootstrap.split(',').filter(Boolean), ...found.bootstrap]
    const chains = options.endpoints ? found.chains.map(({ id, url }) => ({ id, rpc: [url] })) : []
    const swarmKey = key === undefined ? undefined : readFileSync(key, 'utf8')
    writeFileSync(options.out, invitationText({ network, bootstrap, swarmKey, chains }), { mode: 0o600 })
    const digest = descriptionDigest(network)
    if (context.json) context.print(JSON.stringify({ type: 'invitation', file: options.out, digest, bootstrap }))
    else {
      context.print(`✔ ${options.out}   ${network.name}, ${bootstrap.length} peers`)
      context.print(`digest ${digest}: tell it apart from the file`)
      context.print(`next: lienmesh init --join ${options.out}#${digest.slice(0, 16)}`)
    }
    return EXIT.ok
  },
})
