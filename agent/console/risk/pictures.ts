// The pictures of the risk model's document, drawn from the model itself.
import { lognormalPrior, priorBody } from '../../maths/learning/latency-prior.ts'
import { atomsOf, type Latency } from '../../maths/risk/latency.ts'
import { returnLaw } from '../../maths/risk/law.ts'
import { lossOdds } from '../../maths/risk/loss.ts'
import { evenTicks, type Line, lineChart, type Scale } from '../picture/chart.ts'
import { type CurvePoint, curve, WILDER } from './curve.ts'
import { marketOf } from './market.ts'

/** Annual volatility that every picture is drawn at. */
const VOLATILITY = 0.7
const STATES = ['calm', 'triggered', 'cascade'] as const
const TONES = { calm: 'three', triggered: 'two', cascade: 'bad' } as const

/** Every picture by its file name. */
export const riskPictures = (): Readonly<Record<string, string>> => ({
  'gap-by-latency.svg': gapByLatency(),
  'gap-by-state.svg': gapByState(),
  'least-bonus.svg': leastBonusByLatency(),
  'loss-odds.svg': lossOddsByBonus(),
  'tail-of-returns.svg': tailOfReturns(),
  'tail-of-latency.svg': tailOfLatency(),
})

const seconds: Scale = {
  from: 2,
  to: 21_600,
  log: true,
  ticks: [2, 10, 60, 300, 900, 3600, 21_600],
  label: 'median latency (logarithmic)',
  show: (value) => (value < 60 ? `${value} s` : value < 3600 ? `${value / 60} min` : `${value / 3600} h`),
}

const basisPoints = (from: number, to: number): Scale => ({
  from,
  to,
  log: true,
  ticks: [0.1, 1, 10, 100, 1000, 10_000].filter((tick) => tick >= from && tick <= to),
  label: 'basis points (logarithmic)',
  show: String,
})

const percentShown = (value: number): string => `${Number((100 * value).toPrecision(3))} %`

/** Odds as powers of ten where percents get long. */
const oddsShown = (value: number): string =>
  value >= 0.01
    ? percentShown(value)
    : `10${[...String(Math.round(Math.log10(value)))].map((one) => RAISED[one] ?? one).join('')}`

const RAISED: Readonly<Record<string, string>> = { '-': '⁻', 1: '¹', 2: '²', 3: '³', 4: '⁴', 5: '⁵', 6: '⁶', 7: '⁷' }

function gapByLatency(): string {
  const points = curve({ state: 'triggered', volatility: VOLATILITY, stuckOdds: 0.005, alpha: 0.999 })
  const part = (name: string, tone: Line['tone'], of: (one: CurvePoint) => number): Line => ({
    name,
    tone,
    points: points.map((one) => [one.median, 1e4 * of(one)] as const),
  })
  return lineChart(
    {
      title: 'What ES 99.9 % is made of, after a fall of two sigma',
      about:
        'Diffusion grows with the root of latency, jumps with latency until they come in every gap; below a minute the stuck route decides.',
    },
    {
      across: seconds,
      up: basisPoints(1, 10_000),
      lines: [
        part('all of it', 'muted', ({ fall }) => fall),
        part('stuck route adds', 'four', ({ stuck }) => stuck),
        part('jumps add', 'two', ({ jumps }) => jumps),
        part('diffusion alone', 'one', ({ diffusion }) => diffusion),
      ],
    },
    true,
  )
}

function gapByState(): string {
  const lines = STATES.map((state): Line => {
    const points = curve({ state, volatility: VOLATILITY, stuckOdds: 0.005, alpha: 0.99 })
    return { name: state, tone: TONES[state], points: points.map(({ median, fall }) => [median, 1e4 * fall] as const) }
  })
  return lineChart(
    {
      title: 'ES 99 % of a dollar of collateral by state',
      about: 'A cascade costs five times what a calm market does.',
    },
    { across: seconds, up: basisPoints(10, 10_000), lines },
    true,
  )
}

function leastBonusByLatency(): string {
  const lines = STATES.map((state): Line => {
    const points = curve({ state, volatility: VOLATILITY, stuckOdds: 0.005, alpha: 0.99 })
    return { name: state, tone: TONES[state], points: points.map((one) => [one.median, one.leastBonus] as const) }
  })
  const to = Math.max(...lines.flatMap(({ points }) => points.map(([, bonus]) => bonus)))
  const up = { from: 0, to, ticks: evenTicks(to), label: 'least bonus', show: percentShown }
  return lineChart(
    {
      title: 'The least bonus that pays for the gap',
      about: '30 bps of slippage, 5 of cost, a tenth per unit of tail capital at 99 %.',
    },
    { across: seconds, up, lines },
    true,
  )
}

