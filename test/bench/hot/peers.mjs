// The book against the packages that bots are built from: what a look at every account costs each, and an exact look at
// one. Plain JavaScript: the packages stand in test/bench/node_modules alone.

import { createRequire } from 'node:module'
import { formatReserves, formatUserSummary } from '@aave/math-utils'
import { AccrualPosition, Market } from '@morpho-org/blue-sdk'
import { getAddress } from 'viem'
import { margin } from '../../../agent/maths/margin.ts'
import { account, engineTerms, quoted, usd } from '../../support/builders.ts'
import { syntheticBook } from '../../support/synthetic-book.ts'
import { loaded, wholeRescan } from './book.ts'
import { atLeast, guide, inTurns, report } from './measure.ts'

const drift = createRequire(import.meta.url)('@drift-labs/sdk')
const ACCOUNTS = Number(process.argv[2] ?? 1_000_000)
const PEER_ACCOUNTS = 5_000

/** A market of Morpho Blue, and positions with addresses that nobody has seen, as its bot reads them. */
function morpho() {
  const [loanToken, collateralToken] = [`0x${'11'.repeat(20)}`, `0x${'22'.repeat(20)}`]
  const market = new Market({
    params: { loanToken, collateralToken, oracle: loanToken, irm: collateralToken, lltv: 860000000000000000n },
    totalSupplyAssets: 10n ** 14n,
    totalSupplyShares: 95n * 10n ** 18n,
    totalBorrowAssets: 8n * 10n ** 13n,
    totalBorrowShares: 76n * 10n ** 18n,
    lastUpdate: 1763000000n,
    fee: 0n,
    rateAtTarget: 1268391679n,
    price: 3000n * 10n ** 24n,
  })
  let round = 0
  return () => {
    round++
    for (let i = 0; i < PEER_ACCOUNTS; i++) {
      const user = getAddress(`0x${(round * 1e8 + i).toString(16).padStart(40, 'a')}`)
      const borrowShares = BigInt(1500000000000000 + i)
      const position = new AccrualPosition({ user, supplyShares: 0n, borrowShares, collateral: 10n ** 18n }, market)
      if (position.seizableCollateral === 1n) throw new Error('unreachable')
    }
  }
}

/** Aave's summary of an account with three reserves. */
function aave(legs = 3) {
  const ray = `1${'0'.repeat(27)}`
  const reserves = Array.from({ length: legs }, (_, i) => reserveOf(i, ray))
  const market = { marketReferenceCurrencyDecimals: 8, marketReferencePriceInUsd: '100000000' }
  const formattedReserves = formatReserves({ reserves, currentTimestamp: 1763000600, ...market })
  const userReserves = reserves.map(({ underlyingAsset }, i) => ({
    underlyingAsset,
    scaledATokenBalance: i < legs - 1 ? '1000000000000000000' : '0',
    usageAsCollateralEnabledOnUser: true,
    scaledVariableDebt: i === legs - 1 ? '100000000000000000' : '0',
    ...{ stableBorrowRate: '0', principalStableDebt: '0', stableBorrowLastUpdateTimestamp: 0 },
  }))
  const request = { currentTimestamp: 1763000600, ...market, userReserves, formattedReserves, userEmodeCategoryId: 0 }
  return () => formatUserSummary(request).healthFactor
}

const ZEROS = [
  'averageStableRate,stableDebtLastUpdateTimestamp,liquidityRate,totalPrincipalStableDebt,isolationModeTotalDebt',
  'unbacked,borrowCap,supplyCap,debtCeiling,accruedToTreasury,baseStableBorrowRate,baseVariableBorrowRate',
  'stableRateSlope1,stableRateSlope2',
].flatMap((names) => names.split(','))

