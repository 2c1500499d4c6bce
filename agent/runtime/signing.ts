// The agent's signer: from where the key is and what it may be used for.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Address } from 'viem'
import type { AgentConfig } from '../../config/schema.ts'
import { addressOf } from '../adapters/signer/address.ts'
import { openSigner, type SignerOpening } from '../adapters/signer/open.ts'
import type { SignerTerms } from '../adapters/signer/process-terms.ts'
import { watchOnly } from '../adapters/signer/watch-only.ts'
import { configError } from '../domain/errors.ts'
import type { EngineDeployment, Network } from '../domain/network.ts'
import type { Signer } from '../ports/signer.ts'
import { policyOf, publisherPolicy } from './signing-policy.ts'

/** Opens the signer of a config. Throws E_WATCH_ONLY when a live agent would have no key. */
export async function openAgentSigner(
  config: AgentConfig,
  network: Network,
  alarm: SignerOpening['alarm'],
): Promise<Signer> {
  if (config.mode === 'paper') return watchOnly(await addressOf(config.keys), 'paper mode signs nothing')
  if (config.mode === 'live' && config.keys.kind === 'watch') throw keyless(config.keys.address)
  return openSigner({ ...openingOf(config, network), alarm })
}

const openingOf = (config: AgentConfig, network: Network) => ({
  source: config.keys,
  policy: policyOf(config, network),
  book: bookOf(config),
})

/** What a signer process of this config is started with. Throws E_SIGNER_KEY when the config names no key file. */
export function signerTerms(config: AgentConfig, network: Network): SignerTerms {
  const { keys } = config
  if (keys.kind !== 'process' && keys.kind !== 'inline')
    throw configError('E_SIGNER_KEY', 'The config names no key file.', 'Say keys.operator in the config of the signer.')
  const { file, password } = keys
  const terms = { key: file, book: bookOf(config), policy: policyOf(config, network) }
  return password === undefined ? terms : { ...terms, password }
}

const bookOf = ({ dataDir }: AgentConfig): string => join(dataDir, 'signer.db')

/** The signer of a publisher of risk parameters: it calls nothing else. */
export function openPublisherSigner(config: AgentConfig, engine: EngineDeployment): Promise<Signer> {
  mkdirSync(config.dataDir, { recursive: true })
  const policy = publisherPolicy(engine)
  return openSigner({ source: config.keys, policy, book: bookOf(config), alarm: () => undefined })
}

const keyless = (address: Address) =>
  configError(
    'E_WATCH_ONLY',
    `live needs a key, and keys has only the address ${address}`,
    'Name keys.operator, keys.socket or keys.remote, or stay in shadow mode.',
  )
