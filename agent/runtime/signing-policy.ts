// What an agent's signer may be used for: calls of its executors within its capital, and statements of its roles.
import { getAbiItem, toFunctionSelector } from 'viem'
import type { AgentConfig } from '../../config/schema.ts'
import { counterCourierAbi } from '../adapters/chain/abi/counter-courier.ts'
import { riskParametersAbi } from '../adapters/chain/abi/risk-parameters.ts'
import { EXECUTE } from '../adapters/chain/executor-call.ts'
import { networkDigest } from '../adapters/gossip/topics.ts'
import type { ChainPolicy, Policy, StatementPolicy } from '../adapters/signer/policy.ts'
import type { EngineDeployment, Network, SingleSource, Source, VaultDeployment } from '../domain/network.ts'
import type { ChainId } from '../domain/units.ts'
import { FEES } from './links.ts'

/** What this agent ever signs: calls of its executors within its capital, and statements of its roles. */
export function policyOf(config: AgentConfig, network: Network): Policy {
  const { chains, role, attest } = config
  const offers = role !== 'bidder' ? network.engines : []
  const attested = attest ? chains : []
  const statements: readonly StatementPolicy[] = [
    { kind: 'status', network: networkDigest(network) },
    ...attested.map(({ id }) => ({ kind: 'attestation', chain: id }) as const),
    ...offers.map(({ chain, creditLines }) => ({ kind: 'offer', engine: chain, creditLines }) as const),
  ]
  return { chains: chains.map((chain) => chainPolicy(config, network, chain)), statements }
}

/** A call costs the executor capital on an engine, and where a source takes a bond: a claim only ever brings some. */
function chainPolicy(
  { capital, provider, role }: AgentConfig,
  network: Network,
  { id, executor }: AgentConfig['chains'][number],
): ChainPolicy {
  const paid = role !== 'bidder' && provider.maxClaim > capital.maxBid ? provider.maxClaim : capital.maxBid
  const engine = network.engines.some(({ chain }) => chain === id)
  const bonds = sourcesOn(network, id).map((source) => (source.kind === 'optimistic' ? source.bond : 0n))
  const bond = bonds.reduce((sum, one) => sum + one, 0n)
  const call = { selector: EXECUTE, maxOutlay: (engine ? (paid * ROOM) / 100n : 0n) + bond }
  return {
    chain: id,
    destinations: [...(executor === undefined ? [] : [{ to: executor, ...call }]), ...couriersOn(network, id)],
    maxFee: FEES.ceiling,
    maxGas: MAX_GAS,
  }
}

/** Sources that stand on a chain, members of quorums included. */
const sourcesOn = ({ vaults }: Network, chain: ChainId): readonly SingleSource[] =>
  vaults.flatMap((vault) => [
    ...(vault.chain === chain ? ofVault(vault) : []),
    ...(vault.engine === chain ? ofMirror(vault) : []),
  ])

/** Couriers that tell counters of a chain to the other one: called by the key itself, and they move nothing. */
const couriersOn = ({ vaults }: Network, chain: ChainId): ChainPolicy['destinations'] =>
  vaults
    .flatMap((vault) => [
      ...(vault.engine === chain ? ofVault(vault) : []),
      ...(vault.chain === chain ? ofMirror(vault) : []),
    ])
    .flatMap((source) =>
      source.kind === 'message' ? COURIER.map((selector) => ({ to: source.courier, selector })) : [],
    )

/** What a vault, and what its mirror, believes about the other. */
const ofVault = ({ engineSource, engineWitnesses = [] }: VaultDeployment) =>
  [engineSource, ...engineWitnesses].flatMap(membersOf)
const ofMirror = ({ vaultSource, vaultWitnesses = [] }: VaultDeployment) =>
  [vaultSource, ...vaultWitnesses].flatMap(membersOf)

const membersOf = (source: Source): readonly SingleSource[] => (source.kind === 'quorum' ? source.of : [source])

/** Percent of the largest bid that may leave with it: prices drift, and inherited positions cost fees to close. */
const ROOM = 125n

/** Most gas of a transaction on any chain (EIP-7825). */
const MAX_GAS = 2n ** 24n

const COURIER = (['sendDeposited', 'sendOwed', 'sendTotalDeposited', 'sendTotalOwed'] as const).map((name) =>
  toFunctionSelector(getAbiItem({ abi: counterCourierAbi, name })),
)

/** What a publisher of risk parameters signs, and nothing else. */
export function publisherPolicy({ chain, riskParameters }: EngineDeployment): Policy {
  const destinations = LEVELS.map((selector) => ({ to: riskParameters, selector }))
  return { chains: [{ chain, destinations, maxFee: FEES.ceiling, maxGas: MAX_GAS }], statements: [] }
}

const LEVELS = (['propose', 'enact'] as const).map((name) =>
  toFunctionSelector(getAbiItem({ abi: riskParametersAbi, name })),
)
