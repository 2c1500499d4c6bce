// How long collateral takes from a bid to its sale: by a law that agents do not know, or by what the chains do.
import type { Instant } from '../domain/units.ts'
import type { Way } from './spec.ts'
import { stream } from './streams.ts'

/** Times from and to, in wall milliseconds, between which nothing moves on a route or a chain. */
export type Stoppage = { readonly from: number; readonly to: number }

/** A lognormal body and a stuck mode, in modelled milliseconds. */
export type TrueLaw = {
  readonly median: number
  readonly spread: number
  readonly stuckOdds: number
  readonly stuckMedian: number
  readonly stuckSpread: number
}

/** Where the law is drawn from. */
export type Drawn = {
  readonly seed: number
  readonly route: string
  readonly timeScale: number
  readonly stoppages: readonly Stoppage[]
}

/** A way drawn from a law, once per slice; a chain that stands still delays whatever would end meanwhile. */
export const lawfulWay =
  (law: TrueLaw, { seed, route, timeScale, stoppages }: Drawn): Way =>
  (at, { account, version }) => {
    const from = stream(seed, 'way', route, account, version)
    const stuck = from.uniform() < law.stuckOdds
    const body = law.median * Math.exp(law.spread * from.normal())
    const extra = stuck ? law.stuckMedian * Math.exp(law.stuckSpread * from.normal()) : 0
    return afterStoppages(at + Math.ceil((body + extra) / timeScale), stoppages)
  }

/** Stoppages of a chain over a stretch of time: they come by chance, and last a lognormal time. All in milliseconds. */
export function stoppagesOver(
  [start, end]: readonly [number, number],
  { seed, chain, every, median, spread }: StoppageLaw,
): readonly Stoppage[] {
  const from = stream(seed, 'stoppages', chain)
  const found: Stoppage[] = []
  for (let at = start + every * from.exponential(); at < end; ) {
    const to = at + median * Math.exp(spread * from.normal())
    found.push({ from: at, to })
    at = to + every * from.exponential()
  }
  return found
}

export type StoppageLaw = {
  readonly seed: number
  readonly chain: string
  readonly every: number
  readonly median: number
  readonly spread: number
}

/** What the chains of a way do, in wall milliseconds: blocks until the root is final and told, its delay, the claim. */
export type Mechanism = {
  readonly opensAt: Instant
  readonly engineBlock: number
  readonly engineFinality: number
  readonly attestation: number
  readonly delay: number
  readonly vaultBlock: number
  readonly vaultFinality: number
  readonly stoppages: readonly Stoppage[]
}

/** A way as the blocks make it. */
export const mechanicalWay =
  (way: Mechanism): Way =>
  (at) => {
    const rooted = at + way.engineFinality * way.engineBlock + way.attestation
    const anchored = nextBlock(rooted, way)
    const paid = way.delay === 0 ? anchored : nextBlock(anchored + way.delay, way)
    return nextBlock(afterStoppages(paid, way.stoppages), way) + way.vaultFinality * way.vaultBlock
  }

const nextBlock = (at: number, { opensAt, vaultBlock }: Mechanism): number =>
  opensAt + Math.ceil((at - opensAt) / vaultBlock) * vaultBlock

const afterStoppages = (at: number, stoppages: readonly Stoppage[]): number =>
  stoppages.find(({ from, to }) => at >= from && at < to)?.to ?? at
