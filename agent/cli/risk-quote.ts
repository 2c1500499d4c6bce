// lienmesh risk quote: what one liquidation risks over its gap, and the least bonus that pays for it, in words.
import { z } from 'zod'
import { EXIT } from '../domain/errors.ts'
import { atomsOf, type Latency, meanTime } from '../maths/risk/latency.ts'
import { returnLaw } from '../maths/risk/law.ts'
import { type LossOdds, lossOdds, tailOf, varEs } from '../maths/risk/loss.ts'
import type { PriceModel } from '../maths/risk/model.ts'
import { leastBonus } from '../maths/risk/premium.ts'
import { Refusal } from '../maths/risk/refusal.ts'
import { command } from './command.ts'

const decimal = z
  .string()
  .regex(/^-?\d+(\.\d+)?(e-?\d+)?$/i)
  .transform(Number)
const setting = (value: string) => decimal.default(Number(value))

/** Prints loss odds, VaR, ES and the least bonus for a collateral on a route. */
export const riskQuote = command({
  options: z.strictObject({
    bonus: decimal.describe('Gained per unit of outlay, such as 0.05.'),
    size: setting('1').describe('Debt repaid; losses are in its unit.'),
    sigma: setting('0.65').describe('Volatility per year.'),
    lambda: setting('400').describe('Jumps per year.'),
    p: setting('0.4').describe('Odds that a jump goes up.'),
    eta1: setting('120').describe('One over the mean jump up.'),
    eta2: setting('80').describe('One over the mean jump down.'),
    median: decimal.describe('Median seconds from payment to sale.'),
    spread: setting('0.35').describe('Deviation of the logarithm of that time.'),
    stuck: setting('0.005').describe('Odds that the route is stuck.'),
    'stuck.median': setting('7200').describe('Median seconds when it is stuck.'),
    slippage: setting('0.003').describe('Lost on the sale, per unit.'),
    cost: setting('0.0005').describe('Costs per unit of debt.'),
    rho: setting('0.1').describe('Price of tail capital per event.'),
    alpha: setting('0.99').describe('Level of VaR and ES.'),
  }),
  examples: ['lienmesh risk quote --bonus 0.05 --median 1042', 'lienmesh risk quote --bonus 0.05 --median 18 --json'],
  run: async (given, { json, print }) => {
    const quote = judged(given)
    if (json) print(JSON.stringify(quote))
    else for (const line of inWords(quote)) print(line)
    return EXIT.ok
  },
})

type Given = Readonly<
  Record<'bonus' | 'size' | 'sigma' | 'lambda' | 'p' | 'eta1' | 'eta2' | 'median' | 'spread', number>
> &
  Readonly<Record<'stuck' | 'stuck.median' | 'slippage' | 'cost' | 'rho' | 'alpha', number>>

type Quote =
  | { readonly type: 'refusal'; readonly reason: string; readonly message: string }
  | ({ readonly type: 'quote'; readonly seconds: number; readonly VaR: number; readonly ES: number } & Pick<
      LossOdds,
      'pLoss' | 'EL'
    > & { readonly bonus: number; readonly leastBonus: number; readonly take: boolean; readonly alpha: number })

/** A quote, or why there is none. */
function judged(given: Given): Quote {
  try {
    return quoteOf(given)
  } catch (error) {
    if (error instanceof Refusal) return { type: 'refusal', reason: error.reason, message: error.message }
    throw error
  }
}

function quoteOf(given: Given): Quote {
  const { sigma, lambda, p, eta1, eta2, size, bonus, alpha, slippage } = given
  const model: PriceModel = { type: 'kou', sigma, lambda, p, eta1, eta2 }
  const latency = routeOf(given)
  const law = returnLaw({ model, latency })
  const terms = { K: 1 + given.cost, h: (1 + bonus) * (1 - slippage) }
  const { pLoss, EL } = lossOdds(law, terms)
  const tail = tailOf(law, 1 - alpha)
  const { VaR, ES } = varEs(tail, terms)
  const price = { rho: given.rho, slippage, cost_frac: given.cost, lost_race_cost_frac: 0, pWin: 1, m1: law.mean }
  const { beta_min } = leastBonus(tail.g, price)
  const money = { EL: size * EL, VaR: size * VaR, ES: size * ES }
  const seconds = meanTime(atomsOf(latency))
  return { type: 'quote', seconds, pLoss, ...money, alpha, bonus, leastBonus: beta_min, take: bonus >= beta_min }
}

function routeOf({ median, spread, stuck, 'stuck.median': stuckMedian }: Given): Latency {
  const body: Latency = { type: 'lognormal', median, s: spread }
  if (stuck === 0) return body
  return {
    type: 'mixture',
    parts: [
      [1 - stuck, body],
      [stuck, { type: 'lognormal', median: stuckMedian, s: 0.7 }],
    ],
  }
}

function inWords(quote: Quote): readonly string[] {
  if (quote.type === 'refusal') return [`✘ no quote (${quote.reason}): ${quote.message}`]
  const percent = (value: number): string => `${(100 * value).toPrecision(4)} %`
  const level = percent(quote.alpha)
  return [
    `loss odds        ${percent(quote.pLoss)}`,
    `expected loss    ${quote.EL.toPrecision(6)}`,
    `VaR ${level.padEnd(12)} ${quote.VaR.toPrecision(6)}`,
    `ES ${level.padEnd(13)} ${quote.ES.toPrecision(6)}`,
    `least bonus      ${percent(quote.leastBonus)}`,
    quote.take
      ? `✔ take: the bonus of ${percent(quote.bonus)} pays for ${quote.seconds.toFixed(0)} s of gap and its tail`
      : `✘ leave: the bonus of ${percent(quote.bonus)} does not pay for ${quote.seconds.toFixed(0)} s of gap and its tail`,
  ]
}
