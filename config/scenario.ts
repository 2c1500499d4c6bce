// A scenario: chains, vaults, markets, a price path, accounts, agents, and what must hold at the end.
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { usageError } from '../agent/domain/errors.ts'
import { check, readSource } from './document.ts'
import { castOf, faultComplaints } from './fault-cast.ts'
import { faultSchema } from './faults.ts'
import { name } from './fields.ts'
import { suggest } from './nearest.ts'
import { sourceSchema } from './sources.ts'
import { amount, change, dollarPrice, duration, ratio } from './units.ts'

const finality = z.int().nonnegative().describe('Blocks on top after which a block is final.')
const blockTime = duration.describe('Wall time between blocks, in whole seconds.')
const chainSchema = z.strictObject({ name, blockTime, finality })

const stuck = z
  .strictObject({
    every: duration.describe('Mean wall time between two pauses, exponentially distributed.'),
    min: duration.describe('Shortest pause.'),
    max: duration.describe('Longest pause.'),
  })
  .describe("The guardian pauses the vault's root oracle at random moments.")

const latency = z.strictObject({
  median: duration,
  spread: z.number().nonnegative().describe('Log-standard deviation of the body.'),
  stuckOdds: ratio,
  stuckMedian: duration,
})

const vault = z.strictObject({
  id: name,
  chain: name,
  engine: name,
  delay: duration.prefault('0s').describe('Wall time an attested root must age on the vault chain before it pays.'),
  engineSource: sourceSchema
    .optional()
    .describe('Why the vault believes the mirror; attested after the delay by default.'),
  vaultSource: sourceSchema.optional().describe('Why the mirror believes the vault; attested at once by default.'),
  stuck: stuck.optional(),
  latency: latency.describe('Prior of bid to collateral, in modelled time; agents price the gap with it.'),
})

const asset = z.strictObject({
  symbol: z.string().min(1),
  decimals: z.int().min(1).max(18),
  feed: z.string().min(1).describe('Feed that prices it.'),
  haircut: ratio,
  gap: ratio.describe('Gap haircut stored on chain, for every vault without its own.'),
  gapByVault: z.record(z.string(), ratio).default({}),
  poolDepth: amount.describe('Dollars on each side of the pool where it is sold.'),
})

const feed = z.strictObject({
  name: z.string().min(1),
  start: dollarPrice,
  volatility: ratio.describe('Annual, in modelled time.'),
  beta: z.number().default(1).describe('Share of each step of the path that this feed follows.'),
})

const perpetual = z.strictObject({
  name: z.string().min(1),
  kind: z.literal('perpetual'),
  feed: z.string().min(1),
  shock: ratio.describe('Largest move of the 16 scenarios, up and down.'),
  contingency: ratio.describe('Flat charge on notional, on top of the scan.'),
})

const option = z.strictObject({
  name: z.string().min(1),
  kind: z.enum(['call', 'put']),
  feed: z.string().min(1),
  strike: dollarPrice,
  expiry: duration.describe('Modelled time from the start.'),
  volatility: ratio,
  shock: ratio,
  contingency: ratio,
})

const prices = z.strictObject({
  publishers: z.int().positive(),
  quorum: z.int().positive(),
  interval: duration,
  maxAge: duration,
  deviation: ratio.describe('Spread between publishers above which a feed is degraded.'),
  noise: ratio.prefault('0.01 %').describe('How far publishers differ.'),
})

const step = z.strictObject({
  at: duration.describe('Wall time from the start of the market.'),
  move: change.describe('Change of the reference price over the step.'),
  over: duration.prefault('0s').describe('Wall time that the change takes.'),
})

const engine = z.strictObject({
  initialFactor: ratio.describe('Initial margin over maintenance.'),
  tradeFee: ratio,
  pool: amount.describe('Cash of the pool that is counterparty to every trade.'),
  insurance: amount,
  tranche: amount.prefault('250000 USD').describe("First loss of each route, borne by the tranche's backers."),
})

const auction = z.strictObject({
  startDiscount: ratio,
  discountPerSecond: ratio,
  maxDiscount: ratio,
  target: ratio.describe('Maintenance multiple that a bid may restore.'),
  bonded: duration.describe('First seconds open to bonded agents only.'),
  insolvent: duration.describe('Time over which the reward of an insolvent account grows.'),
  dust: amount,
})

const range = z.strictObject({ min: z.number().positive(), max: z.number().positive() })

const accounts = z.strictObject({
  count: z.int().positive(),
  modes: z.strictObject({ isolated: ratio, cross: ratio, unified: ratio }).describe('Shares of the three modes.'),
  options: ratio.describe('Share of the accounts that hold an option too.'),
  calm: ratio.prefault('0 %').describe('Share of the accounts with about half the leverage: they stay healthy.'),
  leverage: z
    .strictObject({ isolated: range, cross: range, unified: range })
    .describe('Notional over collateral or cash, by mode.'),
  size: z.strictObject({ min: amount, max: amount }).describe('Collateral or cash of an account.'),
  depositEvery: duration
    .prefault('0s')
    .describe('Late deposits during the run, to measure credit latency; 0s for none.'),
})

const group = z.strictObject({
  group: name,
  strategy: z.string().min(1),
  params: z.record(z.string(), z.unknown()).default({}),
  count: z.int().positive(),
  attest: z.boolean().default(false),
  blindLogs: z.int().nonnegative().default(0).describe('How many members of the group never read logs.'),
  capital: z.array(amount).min(1).describe('Cash per member; the last one repeats.'),
})

