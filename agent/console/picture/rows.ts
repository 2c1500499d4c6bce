// Bars that lie: one row per name, its figure at the end. For names that would not fit below a bar that stands.
import type { Head } from './chart.ts'
import { escaped, n, picture, type Tone, words } from './svg.ts'

/** One bar, from one value to another; `text` stands at its end. */
export type Row = {
  readonly name: string
  readonly from: number
  readonly to: number
  readonly tone: Tone
  readonly text: string
}

const [NAMES, FIGURES, HEIGHT, TOP] = [170, 150, 24, 34]

/** Rows from top to bottom, all on one scale that has zero on it. */
export function rowChart({ title, about, width = 640 }: Head, rows: readonly Row[]): string {
  const ends = rows.flatMap(({ from, to }) => [from, to])
  const [low, high] = [Math.min(0, ...ends), Math.max(0, ...ends)]
  // Figures stand left of bars that go back.
  const before = rows.some(({ from, to }) => to < from) ? FIGURES / 2 : 0
  const room = width - NAMES - before - FIGURES
  const x = (value: number): number => NAMES + before + (room * (value - low)) / (high - low || 1)
  const height = TOP + rows.length * HEIGHT + 10
  const marks = rows.flatMap(({ name, from, to, tone, text }, i) => {
    const y = TOP + i * HEIGHT
    const [left, right] = [Math.min(x(from), x(to)), Math.max(x(from), x(to))]
    const backwards = to < from
    return [
      words(NAMES - 8, y + 15, shortened(name), { anchor: 'end' }),
      `<rect class="fill-${tone}" x="${n(left)}" y="${y + 4}" width="${n(Math.max(1, right - left))}" height="${HEIGHT - 8}"><title>${escaped(`${name}: ${text}`)}</title></rect>`,
      words(backwards ? left - 6 : right + 6, y + 15, text, { anchor: backwards ? 'end' : 'start', tone: 'soft' }),
    ]
  })
  const zero = `<path class="axis" d="M${n(x(0))} ${TOP}V${height - 8}"/>`
  const head = words(0, 20, title, { tone: 'head' })
  return picture({ width, height, title, about }, [head, ...marks, zero])
}

const MOST = 24
const shortened = (name: string): string => (name.length > MOST ? `${name.slice(0, MOST - 1)}…` : name)
