// The routes that a replay quotes: published lanes as priors, and one whose law is learned from single messages.

import { type LatencyLearning, latencyUnseen, learnLatency } from '../../../agent/maths/learning/latency-learning.ts'
import { type LatencyPrior, latencyPrior, lognormalPrior } from '../../../agent/maths/learning/latency-prior.ts'
import { latencyPriors, publishedLane } from '../../../config/latency-priors.ts'
import { readMessages } from './weeks.ts'

/** A route with what was learned of it before the replay. `stallOdds` is what is believed of its chain. */
export type ReplayRoute = { readonly name: string; readonly learning: LatencyLearning; readonly stallOdds: number }

/** Fast routes settle within a minute, which minute prices cannot resolve: the shortest here takes two. */
export function replayRoutes(directory: string): readonly ReplayRoute[] {
  const published = latencyPriors()
  const lane = (bridge: string, from: string, to: string): LatencyPrior => {
    const found = publishedLane(published, bridge, from, to)
    if (found === undefined) throw new RangeError(`nobody published ${bridge} from ${from} to ${to}`)
    return latencyPrior(found.q1, found.median, found.q3)
  }
  const fresh = (name: string, prior: LatencyPrior, stallOdds = 0): ReplayRoute => ({
    name,
    learning: latencyUnseen(prior),
    stallOdds,
  })
  return [
    fresh('message 2 min', lane('stargate_oft', 'arbitrum', 'ethereum')),
    fresh('message 3.5 min', lane('stargate_oft', 'ethereum', 'base')),
    { name: 'rollup 10 min, learned', learning: rollupMessages(directory), stallOdds: 0 },
    fresh('finality 17 min', lane('ccip', 'ethereum', 'arbitrum')),
    fresh('finality 26 min', lane('cctp', 'optimism', 'ethereum')),
    fresh('batch 1 h', lognormalPrior(3600, 0.3)),
    fresh('finality 17 min, chain may stall', lane('ccip', 'ethereum', 'arbitrum'), 0.05),
  ]
}

/** Learned from what single messages took, beside a prior that is ten times too slow. */
function rollupMessages(directory: string): LatencyLearning {
  const prior = lognormalPrior(6000, 0.3)
  return readMessages(directory, 'optimism-l1-to-l2-messages-2023.csv.gz', 'latency_s').reduce(
    (state, { at, seconds }) => learnLatency(state, { type: 'arrived', at, seconds }),
    latencyUnseen(prior),
  )
}
