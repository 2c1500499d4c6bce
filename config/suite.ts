// The chains FILE of `lienmesh suite deploy`: which chains, who governs, which engines and vaults.
import { z } from 'zod'
import { check, readSource } from './document.ts'
import { address, bigNumber, chain, endpoint, name } from './fields.ts'
import { ATTESTED, sourceSchema } from './sources.ts'

const seconds = z.int().nonnegative()
const basisPoints = z.int().min(0).max(65_535)
const tokenOrTest = z
  .union([z.literal('test'), address])
  .describe('A token there is, or `test`: a token anybody may mint is deployed. Never `test` where money is real.')
const decimals = z.int().min(0).max(18)

const key = z
  .union([
    z.strictObject({ env: z.string().min(1).describe('Environment variable that holds the private key.') }),
    z.strictObject({ file: z.string().min(1).describe('Key file or keystore, readable by its owner only.') }),
  ])
  .describe('Who deploys: use a fresh account that sends nothing else until the deployment is done.')

const chainOf = z.strictObject({
  name,
  id: chain,
  rpc: endpoint,
  finality: seconds.describe('Blocks on top after which a block is final.'),
  key,
  bondToken: tokenOrTest,
})

const instrument = z.strictObject({
  kind: z.enum(['perpetual', 'option']),
  markFeed: z.int().min(0).max(65_535),
  underlyingFeed: z.int().min(0).max(65_535),
  contingency: basisPoints,
  shock: basisPoints.describe('Size of one move of the risk array, in bps; a perpetual only.'),
})

const auction = z.strictObject({
  startDiscount: basisPoints,
  discountPerSecond: basisPoints,
  maxDiscount: basisPoints,
  target: basisPoints,
  bondedSeconds: seconds,
  insolventSeconds: seconds,
  dust: bigNumber,
  reserveSeconds: seconds.describe('How long a promised slice stays reserved.'),
  reserveBond: bigNumber.describe('What a bidder forfeits of its bond when it breaks such a promise.'),
})

const engine = z.strictObject({
  chain: name,
  cash: tokenOrTest,
  cashDecimals: decimals,
  prices: z.strictObject({ quorum: z.int().positive(), maxAge: z.int().positive(), deviation: basisPoints }),
  initialFactor: z.int().min(10_000).max(65_535),
  tradeFee: basisPoints,
  auction,
  instruments: z.array(instrument).min(1),
})

const asset = z.strictObject({
  symbol: z.string().min(1),
  token: tokenOrTest,
  decimals,
  feed: z.int().min(0).max(65_535),
  haircut: basisPoints,
  gap: basisPoints,
  cap: bigNumber.describe('The most the vault takes into custody, in the units of the token.'),
  creditCap: bigNumber.optional().describe('The most the mirror credits in all.'),
  rate: z
    .strictObject({ amount: bigNumber, window: z.int().positive().describe('Seconds in which it refills.') })
    .optional()
    .describe('How much may be credited, and how much paid, per window.'),
  largeDelta: z
    .strictObject({ above: bigNumber, wait: seconds })
    .optional()
    .describe('A change above it is noted first, and booked after the wait, on both sides.'),
  pair: address.describe('The pool where it is sold for the dollar of its chain.'),
})

const vault = z.strictObject({
  id: name,
  chain: name,
  engine: name.describe('The chain of its engine.'),
  engineSource: sourceSchema.default(ATTESTED).describe('On the vault chain: why the vault believes the mirror.'),
  vaultSource: sourceSchema.default(ATTESTED).describe('On the engine chain: why the mirror believes the vault.'),
  engineWitnesses: z
    .array(sourceSchema)
    .default([])
    .describe('Further sources that may trip the breaker of the vault.'),
  vaultWitnesses: z
    .array(sourceSchema)
    .default([])
    .describe('Further sources that may trip the breaker of the mirror.'),
  staleAfter: seconds.describe('Seconds without news of the engine after which depositors may ask to leave.'),
  exitDelay: seconds.describe('Seconds between an exit asked for and its payment.'),
  creditStaleAfter: seconds.describe('Age of evidence above which the mirror credits nothing.'),
  resetDelay: seconds.describe('Seconds a tripped breaker stays tripped at least.'),
  router: address,
  dollar: address,
  dollarDecimals: decimals,
  assets: z.array(asset).min(1),
})

/** The chains FILE. */
export const suiteSchema = z
  .strictObject({
    name,
    governance: z.strictObject({
      admin: address.describe('Administrator of every access manager once all is deployed.'),
      delay: seconds.describe('Seconds between an act of the administrator and its effect.'),
      guardian: address.describe('May pause sources and withdraw proposed risk parameters, nothing else.'),
      treasury: address.describe('Receives what slashed bonds leave.'),
    }),
    bonds: z.strictObject({ minimum: bigNumber, unbonding: seconds }),
    threshold: z.int().positive(),
    attestors: z.array(address).min(1),
    publishers: z.array(address).min(1),
    chains: z.array(chainOf).min(1),
    engines: z.array(engine).min(1),
    vaults: z.array(vault).min(1),
  })
  .superRefine((suite, context) => {
    const complain = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message })
    const chains = new Set(suite.chains.map((one) => one.name))
    const engines = new Set(suite.engines.map((one) => one.chain))
    suite.engines.forEach((one, i) => {
      if (!chains.has(one.chain)) complain(['engines', i, 'chain'], `no chain is called ${one.chain}`)
    })
    suite.vaults.forEach((one, i) => {
      if (!chains.has(one.chain)) complain(['vaults', i, 'chain'], `no chain is called ${one.chain}`)
      if (!engines.has(one.engine)) complain(['vaults', i, 'engine'], `no engine runs on chain ${one.engine}`)
    })
    if (suite.threshold > suite.attestors.length)
      complain(['threshold'], `${suite.threshold} of ${suite.attestors.length} attestors can never sign`)
  })

/** A checked chains FILE. */
export type SuiteFile = z.output<typeof suiteSchema>

/** Reads a chains FILE, YAML or JSON. */
export const loadSuite = (file: string): SuiteFile => check(readSource(file), suiteSchema)
