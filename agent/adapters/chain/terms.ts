// The engine's terms, as its views have them now.
import { readContract } from 'viem/actions'
import type { AuctionTerms, Collateral, EngineTerms, Instrument } from '../../domain/market.ts'
import type { EngineDeployment, Network } from '../../domain/network.ts'
import { bps, millis, price, wad } from '../../domain/units.ts'
import { liquidationAuctionAbi } from './abi/liquidation-auction.ts'
import { marginEngineAbi } from './abi/margin-engine.ts'
import { priceBookAbi } from './abi/price-book.ts'
import type { Node, Rpc } from './rpc.ts'

/** Everything the margin rule needs besides prices and accounts. */
export async function readTerms(rpc: Rpc, deployment: EngineDeployment, network: Network): Promise<EngineTerms> {
  return rpc.gather(async (node) => {
    const engine = { address: deployment.engine, abi: marginEngineAbi } as const
    const book = { address: deployment.priceBook, abi: priceBookAbi } as const
    const [instruments, collaterals, initialFactor, tradeFee, auction, quorum, maxAge] = await Promise.all([
      readInstruments(node, deployment),
      readCollaterals(node, deployment, network),
      readContract(node, { ...engine, functionName: 'initialFactor' }),
      readContract(node, { ...engine, functionName: 'tradeFee' }),
      readAuction(node, deployment),
      readContract(node, { ...book, functionName: 'quorum' }),
      readContract(node, { ...book, functionName: 'maxAge' }),
    ])
    return {
      chain: deployment.chain,
      instruments,
      collaterals,
      initialFactor: bps(initialFactor),
      tradeFee: bps(tradeFee),
      auction,
      priceQuorum: Number(quorum),
      priceMaxAge: millis(maxAge),
    }
  })
}

async function readInstruments(node: Node, { engine }: EngineDeployment): Promise<readonly Instrument[]> {
  const contract = { address: engine, abi: marginEngineAbi } as const
  const count = await readContract(node, { ...contract, functionName: 'instrumentCount' })
  return Promise.all(
    upTo(count).map(async (id): Promise<Instrument> => {
      const [found, { fundingIndex, fixed_, payoff }] = await Promise.all([
        readContract(node, { ...contract, functionName: 'instruments', args: [id] }),
        readContract(node, { ...contract, functionName: 'progressOf', args: [id] }),
      ])
      const kind = found.kind === OPTION ? 'option' : 'perpetual'
      const { markFeed, underlyingFeed, contingency, shocks } = found
      return {
        ...{ id, name: `${kind}-${id}`, kind, markFeed, underlyingFeed, contingency: bps(contingency), shocks },
        ...(fundingIndex !== 0n && { fundingIndex }),
        ...(fixed_ && { payoff: price(payoff) }),
      }
    }),
  )
}

/** IMarginEngine.Kind. */
const OPTION = 2

async function readCollaterals(
  node: Node,
  { engine, chain }: EngineDeployment,
  network: Network,
): Promise<readonly Collateral[]> {
  const contract = { address: engine, abi: marginEngineAbi } as const
  const count = await readContract(node, { ...contract, functionName: 'collateralCount' })
  const all = await Promise.all(
    upTo(count).map(async (id): Promise<readonly Collateral[]> => {
      const found = await readContract(node, { ...contract, functionName: 'collaterals', args: [id] })
      const vault = network.vaults.find((one) => one.engine === chain && same(one.mirror, found.mirror))
      if (vault === undefined) return []
      const symbol = vault.assets.find((one) => same(one.token, found.asset))?.symbol ?? `collateral-${id}`
      const { asset, feed, decimals, haircut, gap } = found
      return [{ id, vault: vault.id, symbol, asset, feed, decimals, haircut: bps(haircut), gap: bps(gap) }]
    }),
  )
  return all.flat()
}

async function readAuction(node: Node, { auction }: EngineDeployment): Promise<AuctionTerms> {
  const terms = await readContract(node, { address: auction, abi: liquidationAuctionAbi, functionName: 'terms' })
  return {
    startDiscount: bps(terms.startDiscount),
    discountPerSecond: bps(terms.discountPerSecond),
    maxDiscount: bps(terms.maxDiscount),
    target: bps(terms.target),
    bondedSeconds: terms.bondedSeconds,
    insolventSeconds: terms.insolventSeconds,
    dust: wad(terms.dust),
  }
}

const upTo = (count: bigint): readonly number[] => Array.from({ length: Number(count) }, (_, id) => id)
const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
