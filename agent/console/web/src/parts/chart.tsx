// Lines over time, by uPlot. Colours come from the page, so that a change of theme is a new picture.
import { useEffect, useRef, useState } from 'preact/hooks'
import uPlot from 'uplot'
import type { Time } from '../../../view/words.ts'
import { clock } from '../format.ts'
import { TONES } from './bits.tsx'

/** One line. */
export type Series = {
  readonly name: string
  readonly points: readonly (readonly [Time, number])[]
  readonly stepped?: boolean
  readonly fill?: boolean
}

type ChartProps = {
  readonly name: string
  readonly series: readonly Series[]
  readonly height?: number
  readonly show: (value: number) => string
  /** Moments worth a mark, such as a fault. */
  readonly marks?: readonly Time[]
}

type Tip = {
  readonly left: number
  readonly top: number
  readonly at: Time
  readonly values: readonly (readonly [string, number])[]
}

/** A picture of one or more lines; says what is under the pointer. */
export function Chart({ name, series, height = 220, show, marks = [] }: ChartProps) {
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | undefined>(undefined)
  const [tip, setTip] = useState<Tip | undefined>(undefined)
  const theme = document.documentElement.dataset['theme'] ?? 'light'
  const shape = `${theme}|${series.map((one) => one.name).join('|')}`
  const data = aligned(series)
  const latest = useRef({ show, marks, series })
  latest.current = { show, marks, series }
  useEffect(() => {
    const home = box.current
    if (home === null) return undefined
    const made = new uPlot(optionsOf(home, height, latest, setTip), data, home)
    plot.current = made
    const resize = new ResizeObserver(() => made.setSize({ width: home.clientWidth, height }))
    resize.observe(home)
    return () => {
      resize.disconnect()
      made.destroy()
      plot.current = undefined
    }
  }, [shape, height])
  useEffect(() => plot.current?.setData(data))
  return (
    <div class="chart" role="img" aria-label={describe(name, series, show)} onMouseLeave={() => setTip(undefined)}>
      <div ref={box} style={{ height: `${height}px` }} />
      {tip !== undefined && (
        <div
          class="tip"
          style={{ left: `${Math.min(tip.left + 12, (box.current?.clientWidth ?? 0) - 150)}px`, top: '4px' }}
        >
          <span>{clock(tip.at)}</span>
          {tip.values.map(([who, value]) => (
            <span key={who}>
              {series.length > 1 ? `${who} ` : ''}
              {show(value)}
            </span>
          ))}
        </div>
      )}
    </div>
  )
}

const describe = (name: string, series: readonly Series[], show: (value: number) => string): string =>
  `${name}. ${series.map((one) => `${one.name}: ${one.points.length === 0 ? 'nothing yet' : show(one.points.at(-1)?.[1] ?? 0)}`).join(', ')}`

/** All series on one axis of time; what stands still between two points is carried on. */
function aligned(series: readonly Series[]): uPlot.AlignedData {
  const times = [...new Set(series.flatMap(({ points }) => points.map(([at]) => at)))].sort((a, b) => a - b)
  const columns = series.map(({ points }) => {
    let [next, value] = [0, undefined as number | undefined]
    return times.map((at) => {
      while (next < points.length && (points[next]?.[0] ?? 0) <= at) value = points[next++]?.[1]
      return value ?? null
    })
  })
  return [times.map((at) => at / 1_000), ...columns] as uPlot.AlignedData
}

type Latest = { readonly current: Required<Pick<ChartProps, 'show' | 'marks' | 'series'>> }

function optionsOf(
  home: HTMLElement,
  height: number,
  latest: Latest,
  setTip: (tip: Tip | undefined) => void,
): uPlot.Options {
  const style = getComputedStyle(document.documentElement)
  const colour = (name: string): string => style.getPropertyValue(name).trim()
  const axis = {
    stroke: colour('--faint'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
    font: `11px ${colour('--sans')}`,
  }
  const { series } = latest.current
  return {
    ...{ width: home.clientWidth, height, legend: { show: false }, padding: [8, 8, 0, 0] },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
    scales: { x: { time: true } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 24,
        space: 90,
        values: (_, splits) => splits.map((at) => clock(at * 1_000)),
      },
      { ...axis, size: 64, gap: 6, values: (_, splits) => splits.map((value) => latest.current.show(value)) },
    ],
    series: [
      {},
      ...series.map(({ stepped, fill }, i): uPlot.Series => {
        const stroke = colour(TONES[i % TONES.length] ?? '--one')
        return {
          ...{ stroke, width: 1.6, points: { show: false }, spanGaps: true },
          ...(fill === true && { fill: `${stroke}1c` }),
          ...(stepped === true && uPlot.paths.stepped !== undefined && { paths: uPlot.paths.stepped({ align: 1 }) }),
        }
      }),
    ],
    hooks: {
      draw: [(u) => drawMarks(u, latest.current.marks, colour('--loss'))],
      setCursor: [(u) => setTip(tipAt(u, latest.current.series))],
    },
  }
}

function drawMarks(u: uPlot, marks: readonly Time[], stroke: string): void {
  const { ctx, bbox } = u
  ctx.save()
  ctx.strokeStyle = stroke
  ctx.setLineDash([3 * devicePixelRatio, 4 * devicePixelRatio])
  for (const at of marks) {
    const x = u.valToPos(at / 1_000, 'x', true)
    if (x < bbox.left || x > bbox.left + bbox.width) continue
    ctx.beginPath()
    ctx.moveTo(x, bbox.top)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
  }
  ctx.restore()
}

function tipAt(u: uPlot, series: readonly Series[]): Tip | undefined {
  const { idx, left = -1, top = 0 } = u.cursor
  const at = idx === null || idx === undefined ? undefined : u.data[0]?.[idx]
  if (at === undefined || left < 0 || idx === null || idx === undefined) return undefined
  const values = series.flatMap(({ name }, i) => {
    const value = u.data[i + 1]?.[idx]
    return typeof value === 'number' ? [[name, value] as const] : []
  })
  return { left: left + 64, top, at: at * 1_000, values }
}
