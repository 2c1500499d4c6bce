// Paper mode: the chains of an agent with simulated money. Everything above them is the agent that runs live.
import type { Address } from 'viem'
import type { AgentConfig } from '../../config/schema.ts'
import type { ChainLink } from '../adapters/chain/link.ts'
import { openPaperBook } from '../adapters/chain/paper-book.ts'
import { type Paper, paperEngine } from '../adapters/chain/paper-engine.ts'
import { paperVault } from '../adapters/chain/paper-vault.ts'
import { configError } from '../domain/errors.ts'
import type { Network } from '../domain/network.ts'
import type { ChainId, VaultId } from '../domain/units.ts'
import type { Journal } from '../ports/journal.ts'
import type { EngineSeat, VaultSeat } from './context.ts'
import { FEES } from './links.ts'

type Seats = { readonly engines: ReadonlyMap<ChainId, EngineSeat>; readonly vaults: ReadonlyMap<VaultId, VaultSeat> }

/** What paper needs of an agent. */
export type PaperParts = {
  readonly config: AgentConfig
  readonly network: Network
  readonly links: ReadonlyMap<ChainId, ChainLink>
  readonly journal: Journal
}

/** Before there is an executor, the key's own address stands in for it: paper needs no contract. */
export const seatedOnPaper = (config: AgentConfig, self: Address): AgentConfig => ({
  ...config,
  chains: config.chains.map((chain) => ({ ...chain, executor: chain.executor ?? self })),
})

/** The same seats at chains on paper. Throws E_PAPER for a provider: nobody would rely on offers that are not signed. */
export function onPaper({ engines, vaults }: Seats, { config, network, links, journal }: PaperParts): Seats {
  if (config.role !== 'bidder')
    throw configError('E_PAPER', 'a provider has no paper mode: its offers would bind nobody', 'Use shadow or live.')
  const book = openPaperBook(journal, config.paper.capital)
  const { latency } = config.paper
  const at = (chain: ChainId): Paper | undefined => {
    const link = links.get(chain)
    return link && { link, book, latency, fees: FEES }
  }
  return {
    engines: new Map(
      [...engines].map(([id, seat]) => {
        const paper = at(seat.chain.id)
        const { chain: real, executor } = seat
        return [id, paper ? { ...seat, chain: paperEngine({ ...paper, real, executor, network }) } : seat]
      }),
    ),
    vaults: new Map(
      [...vaults].map(([id, seat]) => {
        const paper = at(seat.chain.id)
        const { chain: real, deployment, executor } = seat
        const other = links.get(deployment.engine)
        if (paper === undefined || other === undefined) return [id, seat]
        const elsewhere = {
          reader: other.reader,
          transactor: undefined,
          finality: finalityOf(network, deployment.engine),
        }
        const ground = { link: paper.link, executor, other: elsewhere, origin: deployment.mirror }
        return [id, { ...seat, chain: paperVault({ ...paper, real, deployment, ground }) }]
      }),
    ),
  }
}

const finalityOf = ({ engines }: Network, chain: ChainId): number =>
  engines.find((one) => one.chain === chain)?.finality ?? 0
