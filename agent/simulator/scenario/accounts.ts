// The traders: seeded accounts of the three modes, of which most will be caught by the fall and few ruined by it.
import type { Scenario } from '../../../config/scenario.ts'
import type { EngineTerms, Instrument, Mode, Position, Prices } from '../../domain/market.ts'
import { type Bps, chainId, type Wad, wad } from '../../domain/units.ts'
import { fromDoubleDown, max, toDouble } from '../../maths/fixed-point.ts'
import { margin } from '../../maths/margin.ts'
import { type AccountPlan, asMarginAccount } from './account-plan.ts'
import { planHolders } from './holders.ts'
import { type Market, openMarket } from './market.ts'
import { between, type Random, seeded } from './random.ts'
import { pricesAt, scenarioTerms } from './terms.ts'
import { planTwins } from './twins.ts'

/** Every account of a scenario, the named ones last. Each drawn one can be opened at the starting prices and is solvent at the trough of the path. */
export function planAccounts(scenario: Scenario): readonly AccountPlan[] {
  const market = openMarket(scenario)
  const plans = scenario.accounts.twins ? planTwins(scenario, market) : drawAll(scenario, market)
  return [...plans, ...planHolders(scenario, market, plans.length + 1)]
}

function drawAll(scenario: Scenario, market: Market): readonly AccountPlan[] {
  const draws = scenario.engines.map((engine) => ({
    engine: engine.name,
    terms: scenarioTerms(scenario, engine.name, chainId(1)),
  }))
  const [start, trough] = [pricesAt(market, 0), pricesAt(market, troughOf(scenario, market))]
  const random = seeded(scenario.seed, 'accounts')
  return Array.from({ length: scenario.accounts.count }, (_, i) => {
    const { engine, terms } = draws[i % draws.length] ?? { engine: '', terms: scenarioTerms(scenario, '', chainId(1)) }
    return drawAccount({ scenario, engine, terms, start, trough, random }, i)
  })
}

type Draw = {
  readonly scenario: Scenario
  readonly engine: string
  readonly terms: EngineTerms
  readonly start: Prices
  readonly trough: Prices
  readonly random: Random
}

/** Draws until the account can be opened and survives the trough; leverage falls a little with every attempt. */
function drawAccount(draw: Draw, index: number): AccountPlan {
  const { scenario, terms, start, trough, random } = draw
  const mode = modeOf(scenario, index)
  const holdsOption = takesTurn(index, scenario.accounts.options)
  const ease = takesTurn(index, scenario.accounts.calm) ? CALM : 1
  for (let attempt = 0; ; attempt++) {
    const plan = sketch(draw, { index, mode, holdsOption, ease: ease * 0.985 ** attempt })
    const account = asMarginAccount(plan, terms, start)
    const [opened, worst] = [margin(account, terms, start), margin(account, terms, trough)]
    if (opened === undefined || worst === undefined) continue
    const fits = opened.equity * 100n >= opened.initial * ROOM && worst.equity * 100n >= worst.maintenance * RUIN
    if (fits || attempt > 200) return plan
    random()
  }
}

/** Equity at the opening, in percent of initial margin; at the trough, in percent of maintenance. */
const ROOM = 115n
const RUIN = 8n
/** What a calm trader's leverage is of the drawn one. */
const CALM = 0.55

type Wish = { readonly index: number; readonly mode: Mode; readonly holdsOption: boolean; readonly ease: number }

function sketch({ scenario, engine, terms, start, random }: Draw, wish: Wish): AccountPlan {
  const { size, leverage } = scenario.accounts
  const range = leverage[wish.mode]
  const capital = toDouble(size.min) * (toDouble(size.max) / toDouble(size.min)) ** random()
  const notional = capital * between(random, range.min, range.max) * wish.ease
  const shape = wish.mode === 'isolated' ? alone(random, wish) : book(random, wish)
  const positions = shape.map(({ pick, share }) => position(terms, start, pick, notional * share))
  const salt = BigInt(wish.index + 1)
  const cash = wish.mode === 'cross' ? cents(capital) : wad(0n)
  const credit = wish.mode === 'cross' ? [] : collateral(terms, start, { capital, random, mode: wish.mode })
  return { engine, salt, mode: wish.mode, cash, credit, positions: merged(positions) }
}

type Pick = { readonly kind: 'perpetual' | 'put' | 'call'; readonly nth: number }
/** A part of a book: an instrument and its signed share of the notional. */
type Part = { readonly pick: Pick; readonly share: number }

/** One instrument: most are long a perpetual, holders of options have sold a put. */
function alone(random: Random, { holdsOption }: Wish): readonly Part[] {
  const nth = random() < 0.6 ? 0 : 1
  return [{ pick: { kind: holdsOption ? 'put' : 'perpetual', nth }, share: holdsOption ? -1.8 : 1 }]
}

