// lienmesh risk quote: what one liquidation risks over its gap, and the least bonus that pays for it, in words.
import { z } from 'zod'
import { EXIT } from '../domain/errors.ts'
import { atomsOf, type Latency, meanTime } from '../maths/risk/latency.ts'
import { type ReturnLaw, returnLaw } from '../maths/risk/law.ts'
import { type LossOdds, lossOdds, tailOf, varEs } from '../maths/risk/loss.ts'
import type { PriceModel } from '../maths/risk/model.ts'
import { leastBonus } from '../maths/risk/premium.ts'
import { within } from '../maths/risk/refusal.ts'
import { command } from './command.ts'
import { assetModel, laneBody } from './risk-market.ts'
import { decimal } from './risk-options.ts'
import { orRefused } from './risk-refused.ts'

const setting = (value: string) => decimal.default(Number(value))

const options = z.strictObject({
  asset: z
    .string()
    .min(1)
    .optional()
    .describe('Collateral, such as ETH: its volatility and jumps, unless they are given.'),
  route: z
    .string()
    .min(1)
    .optional()
    .describe('A published lane, such as ccip:ethereum:base, unless --median is given.'),
  state: z
    .enum(['calm', 'triggered', 'cascade'])
    .default('calm')
    .describe('What the market of the asset goes through.'),
  bonus: decimal.describe('Gained per unit of outlay, such as 0.05.'),
  size: setting('1').describe('Debt repaid; losses are in its unit.'),
  sigma: decimal.optional().describe('Volatility per year, without jumps (0.65 without --asset).'),
  lambda: decimal.optional().describe('Jumps per year (400).'),
  p: decimal.optional().describe('Odds that a jump goes up (0.4).'),
  eta1: decimal.optional().describe('One over the mean jump up (120).'),
  eta2: decimal.optional().describe('One over the mean jump down (80).'),
  median: decimal.optional().describe('Median seconds from payment to sale.'),
  spread: decimal.optional().describe('Deviation of the logarithm of that time (0.35).'),
  stuck: setting('0.005').describe('Odds that the route is stuck.'),
  'stuck.median': setting('7200').describe('Median seconds when it is stuck.'),
  slippage: setting('0.003').describe('Lost on the sale, per unit.'),
  cost: setting('0.0005').describe('Costs per unit of debt.'),
  rho: setting('0.1').describe('Price of tail capital per event.'),
  alpha: setting('0.99').describe('Level of VaR and ES.'),
})

/** Prints loss odds, VaR, ES and the least bonus for a collateral on a route, and what the tail is made of. */
export const riskQuote = command({
  options,
  positionals: ['asset', 'route'],
  examples: [
    'lienmesh risk quote ETH ccip:ethereum:base --bonus 0.05',
    'lienmesh risk quote ETH across:arbitrum:base --bonus 0.02 --state cascade --size 250000',
    'lienmesh risk quote --bonus 0.05 --median 1042 --json',
  ],
  run: async (given, { json, print }) => {
    const quote = orRefused('quote', () => quoteOf(given))
    if (json) print(JSON.stringify(quote))
    else for (const line of inWords(quote)) print(line)
    return EXIT.ok
  },
})

type Given = z.output<typeof options>

type Quote = { readonly type: 'quote'; readonly seconds: number; readonly VaR: number; readonly ES: number } & Pick<
  LossOdds,
  'pLoss' | 'EL'
> & {
    readonly bonus: number
    readonly leastBonus: number
    /** The least bonus in the unit of the debt: what must be earned on top of it. */
    readonly leastFee: number
    readonly take: boolean
    readonly alpha: number
    readonly model: PriceModel
    readonly latency: Latency
    /** What the fall at ES is made of, per unit: each part is what switching it on adds. They sum to the whole. */
    readonly tail: Parts
  }

type Parts = { readonly diffusion: number; readonly jumps: number; readonly stuck: number }

function quoteOf(given: Given): Quote {
  const { size, bonus, alpha, slippage } = checked(given)
  const model = modelOf(given)
  const latency = routeOf(given, given.stuck)
  const law = returnLaw({ model, latency })
  const terms = { K: 1 + given.cost, h: (1 + bonus) * (1 - slippage) }
  const { pLoss, EL } = lossOdds(law, terms)
  const tail = tailOf(law, 1 - alpha)
  const { VaR, ES } = varEs(tail, terms)
  const price = { rho: given.rho, slippage, cost_frac: given.cost, lost_race_cost_frac: 0, pWin: 1, m1: law.mean }
  const { beta_min } = leastBonus(tail.g, price)
  const money = { EL: size * EL, VaR: size * VaR, ES: size * ES, leastFee: size * beta_min }
  const seconds = meanTime(atomsOf(latency))
  const parts = partsOf(given, model, tail.g)
  const said = { bonus, leastBonus: beta_min, take: bonus >= beta_min, alpha, model, latency, tail: parts }
  return { type: 'quote', seconds, pLoss, ...money, ...said }
}

