// What is believed of a route's latency now: an empirical body with a fitted tail, and a stuck mode.
import type { MarketState } from '../../domain/gap-record.ts'
import { atomsOf, compressed, type Latency } from '../risk/latency.ts'
import type { Rule } from '../risk/quadrature.ts'
import { ruleOf } from './histogram.ts'
import { bodySample, type LatencyLearning } from './latency-learning.ts'
import { type LatencyPrior, priorBody } from './latency-prior.ts'
import { tailOf, withTail } from './latency-tail.ts'
import { STALL_SHARE } from './stalls.ts'

/** The law of a route, its parts, and what it rests on. `learned` is the share of the body that is not prior. */
export type LatencyBelief = {
  readonly law: Latency
  readonly body: Latency
  readonly stuck: Extract<Latency, { type: 'lognormal' }>
  readonly stuckOdds: number
  readonly version: number
  readonly effectiveSample: number
  readonly learned: number
}

/** What bears on a route besides itself: the state of the market and the odds that one of its chains stalls. */
export type Circumstances = { readonly at: number; readonly state: MarketState; readonly stallOdds: number }

/** How much likelier a settlement hangs: stress fills blocks, empties relayers and slows attesters. */
const STRESS: Readonly<Record<MarketState, number>> = { calm: 1, triggered: 2, cascade: 5 }

/** From so many settlements on, the prior body is forgotten. */
const ENOUGH = 300

/** What a stuck probability is worth before it was measured: Beta(1, 199). */
const STUCK_TRUST = 200

/** Observations that the prior's stuck time is worth. */
const FREED_TRUST = 5

/** Likeliest that a settlement may hang: more cannot be told from a route that is down. */
const MOST_STUCK = 0.9

/** What is believed at a time, in a state of the market. */
export function latencyBelief(learning: LatencyLearning, around: Circumstances): LatencyBelief {
  const sample = bodySample(learning, around.at)
  const learned = sample >= ENOUGH ? 1 : 1 - (1 - sample / ENOUGH) ** 3
  const body = bodyOf(learning, learned)
  const stuck = stuckTime(learning)
  const stuckOdds = stuckOddsOf(learning, around)
  return {
    law: {
      type: 'mixture',
      parts: [
        [1 - stuckOdds, body],
        [stuckOdds, stuck],
      ],
    },
    body,
    stuck,
    stuckOdds,
    version: learning.version,
    effectiveSample: sample,
    learned,
  }
}

/** What is left of a belief for a settlement that is on its way since `elapsed` seconds. */
export const remaining = ({ law }: LatencyBelief, elapsed: number): Latency =>
  elapsed > 0 ? { type: 'residual', of: law, elapsed } : law

function bodyOf(learning: LatencyLearning, learned: number): Latency {
  const prior = cappedPrior(learning.prior)
  if (learned === 0 || learning.body.length === 0) return prior
  const seen = empirical(seenBody(learning))
  return learned === 1
    ? seen
    : {
        type: 'mixture',
        parts: [
          [1 - learned, prior],
          [learned, seen],
        ],
      }
}

function seenBody({ body, prior }: LatencyLearning): Rule {
  const rule = ruleOf(body)
  const tail = tailOf(
    rule,
    body.reduce((sum, { weight }) => sum + weight, 0),
  )
  return tail === undefined ? rule : withTail(rule, tail, prior.timeout)
}

/** The prior's body as few atoms, none beyond the timeout. */
function cappedPrior(prior: LatencyPrior): Latency {
  const body = priorBody(prior)
  if (body.median * Math.exp(6 * body.s) < prior.timeout) return body
  const rule = compressed(atomsOf(body), 32)
  return empirical({ ...rule, points: rule.points.map((time) => Math.min(time, prior.timeout)) })
}

const empirical = ({ points, weights }: Rule): Latency => ({
  type: 'empirical',
  times: [...points],
  weights: [...weights],
})

/** Posterior mean of the odds, times what stress and a stalled chain do to them. */
function stuckOddsOf({ prior, stuck, smooth }: LatencyLearning, { state, stallOdds }: Circumstances): number {
  const own = (prior.stuckOdds * STUCK_TRUST + stuck) / (STUCK_TRUST + stuck + smooth)
  const stressed = Math.min(MOST_STUCK, own * STRESS[state])
  return Math.min(MOST_STUCK, stressed + (1 - stressed) * Math.max(0, stallOdds - STALL_SHARE))
}

/** Normal-gamma in ln(seconds): mean and spread of stuck times. */
function stuckTime({ prior, freed, logs, squares }: LatencyLearning): Extract<Latency, { type: 'lognormal' }> {
  const centre = Math.log(prior.stuckMedian)
  const mean = (FREED_TRUST * centre + logs) / (FREED_TRUST + freed)
  const around = freed > 0 ? Math.max(0, squares - logs ** 2 / freed) : 0
  const shift = freed > 0 ? ((FREED_TRUST * freed) / (FREED_TRUST + freed)) * (logs / freed - centre) ** 2 : 0
  const variance = (FREED_TRUST * prior.stuckSpread ** 2 + around + shift) / (FREED_TRUST + freed)
  return { type: 'lognormal', median: Math.exp(mean), s: Math.sqrt(variance) }
}