/** Several instruments: long the market, some hedged across assets or with options, so that netting shows. */
function book(random: Random, { holdsOption }: Wish): readonly Part[] {
  const nth = random() < 0.6 ? 0 : 1
  const long: Part = { pick: { kind: 'perpetual', nth }, share: 1 }
  const style = random()
  if (!holdsOption) {
    if (style < 0.45) return [long]
    if (style < 0.8)
      return [
        { ...long, share: 0.6 },
        { pick: { kind: 'perpetual', nth: 1 - nth }, share: 0.4 },
      ]
    return [
      { ...long, share: 1.15 },
      { pick: { kind: 'perpetual', nth: 1 - nth }, share: -0.2 },
    ]
  }
  if (style < 0.4)
    return [
      { ...long, share: 0.75 },
      { pick: { kind: 'put', nth }, share: -0.5 },
    ]
  if (style < 0.75) return [long, { pick: { kind: 'call', nth }, share: -0.4 }]
  return [
    { ...long, share: 1.1 },
    { pick: { kind: 'put', nth }, share: 0.2 },
  ]
}

function position(terms: EngineTerms, start: Prices, pick: Pick, notional: number): Position {
  const instrument = choose(terms, pick)
  const underlying = Number(start.get(instrument.underlyingFeed)?.price ?? 1n) / 1e8
  return { instrument: instrument.id, size: wad((fromDoubleDown(notional / underlying) / LOT) * LOT) }
}

/** Instruments of a kind by underlying; a scenario without the wanted one gives its first perpetual. */
function choose(terms: EngineTerms, { kind, nth }: Pick): Instrument {
  const wanted = terms.instruments.filter((one) =>
    kind === 'perpetual' ? one.kind === kind : one.kind === 'option' && one.name.endsWith(SUFFIX[kind]),
  )
  const found = wanted[nth % Math.max(1, wanted.length)] ?? terms.instruments[0]
  if (found === undefined) throw new RangeError('a scenario needs an instrument')
  return found
}

const SUFFIX = { put: '-P', call: '-C' } as const
/** Sizes are multiples of this: a ten-thousandth of a unit. */
const LOT = 10n ** 14n

function collateral(
  terms: EngineTerms,
  start: Prices,
  { capital, random, mode }: { readonly capital: number; readonly random: Random; readonly mode: Mode },
): AccountPlan['credit'] {
  const first = Math.floor(random() * terms.collaterals.length)
  const second = Math.floor(random() * terms.collaterals.length)
  const split = mode === 'unified' && second !== first && random() < 0.5 ? between(random, 0.3, 0.7) : 1
  const parts =
    split === 1
      ? [{ id: first, share: 1 }]
      : [
          { id: first, share: split },
          { id: second, share: 1 - split },
        ]
  return parts.flatMap(({ id, share }) => {
    const found = terms.collaterals[id]
    if (found === undefined) return []
    const price = Number(start.get(found.feed)?.price ?? 1n) / 1e8
    const amount = max(1n, fromDoubleDown((capital * share) / price) / 10n ** BigInt(18 - found.decimals))
    return [{ collateral: id, amount }]
  })
}

/** The same instrument twice is one position. */
const merged = (positions: readonly Position[]): readonly Position[] =>
  [...Map.groupBy(positions, (one) => one.instrument)].map(([instrument, parts]) => {
    return { instrument, size: wad(parts.reduce((sum, part) => sum + part.size, 0n)) }
  })

/** Modes in turn, so that any prefix of the accounts holds the scenario's shares. */
function modeOf({ accounts: { modes } }: Scenario, index: number): Mode {
  const place = (index * GOLDEN) % 10_000
  if (place < modes.isolated) return 'isolated'
  return place < modes.isolated + modes.cross ? 'cross' : 'unified'
}

/** Whether a share of all accounts includes this one. Another stride than the modes', so that the two mix. */
const takesTurn = (index: number, share: Bps): boolean => (index * (share + 3_571)) % 10_000 < share

const GOLDEN = 6_180

const cents = (dollars: number): Wad => wad((fromDoubleDown(dollars) / 10n ** 16n) * 10n ** 16n)

/** When the first feed is at its lowest: by the path, within the scenario's time. */
function troughOf(scenario: Scenario, market: Market): number {
  const moments = Array.from({ length: Math.ceil(scenario.duration / 250) }, (_, i) => i * 250)
  return moments.reduce((lowest, at) => (market.spot(0, at) < market.spot(0, lowest) ? at : lowest), 0)
}