const reserveOf = (i, ray) => ({
  ...Object.fromEntries(ZEROS.map((name) => [name, '0'])),
  ...{ originalId: i, id: `r${i}`, symbol: `T${i}`, name: `T${i}`, decimals: 18, reserveFactor: '1000', eModes: [] },
  underlyingAsset: `0x${(i + 1).toString(16).padStart(40, '0')}`,
  ...{ usageAsCollateralEnabled: true, borrowingEnabled: true, isActive: true, isFrozen: false, isPaused: false },
  ...{ flashLoanEnabled: true, borrowableInIsolation: false, stableBorrowRateEnabled: false, isIsolated: false },
  ...{ baseLTVasCollateral: '8000', reserveLiquidationThreshold: '8500', reserveLiquidationBonus: '10500' },
  ...{ liquidityIndex: ray, variableBorrowIndex: ray, variableBorrowRate: '38568743388028395681971229' },
  ...{ availableLiquidity: '10000000000000000000000', totalScaledVariableDebt: '10000000000000000000000' },
  ...{ lastUpdateTimestamp: 1763000000, debtCeilingDecimals: 2, optimalUsageRatio: ray, variableRateSlope1: '1' },
  ...{ variableRateSlope2: '1', priceInMarketReferenceCurrency: String(100000000 * (i + 1)), eModeCategoryId: 0 },
  ...{ eModeLtv: 0, eModeLiquidationThreshold: 0, eModeLiquidationBonus: 0, eModeLabel: '' },
})

/** Drift's own user with `legs` spot positions, over accessors that answer at once. */
function driftUser(legs) {
  const { User, BN, SpotBalanceType, MarketStatus, AssetTier } = drift
  const precision = new BN(10).pow(new BN(9))
  const index = new BN(10).pow(new BN(10))
  const spots = Array.from({ length: 16 }, (_, i) => ({
    ...{ marketIndex: i, decimals: i === 0 ? 6 : 9, status: MarketStatus?.ACTIVE, assetTier: AssetTier?.COLLATERAL },
    cumulativeDepositInterest: index.muln(103).divn(100),
    cumulativeBorrowInterest: index.muln(107).divn(100),
    ...{ initialAssetWeight: 8000, maintenanceAssetWeight: 9000, imfFactor: 0 },
    ...{ initialLiabilityWeight: 12000, maintenanceLiabilityWeight: 11000, scaleInitialAssetWeightStart: new BN(0) },
    ...{ depositBalance: precision.muln(1e6), borrowBalance: precision.muln(5e5) },
    historicalOracleData: { lastOraclePriceTwap5Min: new BN(1e6), lastOraclePriceTwap: new BN(1e6) },
  }))
  const oracle = spots.map((_, i) => ({
    price: new BN(1e6).muln(i === 0 ? 1 : 50 + i),
    slot: new BN(1),
    confidence: new BN(1),
  }))
  const zero = new BN(0)
  const empty = {
    marketIndex: 0,
    balanceType: SpotBalanceType.DEPOSIT,
    scaledBalance: zero,
    openOrders: 0,
    openBids: zero,
    openAsks: zero,
    cumulativeDeposits: zero,
  }
  const spotPositions = Array.from({ length: 8 }, (_, i) =>
    i < legs
      ? {
          ...empty,
          marketIndex: i,
          balanceType: i === legs - 1 ? SpotBalanceType.BORROW : SpotBalanceType.DEPOSIT,
          scaledBalance: precision.muln(100 + i),
        }
      : { ...empty },
  )
  const perpPositions = Array.from({ length: 8 }, (_, i) => ({
    ...{ marketIndex: i, baseAssetAmount: zero, quoteAssetAmount: zero, openOrders: 0, lpShares: zero, openBids: zero },
    ...{ openAsks: zero, positionFlag: 0, isolatedPositionScaledBalance: zero, settledPnl: zero },
  }))
  const data = { spotPositions, perpPositions, status: 0, maxMarginRatio: 0, marginMode: { default: {} }, poolId: 0 }
  const user = Object.create(User.prototype)
  user.driftClient = {
    getSpotMarketAccount: (i) => spots[i],
    getPerpMarketAccount: () => undefined,
    getOracleDataForSpotMarket: (i) => oracle[i],
    getOracleDataForPerpMarket: (i) => oracle[i],
    getQuoteSpotMarketAccount: () => spots[0],
    getStateAccount: () => ({ liquidationMarginBufferRatio: 200 }),
    ...{ accountSubscriber: {}, program: {} },
  }
  user.getUserAccount = () => data
  user.getUserAccountAndSlot = () => ({ data, slot: 1 })
  return user
}

