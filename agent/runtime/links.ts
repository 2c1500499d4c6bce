// Opens the chains: how many providers must agree, what is paid for inclusion, how deep is final.
import { type Address, zeroAddress } from 'viem'
import type { AgentConfig } from '../../config/schema.ts'
import type { Premises } from '../adapters/chain/bookkeeping.ts'
import { type ChainLink, openLink } from '../adapters/chain/link.ts'
import { systemClock } from '../adapters/clock/system-clock.ts'
import { configError } from '../domain/errors.ts'
import type { EngineDeployment, FinalityTier, Network, VaultDeployment } from '../domain/network.ts'
import { type ChainId, type Wad, wad } from '../domain/units.ts'
import type { ChainReader } from '../ports/chain.ts'
import type { Journal } from '../ports/journal.ts'
import type { Signer } from '../ports/signer.ts'
import type { Adapters } from './adapters.ts'
import type { Patience } from './patience.ts'

/** What opening the chains takes. */
export type Opening = {
  readonly config: AgentConfig
  readonly network: Network
  readonly signer: Signer
  readonly journal: Journal
  readonly adapters: Pick<Adapters, 'clock' | 'timeout'>
  /** The price of a chain's coin, as far as it is known. */
  readonly coin: () => Wad | undefined
  readonly patience: Patience
  readonly trouble: (error: unknown) => void
  readonly alarm: (code: string, detail: string) => void
}

/** One link per chain; a shadow's links cannot send. */
export async function openLinks({
  config,
  network,
  signer,
  journal,
  adapters,
  coin,
  patience,
  trouble,
  alarm,
}: Opening): Promise<Map<ChainId, ChainLink>> {
  const opened = config.chains.map(async ({ id, rpc, quorum, rate }): Promise<readonly [ChainId, ChainLink]> => {
    const premises = premisesOf(config, network, id)
    const sending = { signer, journal, fees: { ...FEES, coin }, finality: finalityOf(network, id), premises }
    if (config.mode === 'live' && quorum === undefined && rpc.length < ENOUGH) throw tooFew(id, rpc.length)
    const providers = { urls: rpc, quorum: quorum ?? majority(rpc.length), ...(rate === undefined ? {} : { rate }) }
    const { clock, timeout } = adapters
    const link = { chain: id, ...providers, clock, ...(timeout === undefined ? {} : { timeout }), trouble, alarm }
    return [id, await patience(() => openLink(config.mode === 'live' ? { ...link, sending } : link))]
  })
  return new Map(await Promise.all(opened))
}

/** Nodes to read from, one per chain of the config, by the agreement that it asks for. */
export async function openNodes({ chains }: Pick<AgentConfig, 'chains'>): Promise<{
  readonly readers: ReadonlyMap<ChainId, ChainReader>
  readonly close: () => Promise<void>
}> {
  const open = async ({ id, rpc: urls, quorum = majority(urls.length) }: AgentConfig['chains'][number]) =>
    [id, await openLink({ chain: id, urls, quorum, clock: systemClock })] as const
  const links = await Promise.all(chains.map(open))
  const close = async (): Promise<void> => void (await Promise.all(links.map(([, link]) => link.close())))
  return { readers: new Map(links.map(([id, { reader }]) => [id, reader])), close }
}

/** What is ours on a chain of the config. */
export function premisesOf({ chains }: Pick<AgentConfig, 'chains'>, network: Network, chain: ChainId): Premises {
  const executorOn = (id: ChainId): Address | undefined => chains.find((one) => one.id === id)?.executor
  const executor = executorOn(chain) ?? zeroAddress
  const on = network.vaults.filter((vault) => vault.engine === chain)
  return {
    chain,
    executor,
    engine: network.engines.find((engine) => engine.chain === chain),
    vaults: network.vaults.filter((vault) => vault.chain === chain),
    mirrored: on.map((vault) => ({ vault, beneficiary: executorOn(vault.chain) ?? executor })),
  }
}

/** Providers with which one may lie, or be down, without being believed or missed. */
const ENOUGH = 3

const tooFew = (chain: ChainId, found: number) =>
  configError(
    'E_PROVIDERS',
    `chain ${chain} has ${found} ${found === 1 ? 'endpoint' : 'endpoints'}, live needs ${ENOUGH} from different operators`,
    'Add endpoints to its rpc, or say `quorum: 1` when the endpoint is a node of your own.',
  )

/** The smallest number of providers that no other group of the same size can contradict. */
export const majority = (providers: number): number => Math.floor(providers / 2) + 1

/** 2 gwei to the builder, never more than 500. Chains without a base fee order by it alone. */
export const FEES = { tip: 2_000_000_000n, ceiling: 500_000_000_000n, baseFee: 'market' } as const

/** Dollars above which an inclusion must be proven. */
const PROVEN_ABOVE = wad(10_000n * 10n ** 18n)

export function finalityOf(network: Network, chain: ChainId): readonly FinalityTier[] {
  const found = [...network.engines, ...network.vaults].find((deployment) => deployment.chain === chain)
  if (found !== undefined) return tiersOf(found)
  throw configError(
    'E_CHAIN_UNKNOWN',
    `chain ${chain} is not part of network ${network.name}`,
    'Remove it from chains.',
  )
}

/** How deep is final on a deployment's chain, by amount. */
export const tiersOf = ({ finality: blocks, tiers }: EngineDeployment | VaultDeployment): readonly FinalityTier[] =>
  tiers ?? [
    { below: PROVEN_ABOVE, blocks, proof: false },
    { below: undefined, blocks, proof: true },
  ]
