// Charts of one frame: a title, two axes with ticks, and lines or bars between them.
import { escaped, n, picture, type Tone, words } from './svg.ts'

/** Where numbers lie: linear, or by their logarithm. */
export type Scale = {
  readonly from: number
  readonly to: number
  readonly log?: boolean
  readonly ticks: readonly number[]
  readonly label: string
  readonly show: (value: number) => string
}

/** A line through points. */
export type Line = {
  readonly name: string
  readonly tone: Tone
  readonly points: readonly (readonly [number, number])[]
}

/** What every chart says of itself. */
export type Head = { readonly title: string; readonly about: string; readonly width?: number; readonly height?: number }

const MARGIN = { left: 64, right: 18, top: 34, bottom: 46 }

type Frame = {
  readonly width: number
  readonly height: number
  readonly x: (value: number) => number
  readonly y: (value: number) => number
  readonly marks: readonly string[]
}

function frame({ title, width = 640, height = 340 }: Head, across: Scale, up: Scale): Frame {
  const [right, bottom] = [width - MARGIN.right, height - MARGIN.bottom]
  const x = placed(across, MARGIN.left, right)
  const y = placed(up, bottom, MARGIN.top)
  const marks = [
    words(MARGIN.left, 20, title, { tone: 'head' }),
    ...up.ticks.flatMap((tick) => [
      `<path class="grid" d="M${MARGIN.left} ${n(y(tick))}H${right}"/>`,
      words(MARGIN.left - 8, y(tick) + 4, up.show(tick), { anchor: 'end', tone: 'soft' }),
    ]),
    ...across.ticks.map((tick) => words(x(tick), bottom + 18, across.show(tick), { anchor: 'middle', tone: 'soft' })),
    `<path class="axis" d="M${MARGIN.left} ${bottom}H${right}"/>`,
    words((MARGIN.left + right) / 2, height - 8, across.label, { anchor: 'middle', tone: 'soft' }),
    `<text transform="translate(14 ${n((MARGIN.top + bottom) / 2)}) rotate(-90)" text-anchor="middle" class="soft">${escaped(up.label)}</text>`,
  ]
  return { width, height, x, y, marks }
}

/** From a value to a place, kept inside the frame. */
function placed({ from, to, log = false }: Scale, start: number, end: number): (value: number) => number {
  const at = log ? Math.log : (value: number): number => value
  return (value) => {
    const share = log && value <= 0 ? 0 : (at(value) - at(from)) / (at(to) - at(from))
    return start + Math.min(1, Math.max(0, share)) * (end - start)
  }
}

/** Lines with their names at the top left. */
export function lineChart(head: Head, { across, up, lines, legend = 'left' }: Lines, alone = false): string {
  const { width, height, x, y, marks } = frame(head, across, up)
  const seen = ([a, b]: readonly [number, number]): boolean =>
    a >= across.from && a <= across.to && b >= up.from && b <= up.to
  const drawn = lines.map(({ tone, points }) => {
    const path = points.filter(seen).map(([a, b], i) => `${i === 0 ? 'M' : 'L'}${n(x(a))} ${n(y(b))}`)
    return `<path class="line-${tone}" d="${path.join('')}"/>`
  })
  const left = legend === 'left' ? MARGIN.left + 12 : width - MARGIN.right - 190
  const names = lines.flatMap(({ name, tone }, i) => [
    `<path class="line-${tone}" d="M${left} ${MARGIN.top + 12 + 18 * i}h22"/>`,
    words(left + 28, MARGIN.top + 16 + 18 * i, name),
  ])
  return picture({ width, height, ...head }, [...marks, ...drawn, ...names], alone)
}

/** `legend`: the corner at the top where names stand out of the way. */
export type Lines = {
  readonly across: Scale
  readonly up: Scale
  readonly lines: readonly Line[]
  readonly legend?: 'left' | 'right'
}

/** Bars side by side per place, with dashed lines across at stated heights. */
export type Bars = {
  readonly up: Scale
  readonly label: string
  readonly groups: readonly { readonly name: string; readonly values: readonly number[] }[]
  readonly series: readonly { readonly name: string; readonly tone: Tone }[]
  readonly rules?: readonly number[]
}

/** Bars with their names at the top right. */
export function barChart(head: Head, { up, label, groups, series, rules = [] }: Bars, alone = false): string {
  const every = Math.ceil(groups.length / 10)
  const across = { from: 0, to: groups.length, ticks: [], label, show: String }
  const { width, height, x, y, marks } = frame(head, across, up)
  const slot = x(1) - x(0)
  const bar = (slot * 0.84) / series.length
  const drawn = groups.flatMap(({ name, values }, i) => [
    ...values.map((value, j) => {
      const left = x(i) + slot * 0.08 + j * bar
      const [top, base] = [Math.min(y(value), y(0)), Math.max(y(value), y(0))]
      return `<rect class="fill-${series[j]?.tone ?? 'one'}" x="${n(left)}" y="${n(top)}" width="${n(bar * 0.94)}" height="${n(Math.max(0.5, base - top))}"><title>${escaped(`${name}: ${series[j]?.name ?? ''} ${up.show(value)}`)}</title></rect>`
    }),
    ...(i % every === 0
      ? [words(x(i) + slot / 2, height - MARGIN.bottom + 18, name, { anchor: 'middle', tone: 'soft' })]
      : []),
  ])
  const across2 = rules.map(
    (rule) => `<path class="line-rule" d="M${MARGIN.left} ${n(y(rule))}H${width - MARGIN.right}"/>`,
  )
  const legend = series.length > 1 ? series.toReversed().flatMap((one, i) => key(one, i, width - MARGIN.right)) : []
  return picture({ width, height, ...head }, [...marks, ...drawn, ...across2, ...legend], alone)
}

/** Names stand beside the title, where no bar reaches. */
const key = ({ name, tone }: { readonly name: string; readonly tone: Tone }, i: number, right: number): string[] => [
  `<rect class="fill-${tone}" x="${right - KEY * (i + 1)}" y="10" width="12" height="12"/>`,
  words(right - KEY * (i + 1) + 18, 20, name),
]

const KEY = 130

/** Even ticks that a person would choose: at most `most` of them from zero. */
export function evenTicks(to: number, most = 5): readonly number[] {
  const raw = to / most
  const power = 10 ** Math.floor(Math.log10(raw))
  const step = ([1, 2, 2.5, 5, 10].find((one) => one * power >= raw * 0.999) ?? 10) * power
  return Array.from({ length: Math.floor(to / step + 1e-9) + 1 }, (_, i) => Number((i * step).toPrecision(12)))
}
