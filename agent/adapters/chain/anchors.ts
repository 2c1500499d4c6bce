// The last prices of a price book that were no jump: what a push by the bare quorum is held against.
import { readContract } from 'viem/actions'
import type { Anchors } from '../../domain/market.ts'
import type { EngineDeployment } from '../../domain/network.ts'
import { bps, type FeedId, price } from '../../domain/units.ts'
import { priceBookAbi } from './abi/price-book.ts'
import type { Rpc } from './rpc.ts'

/** Reads feeds as they stand, however old. A feed that never had a price has no anchor. */
export async function readAnchors(
  rpc: Rpc,
  { priceBook }: EngineDeployment,
  feeds: readonly FeedId[],
): Promise<Anchors> {
  const book = { address: priceBook, abi: priceBookAbi } as const
  const [deviation, held] = await rpc.gather((node) =>
    Promise.all([
      readContract(node, { ...book, functionName: 'deviation' }),
      Promise.all(feeds.map((feed) => readContract(node, { ...book, functionName: 'peek', args: [feed] }))),
    ]),
  )
  const prices = feeds.flatMap((feed, i) => {
    const stored = held[i]
    if (stored === undefined || stored.price === 0n) return []
    return [[feed, stored.degraded ? undefined : price(stored.price)] as const]
  })
  return { deviation: bps(deviation), prices: new Map(prices) }
}
