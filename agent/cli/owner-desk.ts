// What every command of an owner opens: the config, the network, the owner's key, and a purse per chain.
import { type Address, isAddress } from 'viem'
import { z } from 'zod'
import { type Loaded, loadConfig } from '../../config/load.ts'
import { loadNetwork } from '../../config/network.ts'
import { keyInFile } from '../adapters/signer/key-file.ts'
import { passwordFrom } from '../adapters/signer/password.ts'
import { configError, usageError } from '../domain/errors.ts'
import type { EngineDeployment, Network } from '../domain/network.ts'
import type { ChainId } from '../domain/units.ts'
import { nodeOf } from '../operator/node.ts'
import { openPurse, type Purse } from '../operator/purse.ts'
import { toggle, wholeNumber } from './command.ts'

/** The config of the agent whose executor is administered. */
export const configFlag = {
  config: z.string().min(1).default('lienmesh.yaml').describe('The config file.'),
}

/** The owner's key, and how much may be sent without asking. */
export const ownerFlags = {
  ...configFlag,
  owner: z.string().min(1).default('keystore/owner.json').describe("The owner's key: a keystore, or a bare key."),
  password: z.string().min(1).optional().describe('File with its password (mode 0600), or - for standard input.'),
  'dry-run': toggle.describe('Say what would be sent, and send nothing.'),
  yes: toggle.describe('Send without asking. Needed where there is no terminal.'),
}

/** `--chain`. */
export const chainFlag = { chain: wholeNumber.optional().describe('Chain id, where more than one could be meant.') }

type Flags = { readonly config: string; readonly owner: string; readonly password?: string | undefined }

/** An owner's desk. Purses are opened when they are asked for. */
export type Desk = Loaded & {
  readonly network: Network
  readonly purse: (chain: ChainId) => Promise<Purse>
}

/** The config and the network that it names. Only the file and the environment speak. */
export function openConfig(file: string): Loaded & { readonly network: Network } {
  const loaded = loadConfig({ file, env: process.env, flags: {} })
  return { ...loaded, network: loadNetwork(loaded.config.network) }
}

/** Opens config and key. */
export async function openDesk({ config: file, owner, password }: Flags): Promise<Desk> {
  const opened = openConfig(file)
  const key = await keyInFile(owner, passwordFrom(password, process.env))
  return {
    ...opened,
    purse: async (chain) => {
      const entry = opened.config.chains.find(({ id }) => id === chain)
      if (entry === undefined)
        throw configError('E_CHAIN_MISSING', `chains has no entry for chain ${chain}`, 'Add its id and rpc to chains.')
      return openPurse(chain, await nodeOf(entry), key)
    },
  }
}

/** The engine on a chain, or the only one. */
export function engineOn(network: Network, chain: number | undefined): EngineDeployment {
  const found = network.engines.filter((one) => chain === undefined || one.chain === chain)
  const [first] = found
  if (first !== undefined && found.length === 1) return first
  const known = network.engines.map((one) => one.chain).join(', ')
  if (found.length > 1) throw usageError('E_USAGE', `engines stand on chains ${known}`, 'Name one with --chain.')
  throw usageError('E_USAGE', `no engine on chain ${chain}`, `Engines stand on ${known}.`)
}

/** An address as it was written, or the owner's own. */
export function recipient(text: string | undefined, owner: Address): Address {
  if (text === undefined) return owner
  if (isAddress(text, { strict: false })) return text
  throw usageError('E_USAGE', `--to: ${text} is no address`, 'Write 0x and 40 hex digits.')
}
