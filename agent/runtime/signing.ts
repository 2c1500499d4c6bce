// The agent's signer: from where the key is and what it may be used for.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Address, getAbiItem, toFunctionSelector } from 'viem'
import type { AgentConfig } from '../../config/schema.ts'
import { riskParametersAbi } from '../adapters/chain/abi/risk-parameters.ts'
import { EXECUTE } from '../adapters/chain/executor-call.ts'
import { networkDigest } from '../adapters/gossip/topics.ts'
import { openSigner, type SignerOpening } from '../adapters/signer/open.ts'
import type { ChainPolicy, Policy, StatementPolicy } from '../adapters/signer/policy.ts'
import type { SignerTerms } from '../adapters/signer/process-terms.ts'
import { configError } from '../domain/errors.ts'
import type { EngineDeployment, Network } from '../domain/network.ts'
import type { Signer } from '../ports/signer.ts'
import { FEES } from './links.ts'

/** Opens the signer of a config. Throws E_WATCH_ONLY when a live agent would have no key. */
export async function openAgentSigner(
  config: AgentConfig,
  network: Network,
  alarm: SignerOpening['alarm'],
): Promise<Signer> {
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
export function openPublisherSigner(config: AgentConfig, { chain, riskParameters }: EngineDeployment): Promise<Signer> {
  const destinations = LEVELS.map((selector) => ({ to: riskParameters, selector }))
  const policy = { chains: [{ chain, destinations, maxFee: FEES.ceiling, maxGas: MAX_GAS }], statements: [] }
  mkdirSync(config.dataDir, { recursive: true })
  return openSigner({ source: config.keys, policy, book: bookOf(config), alarm: () => undefined })
}

const LEVELS = (['propose', 'enact'] as const).map((name) =>
  toFunctionSelector(getAbiItem({ abi: riskParametersAbi, name })),
)

/** What this agent ever signs: calls of its executors within its capital, and statements of its roles. */
function policyOf(config: AgentConfig, network: Network): Policy {
  const { chains, role, attest } = config
  const offers = role === 'provider' ? network.engines : []
  const attested = attest ? chains : []
  const statements: readonly StatementPolicy[] = [
    { kind: 'status', network: networkDigest(network) },
    ...attested.map(({ id }) => ({ kind: 'attestation', chain: id }) as const),
    ...offers.map(({ chain, creditLines }) => ({ kind: 'offer', engine: chain, creditLines }) as const),
  ]
  return { chains: chains.map((chain) => chainPolicy(config, network, chain)), statements }
}

/** Only on an engine does a call cost the executor capital: a claim only ever brings some. */
function chainPolicy(
  { capital, provider, role }: AgentConfig,
  network: Network,
  { id, executor }: AgentConfig['chains'][number],
): ChainPolicy {
  const paid = role === 'provider' && provider.maxClaim > capital.maxBid ? provider.maxClaim : capital.maxBid
  const engine = network.engines.some(({ chain }) => chain === id)
  const call = { selector: EXECUTE, maxOutlay: engine ? (paid * ROOM) / 100n : 0n }
  return {
    chain: id,
    destinations: executor === undefined ? [] : [{ to: executor, ...call }],
    maxFee: FEES.ceiling,
    maxGas: MAX_GAS,
  }
}

/** Percent of the largest bid that may leave with it: prices drift, and inherited positions cost fees to close. */
const ROOM = 125n

/** Most gas of a transaction on any chain (EIP-7825). */
const MAX_GAS = 2n ** 24n

const keyless = (address: Address) =>
  configError(
    'E_WATCH_ONLY',
    `live needs a key, and keys has only the address ${address}`,
    'Name keys.operator, keys.socket or keys.remote, or stay in shadow mode.',
  )
