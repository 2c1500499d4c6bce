// Small things that many pages use.
import type { ComponentChildren } from 'preact'
import type { Money, Tone } from '../../../view/words.ts'
import { gain, sign, usd } from '../format.ts'

/** How something stands, by shape and colour, with its word for those who see neither. */
export const Dot = ({ tone, label }: { readonly tone: Tone; readonly label?: string }) => (
  <span
    class={`dot ${tone}`}
    role="img"
    aria-label={label ?? { ok: 'well', warn: 'to watch', bad: 'not well', idle: 'idle' }[tone]}
  />
)

/** One subject. */
export function Card({ title, aside, span, flush, tools, children }: CardProps) {
  return (
    <section class={`card ${span ?? 'w12'} ${flush === true ? 'flush' : ''}`} aria-label={title}>
      <header>
        <h2>{title}</h2>
        {aside !== undefined && <span class="aside">{aside}</span>}
        {tools !== undefined && <span class="grow" />}
        {tools}
      </header>
      {children}
    </section>
  )
}

type CardProps = {
  readonly title: string
  readonly aside?: ComponentChildren
  readonly span?: string
  readonly flush?: boolean
  readonly tools?: ComponentChildren
  readonly children: ComponentChildren
}

/** A number that matters. */
export const Figure = ({ name, value, under, tone }: FigureProps) => (
  <div class="figure">
    <dt>{name}</dt>
    <dd class={tone ?? ''}>{value}</dd>
    {under !== undefined && <dd class="under">{under}</dd>}
  </div>
)

type FigureProps = {
  readonly name: string
  readonly value: string
  readonly under?: ComponentChildren
  readonly tone?: string
}

/** How full something is, against its limit: a picture with its words, as browsers draw their own meters badly. */
export function Meter({ value, of, label }: { readonly value: number; readonly of: number; readonly label: string }) {
  const share = of > 0 ? Math.min(1, value / of) : 0
  const tone = share > 0.9 ? 'bad' : share > 0.7 ? 'warn' : ''
  return (
    <div class="meter" role="img" aria-label={`${label}: ${Math.round(share * 100)} %`}>
      <i class={tone} style={{ width: `${(100 * share).toFixed(1)}%` }} />
    </div>
  )
}

/** Nothing to show, and why that is so. */
export const Empty = ({ title, children }: { readonly title: string; readonly children?: ComponentChildren }) => (
  <div class="empty">
    <b>{title}</b>
    {children !== undefined && <span>{children}</span>}
  </div>
)

/** An amount with its sign in words and in colour. */
export const Gain = ({ amount }: { readonly amount: Money | number | undefined }) => (
  <span class={sign(amount)}>{gain(amount)}</span>
)

/** An amount without a sign; nothing is quiet. */
export const Usd = ({ amount }: { readonly amount: Money | undefined }) => (
  <span class={Number(amount ?? 0) === 0 ? 'faint' : ''}>{usd(amount)}</span>
)

/** A line without axes: where it went. */
export function Spark({ points, label }: { readonly points: readonly number[]; readonly label: string }) {
  if (points.length < 2) return <svg class="spark" role="img" aria-label={`${label}: nothing yet`} />
  const [low, high] = [Math.min(...points), Math.max(...points)]
  const y = (value: number): number => (high === low ? 10 : 19 - (18 * (value - low)) / (high - low))
  const path = points
    .map((value, i) => `${i === 0 ? 'M' : 'L'}${((100 * i) / (points.length - 1)).toFixed(1)} ${y(value).toFixed(1)}`)
    .join('')
  return (
    <svg
      class="spark"
      viewBox="0 0 100 20"
      preserveAspectRatio="none"
      role="img"
      aria-label={`${label}: ${points[0]} to ${points.at(-1)}`}
    >
      <path d={path} fill="none" stroke="var(--one)" stroke-width="1.5" vector-effect="non-scaling-stroke" />
    </svg>
  )
}

/** Colours of series, told apart by lightness as well as by hue. */
export const TONES = ['--one', '--two', '--three', '--four', '--five', '--six', '--seven'] as const
export const toneAt = (i: number): string => `var(${TONES[i % TONES.length] ?? '--one'})`

/** Names and colours of series. */
export const Legend = ({ names }: { readonly names: readonly string[] }) => (
  <div class="legend">
    {names.map((name, i) => (
      <span key={name}>
        <i style={{ background: toneAt(i) }} />
        {name}
      </span>
    ))}
  </div>
)