function lossOddsByBonus(): string {
  const routes = [
    ['3 s, an intent fill', 3, 'three'],
    ['36 s, between rollups', 36, 'one'],
    ['17 min, hard finality', 1042, 'two'],
  ] as const
  const bonuses = Array.from({ length: 61 }, (_, i) => 0.004 + i * 0.0016)
  const lines = routes.map(([name, median, tone]): Line => {
    const latency: Latency = {
      type: 'mixture',
      parts: [
        [0.995, { type: 'lognormal', median, s: 0.35 }],
        [0.005, { type: 'lognormal', median: 7200, s: 0.7 }],
      ],
    }
    const law = returnLaw({ model: marketOf('triggered', VOLATILITY * WILDER.triggered), latency }, 64)
    return {
      name,
      tone,
      points: bonuses.map((bonus) => [bonus, lossOdds(law, { K: 1.0005, h: (1 + bonus) * 0.997 }).pLoss] as const),
    }
  })
  const up = {
    from: 1e-6,
    to: 1,
    log: true,
    ticks: [1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1],
    label: 'odds of a loss (logarithmic)',
    show: oddsShown,
  }
  const across = { from: 0, to: 0.1, ticks: [0, 0.02, 0.04, 0.06, 0.08, 0.1], label: 'bonus', show: percentShown }
  return lineChart(
    {
      title: 'Odds of a loss by bonus, after a fall of two sigma',
      about: 'On fast routes the odds stop falling where only the stuck mode is left.',
    },
    { across, up, lines, legend: 'right' },
    true,
  )
}

function tailOfReturns(): string {
  const latency: Latency = { type: 'lognormal', median: 1042, s: 0.14 }
  const model = marketOf('triggered', VOLATILITY * WILDER.triggered)
  const jumping = returnLaw({ model, latency }, 64)
  const even = returnLaw(
    { model: { type: 'lognormal', sigma: jumping.deviation / Math.sqrt(1052 / 31_536_000) }, latency },
    64,
  )
  const falls = Array.from({ length: 80 }, (_, i) => (i + 1) * 0.001)
  const points = (law: typeof even) => falls.map((fall) => [fall, law.below(Math.log1p(-fall))] as const)
  const up = {
    from: 1e-7,
    to: 1,
    log: true,
    ticks: [1e-6, 1e-4, 0.01, 1],
    label: 'odds of as large a fall (logarithmic)',
    show: oddsShown,
  }
  const across = {
    from: 0,
    to: 0.08,
    ticks: [0, 0.02, 0.04, 0.06, 0.08],
    label: 'fall of the price over 17 minutes',
    show: percentShown,
  }
  return lineChart(
    { title: 'The same volatility with and without jumps', about: 'A normal law denies falls that a jump makes.' },
    {
      across,
      up,
      legend: 'right',
      lines: [
        { name: 'with jumps (Kou)', tone: 'two', points: points(jumping) },
        { name: 'normal', tone: 'one', points: points(even) },
      ],
    },
    true,
  )
}

function tailOfLatency(): string {
  const stuck: Latency = { type: 'lognormal', median: 7200, s: 0.7 }
  const lines = (
    [
      [3, 0.3, 'three'],
      [36, 0.29, 'one'],
      [1042, 0.13, 'two'],
    ] as const
  ).map(([median, spread, tone]): Line => {
    const body = priorBody(lognormalPrior(median, spread))
    const law = atomsOf(
      {
        type: 'mixture',
        parts: [
          [0.995, body],
          [0.005, stuck],
        ],
      },
      0.02,
    )
    const sorted = [...law.points.keys()].sort((a, b) => (law.points[a] ?? 0) - (law.points[b] ?? 0))
    let left = 1
    const points = sorted.flatMap((i): (readonly [number, number])[] => {
      left -= law.weights[i] ?? 0
      const time = law.points[i] ?? 0
      return time >= seconds.from && time <= 43_200 && left > 1e-5 ? [[time, left]] : []
    })
    return { name: `median ${seconds.show(median >= 60 ? 60 * Math.round(median / 60) : median)}`, tone, points }
  })
  const up = {
    from: 1e-4,
    to: 1,
    log: true,
    ticks: [1e-4, 1e-3, 0.01, 0.1, 1],
    label: 'still on the way (logarithmic)',
    show: oddsShown,
  }
  return lineChart(
    {
      title: 'Three latency priors: a narrow body, and one in two hundred stuck',
      about: 'The body ends within a factor of two of its median; the stuck mode goes on for hours.',
    },
    {
      across: {
        ...seconds,
        to: 43_200,
        ticks: [2, 10, 60, 300, 900, 3600, 14_400, 43_200],
        label: 'time since the payment (logarithmic)',
      },
      up,
      lines,
      legend: 'right',
    },
    true,
  )
}
