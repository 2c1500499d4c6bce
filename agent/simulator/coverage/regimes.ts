// The market of a coverage run: two assets whose volatility and jumps switch between three regimes. The parameters differ
// from seed to seed and no agent is told them; their middle is what quarter hours of large assets show.
import { bps, type FeedId } from '../../domain/units.ts'
import type { Chance } from '../../maths/risk/random.ts'
import { asPrice } from '../sales.ts'
import type { SimulatedMarket } from '../spec.ts'
import { stream } from '../streams.ts'

/** Parameters per year; jumps up and down have exponential sizes with these means. */
export type Regime = {
  readonly sigma: number
  readonly jumps: number
  readonly up: number
  readonly upMean: number
  readonly downMean: number
}

type Name = 'calm' | 'triggered' | 'cascade'

/** A market by what it is like. `level` is the spread of volatility between seeds. */
type Temper = {
  readonly regimes: Readonly<Record<Name, Regime>>
  readonly level: number
  /** Odds that a jump downwards in a calm market triggers it, and that a triggered one becomes a cascade. */
  readonly kick: number
  readonly worse: number
}

const DAY = 365

/**
 * `majors`: quarter-hours have the published moments of ether (December 2024 to April 2026): 70 % a year, kurtosis 40, four
 * flagged jumps in five days, flagged falls of 2 %, and after a fall of two deviations a 1 % quantile 1.65 times as far as
 * any (published: 71 %, 33, three in four, 1.8 %, 1.7); the second asset moves two thirds as far, as bitcoin did. `fierce`:
 * 100 % a year, kurtosis 114, worst quarter-hour -26 %: what small assets show, twice as skewed.
 */
const TEMPERS = {
  majors: {
    level: 0.2,
    kick: 0.5,
    worse: 0.12,
    regimes: {
      calm: { sigma: 0.46, jumps: 1.6 * DAY, up: 0.48, upMean: 0.006, downMean: 0.0065 },
      triggered: { sigma: 0.9, jumps: 22 * DAY, up: 0.25, upMean: 0.006, downMean: 0.0085 },
      cascade: { sigma: 1.6, jumps: 60 * DAY, up: 0.25, upMean: 0.008, downMean: 0.011 },
    },
  },
  fierce: {
    level: 0.25,
    kick: 0.3,
    worse: 0.15,
    regimes: {
      calm: { sigma: 0.6, jumps: 2.2 * DAY, up: 0.45, upMean: 0.007, downMean: 0.009 },
      triggered: { sigma: 1.2, jumps: 22 * DAY, up: 0.3, upMean: 0.008, downMean: 0.011 },
      cascade: { sigma: 2.4, jumps: 80 * DAY, up: 0.25, upMean: 0.012, downMean: 0.018 },
    },
  },
} as const satisfies Readonly<Record<string, Temper>>

/** Markets by name. */
export type TemperName = keyof typeof TEMPERS
export const TEMPER_NAMES = ['majors', 'fierce'] as const satisfies readonly TemperName[]

/** Mean stays in a regime, in modelled minutes. */
const STAY: Readonly<Record<Name, number>> = { calm: 600, triggered: 45, cascade: 10 }
/** Correlation of the diffusions, odds that a jump hits both assets, and how far the second moves beside the first. */
const CORRELATION = 0.77
const COMMON = 0.6
const BETA = 0.66

/** Milliseconds of wall time between points of the path; between two the logarithm goes straight. */
const STEP = 250
const YEAR = 365 * 24 * 3_600_000
const START = [2_500, 60_000] as const

/** A market that extends its path as far as it is asked. It is the same however it is asked. */
export function regimeMarket(name: TemperName, seed: number, timeScale: number, from: number): SimulatedMarket {
  const temper: Temper = TEMPERS[name]
  const drawn = { ...temper, regimes: drawRegimes(temper, stream(seed, 'regimes')) }
  const path = openPath(drawn, stream(seed, 'path'), (STEP * timeScale) / YEAR)
  const logAt = (feed: FeedId, at: number): number => {
    const place = Math.max(0, (at - from) / STEP)
    const before = Math.floor(place)
    const [low, high] = [path.at(feed, before), path.at(feed, before + 1)]
    return low + (high - low) * (place - before)
  }
  const spot = (feed: FeedId, at: number): number => (START[feed] ?? 1) * Math.exp(logAt(feed, at))
  return {
    spot,
    entries: (at, publisher) =>
      START.map((_, feed) => {
        const noise = 1 + NOISE * (((publisher * 7 + feed * 3 + Math.round(at / STEP)) % 5) - 2)
        return { feed, price: asPrice(spot(feed, at) * noise), confidence: bps(5), shocks: 0n }
      }),
  }
}