const provider = z.strictObject({
  count: z.int().nonnegative().default(1),
  reserves: amount,
  margin: ratio,
  maxClaim: amount,
})

const lines = z
  .strictObject({
    vault: name.describe('Where the collateral is locked.'),
    asset: z.string().min(1),
    count: z.int().positive(),
    first: duration.describe('Wall time of the first request.'),
    every: duration.describe('Wall time between two requests.'),
    principal: amount,
    ltv: ratio.describe('Principal over collateral at the request.'),
    maxLtv: ratio.describe('Above it the provider enforces.'),
    fee: ratio.describe('Of the principal.'),
    penalty: ratio.describe('On what is due when enforced.'),
    term: duration.describe('Wall time to the expiry.'),
    repaid: z.int().nonnegative().describe('How many, the first ones, are repaid.'),
    hold: duration.describe('Wall time until those are repaid.'),
  })
  .describe('Credit lines that borrowers ask the provider for.')

const linesEnded = z.strictObject({
  opened: z.int().nonnegative(),
  repaid: z.int().nonnegative(),
  enforced: z.int().nonnegative(),
})

const expect = z
  .strictObject({
    fell: z.int().nonnegative().describe('Least number of accounts below maintenance.'),
    fellPerMode: z.int().nonnegative(),
    fellWithOptions: z.int().nonnegative(),
    settledPerRoute: z.int().nonnegative(),
    winners: z.int().nonnegative().describe('Least number of different winners.'),
    lines: linesEnded.optional().describe('Least number of credit lines that came so far.'),
    badDebt: amount.prefault('0 USD').describe('Most bad debt while solvent bidders exist.'),
  })
  .describe('Value conserved, every claim redeemed and every agent alive hold always.')

const scenarioShape = z.strictObject({
  name,
  description: z.string().min(1),
  seed: z.int().nonnegative(),
  timeScale: z.number().positive().describe('Modelled time per wall time: 60 makes a second a minute.'),
  duration: duration.describe('Wall time of the market; settlements get time to finish after it.'),
  engines: z.array(chainSchema).min(1),
  vaultChains: z.array(chainSchema).min(1),
  vaults: z.array(vault).min(1),
  feeds: z.array(feed).min(1),
  assets: z.array(asset).min(1),
  instruments: z.array(z.discriminatedUnion('kind', [perpetual, option])).min(1),
  prices,
  path: z.array(step).describe('Moves of the reference price, in order; volatility runs throughout.'),
  engine,
  auction,
  bonds: z.strictObject({
    minimum: amount,
    threshold: z.int().positive(),
    unbonding: duration.prefault('1h').describe('Time on the chain until a bond that was asked back is paid.'),
  }),
  accounts,
  agents: z.array(group).min(1),
  provider,
  lines: lines.optional(),
  faults: z.array(faultSchema).default([]).describe('What goes wrong: each an object, or one line of text.'),
  expect,
})

/** One scenario file. Unknown keys are errors, and so are names that nothing answers to. */
export const scenarioSchema = scenarioShape.superRefine(refuseUnknownNames)

/** A valid scenario, every default filled in and every unit read. */
export type Scenario = z.infer<typeof scenarioShape>

const FOLDER = new URL('./scenarios/', import.meta.url)

/** Names of the scenarios that come with the program. */
export const scenarioNames = (): readonly string[] =>
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort()

/** Reads a scenario by name, or by path when `which` ends in .yaml. */
export function loadScenario(which: string): Scenario {
  if (which.endsWith('.yaml')) return check(readSource(which), scenarioSchema)
  const known = scenarioNames()
  if (!known.includes(which)) {
    const hint = suggest(which, known)
    throw usageError(
      'E_SCENARIO',
      `unknown scenario ${which}${hint && ` – ${hint}`}`,
      'See lienmesh scenarios ls, or give the path of a .yaml file.',
    )
  }
  return check(readSource(fileURLToPath(new URL(`${which}.yaml`, FOLDER))), scenarioSchema)
}

type Context = z.core.$RefinementCtx<Scenario>

function refuseUnknownNames(scenario: Scenario, context: Context): void {
  const known = (path: readonly PropertyKey[], word: string, names: readonly string[]): void => {
    if (names.includes(word)) return
    context.issues.push({
      code: 'custom',
      path: [...path],
      message: `${word} is not declared (${names.join(', ')})`,
      input: word,
    })
  }
  const names = (of: readonly { readonly name: string }[]): string[] => of.map((one) => one.name)
  const feeds = names(scenario.feeds)
  for (const [i, one] of scenario.vaults.entries()) {
    known(['vaults', i, 'chain'], one.chain, names(scenario.vaultChains))
    known(['vaults', i, 'engine'], one.engine, names(scenario.engines))
  }
  for (const [i, one] of scenario.assets.entries()) known(['assets', i, 'feed'], one.feed, feeds)
  for (const [i, one] of scenario.instruments.entries()) known(['instruments', i, 'feed'], one.feed, feeds)
  for (const { fault, message } of faultComplaints(scenario.faults, castOf(scenario), scenario.duration))
    context.issues.push({ code: 'custom', path: ['faults', fault], message, input: scenario.faults[fault] })
  const { isolated, cross, unified } = scenario.accounts.modes
  if (isolated + cross + unified !== 10_000)
    context.issues.push({
      code: 'custom',
      path: ['accounts', 'modes'],
      message: 'the three shares must add up to 100 %',
      input: scenario.accounts.modes,
    })
}
