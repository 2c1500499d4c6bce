// Evidence as an agent would have left it: forecasts by a law, and gaps drawn from the same law or from another.
import type { GapRecord, MarketState } from '../../agent/domain/gap-record.ts'
import { chainId, instant } from '../../agent/domain/units.ts'
import { type ReturnLaw, returnLaw } from '../../agent/maths/risk/law.ts'
import { lossOdds, tailOf, varEs } from '../../agent/maths/risk/loss.ts'
import { type PriceModel, processOf } from '../../agent/maths/risk/model.ts'
import { drawReturn, drawTime } from '../../agent/maths/risk/monte-carlo.ts'
import { chance } from '../../agent/maths/risk/random.ts'
import { normalCdf, normalQuantile } from '../../agent/maths/risk/special.ts'

type Kou = Extract<PriceModel, { type: 'kou' }>

const calm: Kou = { type: 'kou', sigma: 0.65, lambda: 400, p: 0.4, eta1: 120, eta2: 80 }
const MODELS: Readonly<Record<MarketState, Kou>> = {
  calm,
  triggered: { ...calm, sigma: 1.2, lambda: 2000, p: 0.2 },
  cascade: { ...calm, sigma: 1.8, lambda: 3000, eta1: 70, eta2: 40 },
}
const LATENCY = { type: 'lognormal' as const, median: 960, s: 0.2 }
const LEVELS = [0.95, 0.975, 0.99, 0.999]
const YEAR = 31_536_000
const K = 1.0005

/** How the evidence came about: `truth` changes the market that it was drawn from, `perHour` packs gaps together. */
type Way = {
  readonly count: number
  readonly seed?: number
  readonly truth?: (model: Kou) => Kou
  readonly perHour?: number
  readonly states?: readonly MarketState[]
}

const laws = new Map<MarketState, ReturnLaw>()

function lawOf(state: MarketState): ReturnLaw {
  const law = laws.get(state) ?? returnLaw({ model: MODELS[state], latency: LATENCY }, 24)
  laws.set(state, law)
  return law
}

/** Records in the order of time. */
export function evidence({
  count,
  seed = 1,
  truth = (model) => model,
  perHour = 4,
  states = ['calm'],
}: Way): GapRecord[] {
  const from = chance(seed)
  return Array.from({ length: count }, (_, i) => {
    const state = states[Math.floor(from.uniform() * states.length)] ?? 'calm'
    const law = lawOf(state)
    const h = (1.02 + 0.04 * from.uniform()) * 0.997
    const { pLoss, EL } = lossOdds(law, { K, h })
    const levels = LEVELS.map((alpha) => ({ alpha, ...varEs(tailOf(law, 1 - alpha), { K, h }) }))
    const seconds = drawTime(from, LATENCY)
    const x = drawReturn(from, processOf(truth(MODELS[state])), seconds / YEAR)
    const at = 1_700_000_000_000 + (i * 3_600_000) / perHour
    return {
      forecast: {
        id: `candidate-${i}|31337:state-proof|0`,
        at: instant(at),
        modelledAt: at,
        engine: chainId(31337),
        vault: i % 2 === 0 ? 'vault-fast' : 'vault-slow',
        collateral: 0,
        feed: 0,
        state,
        version: i,
        effectiveSample: 100,
        debt: 1000,
        K,
        h,
        lossOdds: pLoss,
        expectedLoss: EL,
        premium: 1.2 * EL + 0.001,
        deviation: law.deviation,
        levels,
        baselines: { 'ewma-normal': normalLevels(law.deviation, h) },
      },
      realised: {
        taken: i % 3 === 0,
        realisedAt: instant(at + 1000 * seconds),
        seconds,
        drawn: i % 3 !== 0,
        x,
        loss: K - h * Math.exp(x),
        u: law.below(x),
        uLatency: normalCdf(Math.log(seconds / LATENCY.median) / LATENCY.s),
      },
    }
  })
}

function normalLevels(deviation: number, h: number) {
  return LEVELS.map((alpha) => {
    const z = normalQuantile(1 - alpha)
    const g = Math.exp(deviation ** 2 / 2) * (normalCdf(z - deviation) / (1 - alpha))
    return { alpha, VaR: K - h * Math.exp(z * deviation), ES: K - h * g }
  })
}

/** The same records as of one session. */
export const sessioned = (records: readonly GapRecord[], session = 'one') =>
  records.map((record) => ({ ...record, session }))