/** Publishers differ by a few hundredths of a basis point, in turn. */
const NOISE = 5e-6

/** One seed's regimes: the middle ones, each figure moved by a factor of its own. */
function drawRegimes({ regimes, level: spread }: Temper, chance: Chance): Temper['regimes'] {
  const factor = (spread: number): number => Math.exp(spread * chance.normal())
  const level = factor(spread)
  const moved = ({ sigma, jumps, up, upMean, downMean }: Regime): Regime => ({
    sigma: sigma * level * factor(0.1),
    jumps: jumps * factor(0.3),
    up: Math.min(0.6, up * factor(0.1)),
    upMean: upMean * level * factor(0.15),
    downMean: downMean * level * factor(0.15),
  })
  return { calm: moved(regimes.calm), triggered: moved(regimes.triggered), cascade: moved(regimes.cascade) }
}

type Path = { at(feed: FeedId, step: number): number }

function openPath(temper: Temper, chance: Chance, years: number): Path {
  const logs: [number[], number[]] = [[0], [0]]
  let now: Name = 'calm'
  const grow = (): void => {
    const regime = temper.regimes[now]
    const moves = diffusion(regime, chance, years)
    const fell = addJumps(moves, regime, chance, years)
    for (const feed of [0, 1] as const) logs[feed].push((logs[feed].at(-1) ?? 0) + moves[feed])
    now = next(now, { temper, fell, chance, minutes: (years * YEAR) / 60_000 })
  }
  return {
    at(feed, step) {
      const log = logs[feed === 0 ? 0 : 1]
      while (log.length <= step) grow()
      return log[step] ?? 0
    },
  }
}

/** Correlated normals whose exponentials keep their mean, jumps included. */
function diffusion(regime: Regime, chance: Chance, years: number): [number, number] {
  const deviation = regime.sigma * Math.sqrt(years)
  const [first, other] = [chance.normal(), chance.normal()]
  const second = CORRELATION * first + Math.sqrt(1 - CORRELATION ** 2) * other
  const move = (normal: number, scale: number): number =>
    scale * deviation * normal - 0.5 * (scale * deviation) ** 2 - years * growth(regime, scale)
  return [move(first, 1), move(second, BETA)]
}

/** What jumps add to the mean of an asset whose jumps are scaled, per year. */
function growth({ jumps, up, upMean, downMean }: Regime, scale: number): number {
  const mean = (up * upMean * scale) / (1 - upMean * scale) - ((1 - up) * downMean * scale) / (1 + downMean * scale)
  return jumps * mean
}

/** Adds jumps to both moves; true when the market fell by one. An asset jumps `jumps` times a year, alone or with the other. */
function addJumps(moves: [number, number], regime: Regime, chance: Chance, years: number): boolean {
  const events = (regime.jumps * 2) / (1 + COMMON)
  let fell = false
  for (let left = chance.poisson(events * years); left > 0; left--) {
    const up = chance.uniform() < regime.up
    const size = up ? regime.upMean * chance.exponential() : -regime.downMean * chance.exponential()
    const whom = chance.uniform()
    if (whom < COMMON || whom < (1 + COMMON) / 2) moves[0] += size
    if (whom < COMMON || whom >= (1 + COMMON) / 2) moves[1] += BETA * size
    fell ||= !up
  }
  return fell
}

type Step = { readonly temper: Temper; readonly fell: boolean; readonly chance: Chance; readonly minutes: number }

function next(now: Name, { temper, fell, chance, minutes }: Step): Name {
  const leaves = chance.uniform() < minutes / STAY[now]
  const [kicked, worse] = [chance.uniform() < temper.kick, chance.uniform() < temper.worse]
  if (now === 'calm') return leaves || (fell && kicked) ? 'triggered' : 'calm'
  if (!leaves) return now
  if (now === 'cascade') return 'triggered'
  return worse ? 'cascade' : 'calm'
}
