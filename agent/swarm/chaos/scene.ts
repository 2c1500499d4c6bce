// The market of a campaign: one engine, one vault, one bidder that attests, and accounts that fall one after the other.
import { loadScenario, type Scenario } from '../../../config/scenario.ts'
import { bps, type ChainId, chainId, millis, price, type Wad, wad } from '../../domain/units.ts'
import { fromDoubleDown, max } from '../../maths/fixed-point.ts'
import { margin } from '../../maths/margin.ts'
import { type AccountPlan, asMarginAccount } from '../../simulator/scenario/account-plan.ts'
import { type Market, openMarket } from '../../simulator/scenario/market.ts'
import { pricesAt, scenarioTerms } from '../../simulator/scenario/terms.ts'

/** Blocks on top after which a block is final, on both chains. */
export const FINALITY = 4
/** How far the price falls over a batch, in bps, and the accounts that fall with it. */
const FALL = -4_000
const ACCOUNTS = 16
/** The market's time from the first price to the last. */
export const SPAN = 1_000_000

/** The scenario that the world is deployed from. */
export function sceneOf(seed: number): Scenario {
  const base = loadScenario('flash-crash')
  const dollars = (amount: bigint): Wad => wad(amount * 10n ** 18n)
  return {
    ...base,
    name: 'chaos',
    seed,
    timeScale: 1,
    duration: millis(SPAN),
    engines: base.engines.map((chain) => ({ ...chain, finality: FINALITY })),
    vaultChains: base.vaultChains.map((chain) => ({ ...chain, finality: FINALITY })),
    vaults: base.vaults.slice(0, 1),
    feeds: [{ name: 'ETH', start: price(2_500n * 10n ** 8n), volatility: bps(0), beta: 1 }],
    assets: base.assets.slice(0, 1),
    instruments: base.instruments.slice(0, 1),
    prices: { ...base.prices, publishers: 2, quorum: 2, maxAge: millis(120_000), noise: bps(0) },
    path: [{ at: millis(0), move: bps(FALL), over: millis(SPAN) }],
    bonds: { ...base.bonds, threshold: 1 },
    agents: [
      {
        group: 'agent',
        strategy: 'first-come',
        params: {},
        count: 1,
        attest: true,
        blindLogs: 0,
        capital: [dollars(200_000n)],
      },
    ],
    provider: { ...base.provider, count: 0 },
  }
}

/** The accounts, from the first that falls to the last. */
export function accountsOf(scenario: Scenario): readonly AccountPlan[] {
  const market = openMarket(scenario)
  return Array.from({ length: ACCOUNTS }, (_, i) =>
    fallingAt(scenario, market, { salt: BigInt(i + 1), at: FIRST + ((LAST - FIRST) * i) / ACCOUNTS }),
  )
}

/** When the first and the last account fall for the first time. */
const [FIRST, LAST] = [0.08 * SPAN, 0.3 * SPAN]

/** An account of three thousand dollars of collateral that is at its maintenance margin at a moment of the market. */
function fallingAt(
  scenario: Scenario,
  market: Market,
  { salt, at }: { readonly salt: bigint; readonly at: number },
): AccountPlan {
  const engine = scenario.engines[0]?.name ?? ''
  const terms = scenarioTerms(scenario, engine, HERE)
  const [start, then] = [pricesAt(market, 0), pricesAt(market, Math.round(at))]
  const planOf = (size: number): AccountPlan => ({
    engine,
    salt,
    mode: 'unified',
    cash: wad(0n),
    credit: [{ collateral: 0, amount: COLLATERAL }],
    positions: [{ instrument: 0, size: wad(max(1n, fromDoubleDown(size))) }],
  })
  let [low, high] = [0, 20]
  for (let step = 0; step < 40; step++) {
    const size = (low + high) / 2
    const found = margin(asMarginAccount(planOf(size), terms, start), terms, then)
    if (found !== undefined && found.equity >= found.maintenance) low = size
    else high = size
  }
  return planOf(low)
}

const HERE: ChainId = chainId(31_337)
const COLLATERAL = 12n * 10n ** 17n
