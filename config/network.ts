// network.json: what a deployment wrote and every process reads.
import { z } from 'zod'
import type { Network } from '../agent/domain/network.ts'
import { millis, wad } from '../agent/domain/units.ts'
import { readJson } from './document.ts'
import { address, bigNumber, chain, name } from './fields.ts'

const time = z
  .number()
  .nonnegative()
  .transform((ms) => millis(ms))
const decimals = z.int().min(0).max(18)
const finality = z.int().nonnegative().describe('Blocks on top after which a block is final.')

const tier = z.strictObject({
  below: bigNumber
    .transform((dollars) => wad(dollars))
    .optional()
    .describe('Dollars at stake, in 1e18 units, below which this tier applies; left out in the last.'),
  blocks: finality,
  proof: z.boolean().describe('Whether inclusion must be proven by a Merkle proof that every provider gives.'),
})
const tiers = z
  .array(tier.transform(({ below, blocks, proof }) => ({ below, blocks, proof })))
  .min(1)
  .describe('Depth that is final by amount at stake, ascending.')

const engine = z.strictObject({
  chain,
  name,
  engine: address,
  auction: address,
  priceBook: address,
  creditLines: address,
  riskParameters: address,
  insuranceFund: address,
  registry: address,
  cash: address,
  cashDecimals: decimals,
  finality,
  tiers: tiers.optional(),
  fromBlock: bigNumber,
})

const asset = z.strictObject({
  collateral: z.int().min(0).max(127),
  symbol: z.string().min(1),
  token: address,
  decimals,
  pair: address,
})

const latency = z.strictObject({
  median: time.describe('Milliseconds of modelled time.'),
  spread: z.number().nonnegative(),
  stuckOdds: z.number().min(0).max(1),
  stuckMedian: time,
  steps: z
    .array(z.strictObject({ above: bigNumber.transform(wad), times: z.number().positive() }))
    .optional()
    .describe('Tickets above so many dollars (wad) take so many times as long.'),
})

const odds = z.number().min(0).max(1)
const failures = z
  .strictObject({ refundOdds: odds, refundLoss: odds, lossOdds: odds })
  .describe('Odds of a refund and what it costs (share of the value), and odds of losing everything.')

const seconds = z.number().nonnegative()
const attested = z.strictObject({
  kind: z.literal('attested'),
  at: address,
  delay: seconds.describe('Seconds a header must age before anything is read under it.'),
})
const opL1Block = z.strictObject({
  kind: z.literal('op-l1-block'),
  at: address,
  l1Block: address.describe('The predeploy that names the newest block of the base chain.'),
})
const optimistic = z.strictObject({
  kind: z.literal('optimistic'),
  at: address,
  window: seconds.describe('Seconds in which a proposed header may be challenged.'),
  bond: bigNumber.describe('What a proposal locks, in units of the bond token.'),
  bondToken: address,
  arbiter: z.discriminatedUnion('kind', [attested, opL1Block]).describe('The source whose headers decide.'),
})
const message = z.strictObject({
  kind: z.literal('message'),
  at: address,
  courier: address.describe('On the other chain: sends its counters.'),
})
const single = [attested, opL1Block, optimistic, message] as const
const quorum = z.strictObject({
  kind: z.literal('quorum'),
  at: address,
  needed: z.int().positive().describe('How many of them must say so.'),
  of: z.array(z.discriminatedUnion('kind', single)).min(1),
})
const source = z.discriminatedUnion('kind', [...single, quorum])

const vault = z.strictObject({
  id: name,
  chain,
  engine: chain,
  vault: address,
  mirror: address,
  engineSource: source.describe('On the vault chain: what the vault believes about the mirror.'),
  vaultSource: source.describe('On the engine chain: what the mirror believes about the vault.'),
  engineWitnesses: z.array(source).optional().describe('Further sources that may trip the breaker of the vault.'),
  vaultWitnesses: z.array(source).optional().describe('Further sources that may trip the breaker of the mirror.'),
  registry: address,
  router: address,
  dollar: address,
  dollarDecimals: decimals,
  finality,
  tiers: tiers.optional(),
  fromBlock: bigNumber,
  assets: z.array(asset).min(1),
  latency,
  failures: failures.optional(),
})

/** The network description. Unknown keys are errors; block numbers may be decimal strings. */
export const networkSchema = z
  .strictObject({
    name,
    timeScale: z.number().positive(),
    threshold: z.int().positive(),
    attestors: z.array(address).min(1),
    publishers: z.array(address).min(1),
    engines: z.array(engine).min(1),
    vaults: z.array(vault).min(1),
  })
  .superRefine((network, context) => {
    const engines = new Set(network.engines.map((one) => one.chain))
    network.vaults.forEach((one, index) => {
      if (engines.has(one.engine)) return
      context.addIssue({
        code: 'custom',
        path: ['vaults', index, 'engine'],
        message: `no engine runs on chain ${one.engine}`,
      })
    })
    if (network.threshold > network.attestors.length)
      context.addIssue({
        code: 'custom',
        path: ['threshold'],
        message: `${network.threshold} of ${network.attestors.length} attestors can never sign`,
      })
  })

/** Reads and checks a network description. */
export const loadNetwork = (file: string): Network => readJson(file, networkSchema)

/** A network description as JSON text that `loadNetwork` reads back. */
export const networkJson = (network: Network): string =>
  `${JSON.stringify(network, (_, value) => (typeof value === 'bigint' ? value.toString() : value), 2)}\n`