/** The same book as objects with integers: what an event-driven bot in bigint does per look. */
function naive() {
  const { prices, accounts } = syntheticBook(PEER_ACCOUNTS)
  const WAD = 10n ** 18n
  const wad = (x) => BigInt(Math.round(x * 1e6)) * 10n ** 12n
  const at = Array.from(prices, wad)
  const all = [...accounts()].map(({ base, legs }) => ({
    base: wad(base),
    legs: legs.map(({ column, weight }) => ({ column, weight: wad(weight) })),
  }))
  return () =>
    all.filter(
      ({ base, legs }) => legs.reduce((sum, { column, weight }) => sum + (weight * at[column]) / WAD, base) < 0n,
    ).length
}

/** An account of one perpetual and two collaterals at prices, as the engine margins it. */
function ourMargin() {
  const terms = engineTerms()
  const quote = (feed, dollars) => [feed, { feed, price: quoted(dollars), confidence: 5, shocks: 0n, sequence: 1 }]
  const prices = new Map([quote(0, 2_500), quote(1, 60_000), quote(2, 60)])
  const one = account({
    positions: [{ instrument: 0, size: usd(-3) }],
    credit: [
      { collateral: 0, amount: 2n * 10n ** 18n },
      { collateral: 1, amount: 10n ** 7n },
    ],
    cash: usd(4_000),
  })
  if (margin(one, terms, prices) === undefined) throw new Error('expected a margin')
  return () => margin(one, terms, prices)
}

const users = Array.from({ length: 200 }, (_, i) => driftUser(2 + (i % 3)))
const contestants = {
  morpho: morpho(),
  drift: () => users.filter((user) => user.canBeLiquidated().canBeLiquidated).length,
  aave: aave(),
  naive: naive(),
}
const size = { morpho: PEER_ACCOUNTS, drift: users.length, aave: 1, naive: PEER_ACCOUNTS }
const ids = { morpho: ['B1', 5_000], drift: ['B1b', 5_000], aave: ['B1c', 30_000], naive: ['B1d', 150] }
const { triggers } = loaded(ACCOUNTS)
const theirs = inTurns(contestants, 3)
const nanos = (wholeRescan(triggers, 1_000_000) * 1e6) / ACCOUNTS
const rows = Object.keys(contestants).map((name) => {
  const each = (theirs[name] * 1_000) / size[name]
  process.stdout.write(
    `${name}: ${(each / 1_000).toFixed(2)} us an account, ours ${nanos.toFixed(2)} ns at ${ACCOUNTS}\n`,
  )
  return atLeast(
    ids[name][0],
    'full rescan, per account',
    [each / nanos, ids[name][1]],
    name === 'naive' ? 'integers in objects' : name,
  )
})
const driftOf3 = driftUser(3)
const exact = inTurns({ ours: ourMargin(), aave: aave(3), drift: () => driftOf3.canBeLiquidated() })
rows.push(
  atLeast('B6', 'exact look at one account of three legs', [exact.aave / exact.ours, 60], 'aave'),
  atLeast('B6', 'exact look at one account of three legs', [exact.drift / exact.ours, 5], 'drift'),
  guide('B6', 'exact look at one account of three legs', [exact.ours, 2.5], 'us'),
)
report(rows)
process.exit(0)
