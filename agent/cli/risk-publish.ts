// lienmesh risk publish: gap haircuts, premiums and provider fees from the risk model to the chain.
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { loadNetwork } from '../../config/network.ts'
import { EXIT, usageError } from '../domain/errors.ts'
import { priceBelief } from '../maths/learning/price-belief.ts'
import { learnPrice } from '../maths/learning/price-learning.ts'
import { PRICE_TERMS } from '../maths/learning/price-terms.ts'
import type { PriceModel } from '../maths/risk/model.ts'
import type { Step } from '../runtime/publish.ts'
import { command, toggle } from './command.ts'
import { configFrom } from './config-source.ts'

const share = z
  .string()
  .regex(/^\d+(\.\d+)?$/, { error: (issue) => `expected a number, found ${issue.input}` })
  .transform(Number)

/** Shows what would change and why; sends it with --live. A change is proposed first and enacted after the delay. */
export const riskPublish = command({
  options: z.strictObject({
    config: z.string().min(1).default('lienmesh.yaml').describe('The config file: network, nodes, key, prices.'),
    model: z
      .string()
      .min(1)
      .optional()
      .describe('File of `risk fit --json`; the risk section of the config otherwise.'),
    level: share.default(0.99).describe('Level of the expected shortfall that the gap covers.'),
    turnover: share.default(4).describe('How often a year collateral goes through the gap.'),
    failures: share.default(0).describe('How often a year a whole route is expected to fail.'),
    live: toggle.describe('Send what is shown, with the key of the config.'),
    'dry-run': toggle.describe('Only show it: the default.'),
  }),
  examples: ['lienmesh risk publish --config agent.yaml', 'lienmesh risk publish --config agent.yaml --live --json'],
  run: async (options, context) => {
    if (options.live && options['dry-run'])
      throw usageError('E_USAGE', 'found both --live and --dry-run', 'Give one of them.')
    const { config } = configFrom(options.config, { ...context, flags: {} })
    const { publishRisk } = await import('../runtime/publish.ts')
    const { level, turnover, failures, live } = options
    const model = options.model === undefined ? modelOf(config.risk) : modelIn(options.model)
    const terms = { level, turnover, failures, bidPrice: config.risk.capitalCharge / 1e4 }
    const steps = await publishRisk(
      { config, network: loadNetwork(config.network), model, terms, live },
      context.signal,
    )
    for (const step of steps) {
      if (context.json) context.print(JSON.stringify({ type: 'level', ...step }))
      else for (const line of inWords(step, live)) context.print(line)
    }
    return EXIT.ok
  },
})

/** The config's volatility with the jumps that calm markets have: what an agent believes before its first price. */
function modelOf({ volatility }: { readonly volatility: number }): PriceModel {
  const terms = { ...PRICE_TERMS, volatility: volatility / 1e4 }
  const belief = priceBelief(learnPrice(undefined, { at: 0, price: 1 }, terms), 0, terms)
  if (belief.type === 'belief') return belief.model
  throw usageError('E_RISK_INPUT', `no model at this volatility: ${belief.reason}`, 'Set risk.volatility above zero.')
}

const fitted = z.object({
  model: z.strictObject({
    type: z.literal('kou'),
    sigma: z.number(),
    lambda: z.number(),
    p: z.number(),
    eta1: z.number(),
    eta2: z.number(),
  }),
})

function modelIn(file: string): PriceModel {
  try {
    return fitted.parse(JSON.parse(readFileSync(file, 'utf8'))).model
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error)
    throw usageError(
      'E_RISK_INPUT',
      `${file} holds no fitted model: ${what}`,
      'Write it with lienmesh risk fit --json.',
    )
  }
}

function inWords(step: Step & { readonly tx: string | undefined }, live: boolean): readonly string[] {
  const { symbol, vault, collateral, from, to, target, why, readyAt } = step
  const percent = (share: number): string => `${(100 * share).toFixed(2)} %`
  const change = (name: 'gap' | 'premium' | 'fee'): string => {
    const limited = to[name] === target[name] ? '' : ` (towards ${target[name]})`
    return `${from[name]} → ${to[name]}${limited} bps`
  }
  const rule = why.shortfall >= why.floor ? 'expected shortfall' : 'floor of diffusion alone'
  const beyond = `${percent(why.expected)} expected and ${percent(why.tail)} in the tail beyond the haircuts, an event`
  const when = readyAt === undefined ? '' : ` at ${new Date(readyAt * 1_000).toISOString()}`
  const act = {
    propose: `propose, effective${when}`,
    enact: 'enact',
    wait: `proposed, effective${when}`,
    nothing: 'stands',
  }
  return [
    `${symbol} on ${vault} (${collateral}), ${why.seconds.toFixed(0)} s to settle on average`,
    `  gap      ${change('gap').padEnd(34)} ${rule} ${percent(Math.max(why.shortfall, why.floor))}`,
    `  premium  ${change('premium').padEnd(34)} ${beyond}`,
    `  fee      ${change('fee').padEnd(34)} least bonus of a provider`,
    `  ${live ? '✔' : 'would'} ${act[step.act]}${step.tx === undefined ? '' : ` in ${step.tx}`}`,
  ]
}
