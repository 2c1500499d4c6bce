// The engine's chain: accounts are read, proven, priced and bid for here.
import { type Address, keccak256 } from 'viem'
import { readContract } from 'viem/actions'
import { configError, unavailable } from '../../domain/errors.ts'
import type { MarginAccount } from '../../domain/market.ts'
import type { ProvenState } from '../../domain/message.ts'
import type { EngineDeployment, Network } from '../../domain/network.ts'
import { type ChainId, type VaultId, wad } from '../../domain/units.ts'
import { accountSlots } from '../../maths/slots.ts'
import type { ChainReader, EngineChain } from '../../ports/chain.ts'
import { agentRegistryAbi } from './abi/agent-registry.ts'
import { marginEngineAbi } from './abi/margin-engine.ts'
import { vaultMirrorAbi } from './abi/vault-mirror.ts'
import { readAccounts } from './accounts.ts'
import { readAnchors } from './anchors.ts'
import { bidEnded, placeBid } from './bid.ts'
import { openCrediting } from './credit.ts'
import { readEvents } from './events.ts'
import { orderLine } from './lines.ts'
import type { ChainLink } from './link.ts'
import { openAuctions } from './open-auction.ts'
import type { Elsewhere } from './sources/testimony.ts'
import { readTerms } from './terms.ts'
import { placeTrade } from './trade.ts'

export type EngineChainOptions = {
  /** The engine's chain, opened once with `openLink`. */
  readonly link: ChainLink
  readonly network: Network
  /** Our executor here: bidder (or provider), and its engine account. */
  readonly executor: Address
  /** Our executor on the vault chains, which claims; the same address when absent. */
  readonly beneficiary?: Address
  /** The vault chains, for proofs of deposits; needed to relay credits. */
  readonly elsewhere?: (chain: ChainId) => Elsewhere | undefined
  /** True when the node serves no logs: events() throws E_LOGS_UNAVAILABLE. */
  readonly blindLogs?: boolean
  /** Gas limit of a bid; 2,000,000 by default. */
  readonly bidGas?: bigint
}

/** Opens the engine of `link`'s chain. Throws E_ENGINE_UNKNOWN when the network has none there. */
export async function openEngineChain(options: EngineChainOptions): Promise<EngineChain> {
  const { link, network, executor, beneficiary = executor, elsewhere = () => undefined, bidGas = 2_000_000n } = options
  const { rpc, reader } = link
  const deployment = deploymentOf(network, rpc.chain)
  const engine = { address: deployment.engine, abi: marginEngineAbi } as const
  const ownAccounts = await rpc.gather((node) =>
    Promise.all([
      readContract(node, { ...engine, functionName: 'pool' }),
      readContract(node, { ...engine, functionName: 'insurance' }),
    ]),
  )
  const places = { deployment, network, ownAccounts }
  const bidder = { ...places, link, executor, beneficiary, gas: bidGas }
  return {
    ...reader,
    terms: () => readTerms(rpc, deployment, network),
    events: async (from, to) => (options.blindLogs ? cut(rpc.place) : readEvents(rpc, places, from, to)),
    accounts: (ids, at) => readAccounts(rpc, deployment, ids, at),
    cash: async (account) =>
      wad(await rpc.ask((node) => readContract(node, { ...engine, functionName: 'cashOf', args: [account] }))),
    anchors: (feeds) => readAnchors(rpc, deployment, feeds),
    bonded: (bidder) => bonded(link, deployment, bidder),
    owed: (vault, who, asset) => owed(link, mirrorOf(network, rpc.chain, vault), who, asset),
    provenState: (account, number) => provenState(reader, network, account, number),
    bid: (intent, offer, signal) => placeBid(bidder, intent, offer, signal),
    ended: (intent, signed) => bidEnded(bidder, intent, signed),
    openAuctions: (candidates, signal) => openAuctions(bidder, candidates, signal),
    orderLine: (order, signal) => orderLine(bidder, order, signal),
    trade: (order, signal) => placeTrade(bidder, order, signal),
    ...openCrediting({ link, network, executor, elsewhere }),
  }
}

const bonded = ({ rpc }: ChainLink, { registry }: EngineDeployment, bidder: Address): Promise<boolean> =>
  rpc.ask((node) =>
    readContract(node, { address: registry, abi: agentRegistryAbi, functionName: 'isBonded', args: [bidder] }),
  )

const owed = ({ rpc }: ChainLink, mirror: Address, beneficiary: Address, asset: Address): Promise<bigint> =>
  rpc.ask((node) =>
    readContract(node, { address: mirror, abi: vaultMirrorAbi, functionName: 'owed', args: [beneficiary, asset] }),
  )

/** Proofs in the order in which a receiver rebuilds the account: the engine first, then each mirror. */
async function provenState(
  reader: ChainReader,
  network: Network,
  account: MarginAccount,
  number: bigint,
): Promise<ProvenState> {
  const places = accountSlots(account, network, keccak256)
  const [{ rlp, head }, ...proofs] = await Promise.all([
    reader.header(number),
    ...places.map(({ address, slots }) => reader.proof(address, slots, number)),
  ])
  return {
    engine: reader.id,
    account: account.id,
    version: account.version,
    number,
    hash: head.hash,
    header: rlp,
    proofs,
  }
}

function deploymentOf(network: Network, chain: ChainId): EngineDeployment {
  const deployment = network.engines.find((one) => one.chain === chain)
  if (deployment) return deployment
  throw configError(
    'E_ENGINE_UNKNOWN',
    `Network ${network.name} has no engine on chain ${chain}.`,
    'Correct the network description.',
  )
}

function mirrorOf(network: Network, engine: ChainId, id: VaultId): Address {
  const vault = network.vaults.find((one) => one.id === id && one.engine === engine)
  if (vault) return vault.mirror
  throw configError(
    'E_VAULT_UNKNOWN',
    `Network ${network.name} has no vault ${id} for chain ${engine}.`,
    'Correct the network description.',
  )
}

function cut(place: string): never {
  throw unavailable(
    'E_LOGS_UNAVAILABLE',
    `The node at ${place} serves no logs.`,
    'Use a node that does, or live from proven states.',
  )
}