function checked(given: Given): Given {
  within('size', given.size, { above: 0, most: 1e15 })
  within('bonus', given.bonus, { above: -1, most: 100 })
  within('alpha', given.alpha, { least: 0.5, below: 1 })
  within('slippage', given.slippage, { least: 0, below: 1 })
  within('cost', given.cost, { least: 0, most: 1 })
  within('rho', given.rho, { least: 0, most: 100 })
  within('stuck', given.stuck, { least: 0, most: 1 })
  return given
}

function modelOf({ asset, state, sigma, lambda, p, eta1, eta2 }: Given): Extract<PriceModel, { type: 'kou' }> {
  const base =
    asset === undefined
      ? { type: 'kou' as const, sigma: 0.65, lambda: 400, p: 0.4, eta1: 120, eta2: 80 }
      : assetModel(asset, state)
  return {
    type: 'kou',
    sigma: sigma ?? base.sigma,
    lambda: lambda ?? base.lambda,
    p: p ?? base.p,
    eta1: eta1 ?? base.eta1,
    eta2: eta2 ?? base.eta2,
  }
}

function routeOf({ route, median, spread, 'stuck.median': stuckMedian }: Given, stuck: number): Latency {
  const lane = route === undefined || median !== undefined ? undefined : laneBody(route)
  const body: Latency = {
    type: 'lognormal',
    median: median ?? lane?.median ?? Number.NaN,
    s: spread ?? lane?.s ?? 0.35,
  }
  within('median (or a route)', body.median, { above: 0 })
  if (stuck === 0) return body
  return {
    type: 'mixture',
    parts: [
      [1 - stuck, body],
      [stuck, { type: 'lognormal', median: stuckMedian, s: 0.7 }],
    ],
  }
}

/** The mean fall in the tail, 1 - g, with diffusion alone, with jumps, and with the stuck mode as well. */
function partsOf(given: Given, model: Extract<PriceModel, { type: 'kou' }>, g: number): Parts {
  const smooth = routeOf(given, 0)
  const fall = (law: ReturnLaw): number => 1 - tailOf(law, 1 - given.alpha).g
  const diffusion = fall(returnLaw({ model: { type: 'lognormal', sigma: model.sigma }, latency: smooth }))
  const jumping = fall(returnLaw({ model, latency: smooth }))
  return { diffusion, jumps: jumping - diffusion, stuck: 1 - g - jumping }
}

function inWords(quote: Quote): readonly string[] {
  const level = percent(quote.alpha)
  const { diffusion, jumps, stuck } = quote.tail
  return [
    `loss odds        ${percent(quote.pLoss)}`,
    `expected loss    ${quote.EL.toPrecision(6)}`,
    `VaR ${level.padEnd(12)} ${quote.VaR.toPrecision(6)}${quote.VaR < 0 ? '  (still a profit)' : ''}`,
    `ES ${level.padEnd(13)} ${quote.ES.toPrecision(6)}${quote.ES < 0 ? '  (still a profit)' : ''}`,
    `least bonus      ${percent(quote.leastBonus)}  (${quote.leastFee.toPrecision(6)})`,
    `fall at ES       ${percent(diffusion + jumps + stuck)}: ${percent(diffusion)} diffusion, ${percent(jumps)} jumps, ${percent(stuck)} stuck route`,
    verdictOf(quote),
  ]
}

function verdictOf({ take, bonus, seconds, tail }: Quote): string {
  const [worst] = Object.entries(tail).sort(([, a], [, b]) => b - a)
  const mostly = worst === undefined ? '' : `; most of its tail is ${CAUSES[worst[0]] ?? worst[0]}`
  const over = `${seconds.toFixed(0)} s of gap on average${mostly}`
  return take
    ? `✔ take: the bonus of ${percent(bonus)} pays for ${over}`
    : `✘ leave: the bonus of ${percent(bonus)} does not pay for ${over}`
}

const CAUSES: Readonly<Record<string, string>> = {
  diffusion: 'everyday movement, which grows with the root of the time',
  jumps: 'jumps, which grow with the time',
  stuck: 'rare stalls of the route, not its usual time',
}

const percent = (value: number): string => `${Number((100 * value).toPrecision(4))} %`
