// How long each stage of a liquidation took, per route: from under water to the collateral at home.
import { table } from './format.ts'
import type { Outcome } from './outcome.ts'
import type { WonBid } from './record.ts'
import { percentile } from './statistics.ts'

/** The lags of one stage on one route, in milliseconds. */
export type Lag = { readonly route: string; readonly stage: string; readonly samples: readonly number[] }

/** Every stage of every route that was used. A claim's route is its vault and who carries its gap. */
export function lagsOf({ bids, sales }: Outcome): readonly Lag[] {
  const routes = new Map<string, { readonly bid: WonBid; readonly finals: number[] }[]>()
  for (const bid of bids) {
    const vaults =
      bid.road === 'none'
        ? ['cash']
        : [...new Set(bid.claims.map((claim) => claim.vault))].map((vault) => `${vault}, ${bid.road}`)
    for (const route of vaults) {
      const own = bid.claims.filter((claim) => route.startsWith(`${claim.vault},`))
      const finals = own.flatMap((claim) => (claim.finalAt === undefined ? [] : [claim.finalAt - claim.openedAt]))
      routes.set(route, [...(routes.get(route) ?? []), { bid, finals }])
    }
  }
  return [...routes]
    .sort(([a], [b]) => a.localeCompare(b))
    .flatMap(([route, taken]) => [
      {
        route,
        stage: 'under to trigger',
        samples: taken.flatMap(({ bid }) => between(bid.underSince, bid.triggeredAt)),
      },
      { route, stage: 'trigger to bid', samples: taken.flatMap(({ bid }) => between(bid.triggeredAt, bid.at)) },
      { route, stage: 'bid to claim final', samples: taken.flatMap(({ finals }) => finals) },
      { route, stage: 'bid to collateral', samples: taken.flatMap(({ bid }) => paid(bid, route)) },
      { route, stage: 'bid to sold', samples: taken.flatMap(({ bid }) => paid(bid, route, sales)) },
    ])
}

/** The lags as a table, stages without samples left out. */
export function lagTable(outcome: Outcome): readonly string[] {
  const rows = lagsOf(outcome)
    .filter(({ samples }) => samples.length > 0)
    .map(({ route, stage, samples }) => [
      `${route}: ${stage}`,
      String(samples.length),
      ...[0.5, 0.95, 0.99].map((share) => seconds(samples, share)),
    ])
  return table(['lag', 'n', 'p50', 'p95', 'p99'], rows)
}

/** From the bid to the payment on a route; with `sales`, of what was sold in the transaction that paid it. */
const paid = (bid: WonBid, route: string, sales?: ReadonlySet<string>): readonly number[] =>
  bid.claims.flatMap(({ vault, paidAt, paidIn, openedAt }) => {
    const counts = paidAt !== undefined && route.startsWith(`${vault},`)
    return counts && (sales === undefined || sales.has(paidIn ?? '')) ? [paidAt - openedAt] : []
  })

const between = (from: number | undefined, to: number | undefined): readonly number[] =>
  from === undefined || to === undefined || to < from ? [] : [to - from]

const seconds = (samples: readonly number[], share: number): string =>
  `${((percentile(samples, share) ?? 0) / 1000).toFixed(1)} s`
