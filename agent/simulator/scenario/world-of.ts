// A scenario file as a simulated world: the same market, the same accounts, the same pauses of its routes as the local
// chains would have. Liquidity providers and agents without logs are left out.
import type { Address } from 'viem'
import type { Scenario } from '../../../config/scenario.ts'
import type { Setup } from '../../core/setup.ts'
import { usageError } from '../../domain/errors.ts'
import type { EngineTerms, MarginAccount, Prices } from '../../domain/market.ts'
import type { Network } from '../../domain/network.ts'
import { bps, chainId, instant, millis, type Wad, wad } from '../../domain/units.ts'
import { positionValue, tradeFeeUp } from '../../maths/margin.ts'
import { networkOf } from '../network-of.ts'
import type { AgentSpec, VaultSpec, WorldSpec } from '../spec.ts'
import { addressOf } from '../streams.ts'
import { mechanicalWay } from '../way-home.ts'
import { asMarginAccount } from './account-plan.ts'
import { planAccounts } from './accounts.ts'
import { openMarket } from './market.ts'
import { stoppagesOf } from './stoppages.ts'
import { scenarioTerms } from './terms.ts'

/** One agent of a scenario, before it has a setup. */
export type Participant = {
  readonly name: string
  readonly executor: Address
  readonly strategy: string
  readonly params: Readonly<Record<string, unknown>>
  readonly bonded: boolean
  readonly capital: Wad
}

/** Every agent of every group. */
export const participantsOf = (scenario: Scenario): readonly Participant[] =>
  scenario.agents.flatMap(({ group, count, strategy, params, attest, capital }) =>
    Array.from({ length: count }, (_, i) => {
      const name = `${group}-${i + 1}`
      const cash = capital[Math.min(i, capital.length - 1)] ?? wad(0n)
      return { name, executor: addressOf(scenario.seed, name), strategy, params, bonded: attest, capital: cash }
    }),
  )

/** What the agents of a scenario are told of it. */
export const scenarioNetwork = (scenario: Scenario): Network =>
  networkOf({
    name: scenario.name,
    timeScale: scenario.timeScale,
    publishers: publishersOf(scenario),
    terms: termsOf(scenario),
    vaults: vaultsOf(scenario, termsOf(scenario)),
  })

/** The world of a scenario, with agents of these setups. */
export function scenarioWorld(scenario: Scenario, setupOf: (participant: Participant) => Setup): WorldSpec {
  const terms = termsOf(scenario)
  const [engine] = scenario.engines
  return {
    seed: scenario.seed,
    timeScale: scenario.timeScale,
    opensAt: OPENS,
    warmUp: WARM_UP,
    duration: scenario.duration,
    patience: PATIENCE,
    engine: {
      terms,
      blockTime: engine?.blockTime ?? millis(1_000),
      gasLimit: 200_000_000n,
      pool: scenario.engine.pool,
      insurance: scenario.engine.insurance,
    },
    vaults: vaultsOf(scenario, terms),
    market: openMarket(scenario),
    prices: {
      publishers: publishersOf(scenario),
      interval: scenario.prices.interval,
      warmInterval: scenario.prices.interval,
      maxAge: scenario.prices.maxAge,
      heartbeat: millis(1_500),
      gossip: { median: millis(40), spread: 0.6, loss: 0.005 },
    },
    crowd: { first: (prices) => tradersOf(scenario, terms, prices), turnover: undefined },
    agents: participantsOf(scenario).map((one): AgentSpec => ({ ...PLACE, ...one, setup: setupOf(one) })),
    rivals: [],
  }
}

const OPENS = instant(1_700_000_000_000)
const WARM_UP = millis(20_000)
const PATIENCE = millis(60_000)
const PLACE = {
  tip: 2_000_000_000n,
  submitDelay: millis(60),
  nodeDelay: millis(60),
  refill: undefined,
  scenarios: 'drawn' as const,
  tails: 'widened' as const,
}
const ENGINE = chainId(31_337)
/** The fee of the pools where collateral is sold. */
const POOL_FEE = bps(30)
/** From a final block to an attested root at the settling agent, in milliseconds. */
const ATTESTATION = 300

function termsOf(scenario: Scenario): EngineTerms {
  const [engine, ...more] = scenario.engines
  if (engine === undefined || more.length > 0)
    throw usageError('E_SCENARIO', 'the simulator plays one engine chain', 'Take a scenario with one engine.')
  const terms = scenarioTerms(scenario, engine.name, ENGINE)
  const asset = (symbol: string): Address => addressOf(scenario.seed, `asset ${symbol}`)
  return { ...terms, collaterals: terms.collaterals.map((one) => ({ ...one, asset: asset(one.symbol) })) }
}

const publishersOf = ({ seed, prices }: Scenario): readonly Address[] =>
  Array.from({ length: prices.publishers }, (_, n) => addressOf(seed, `publisher ${n}`)).sort()

function vaultsOf(scenario: Scenario, { collaterals }: EngineTerms): readonly VaultSpec[] {
  const [engine] = scenario.engines
  return scenario.vaults.map((vault) => {
    const chain = scenario.vaultChains.find(({ name }) => name === vault.chain)
    const stoppages = stoppagesOf(scenario, vault)
    const listed = collaterals.filter((one) => one.vault === vault.id)
    return {
      id: vault.id,
      chain: chainId(41_337 + scenario.vaultChains.findIndex(({ name }) => name === vault.chain)),
      prior: { ...vault.latency, stuckOdds: vault.latency.stuckOdds / 10_000 },
      pools: new Map(listed.map(({ id, symbol }) => [id, { fee: POOL_FEE, depth: depthOf(scenario, symbol) }])),
      way: mechanicalWay({
        opensAt: OPENS,
        engineBlock: engine?.blockTime ?? 0,
        engineFinality: engine?.finality ?? 0,
        attestation: ATTESTATION,
        delay: vault.delay,
        vaultBlock: chain?.blockTime ?? 1_000,
        vaultFinality: chain?.finality ?? 0,
        stoppages: stoppages.map(({ from, to }) => ({ from: OPENS + from, to: OPENS + to })),
      }),
    }
  })
}

const depthOf = ({ assets }: Scenario, symbol: string): Wad | undefined =>
  assets.find((one) => one.symbol === symbol)?.poolDepth

/** The planned accounts once their trades are done and paid for. */
function tradersOf(scenario: Scenario, terms: EngineTerms, prices: Prices): readonly MarginAccount[] {
  return planAccounts(scenario).map((plan) => {
    const id = addressOf(scenario.seed, `account ${plan.salt}`)
    const account = asMarginAccount(plan, terms, prices)
    const fees = account.positions.reduce((sum, { instrument, size }) => {
      const mark = prices.get(terms.instruments[instrument]?.markFeed ?? -1)?.price ?? 0n
      return sum + tradeFeeUp(positionValue(size, mark), terms.tradeFee)
    }, 0n)
    return { ...account, id, owner: id, cash: wad(account.cash - fees) }
  })
}
