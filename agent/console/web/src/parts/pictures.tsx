// Pictures that are drawn once and need no library: a waterfall, bars, a mesh.
import type { Parts, PeerLine } from '../../../view/words.ts'
import { dollarsOf, gain, PARTS, partName, roundUsd } from '../format.ts'
import { toneAt } from './bits.tsx'

/** Where the P&L came from: each part begins where the one before it ended. */
export function Waterfall({ parts, height = 210 }: { readonly parts: Parts; readonly height?: number }) {
  const steps = PARTS.map((part) => ({ part, value: dollarsOf(parts[part]) || 0 })).filter(
    ({ part, value }) => Math.abs(value) >= 0.005 || part === 'bonus',
  )
  const total = dollarsOf(parts['total']) || 0
  let at = 0
  const bars = steps.map(({ part, value }) => {
    const from = at
    at += value
    return { name: partName(part), from, to: at, value, total: false }
  })
  bars.push({ name: 'total', from: 0, to: total, value: total, total: true })
  const [low, high] = [
    Math.min(0, ...bars.flatMap(({ from, to }) => [from, to])),
    Math.max(1, ...bars.flatMap(({ from, to }) => [from, to])),
  ]
  const [width, top, bottom] = [640, 22, height - 26]
  const y = (value: number): number => bottom - ((bottom - top) * (value - low)) / (high - low || 1)
  const slot = width / bars.length
  return (
    <svg
      class="plot"
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={`P&L by part: ${bars.map(({ name, value }) => `${name} ${gain(value)}`).join(', ')}`}
    >
      <path d={`M0 ${y(0)}H${width}`} stroke="var(--rule)" />
      {bars.map(({ name, from, to, value, total }, i) => {
        const [upper, lower] = [Math.min(y(from), y(to)), Math.max(y(from), y(to))]
        const [x, mid] = [i * slot + slot * 0.16, i * slot + slot / 2]
        const fill = total ? 'var(--ink)' : value < 0 ? 'var(--loss)' : 'var(--gain)'
        return (
          <g key={name}>
            {i > 0 && !total && <path d={`M${(i - 1) * slot + slot * 0.84} ${y(from)}H${x}`} stroke="var(--rule)" />}
            <rect
              x={x}
              y={upper}
              width={slot * 0.68}
              height={Math.max(1.5, lower - upper)}
              rx="2"
              fill={fill}
              opacity={total ? 0.88 : 0.82}
            />
            <text x={mid} y={upper - 6} text-anchor="middle" class="strong">
              {value > 0 ? '+' : ''}
              {roundUsd(value)}
            </text>
            <text x={mid} y={height - 8} text-anchor="middle">
              {name}
            </text>
          </g>
        )
      })}
    </svg>
  )
}

/** Counts side by side, with the height that would be even. */
export function Columns({
  values,
  names,
  even,
}: {
  readonly values: readonly number[]
  readonly names: readonly string[]
  readonly even?: number
}) {
  const [width, height, top, bottom] = [420, 170, 16, 146]
  const most = Math.max(1, even ?? 0, ...values)
  const slot = width / values.length
  const y = (value: number): number => bottom - ((bottom - top) * value) / most
  return (
    <svg
      class="plot"
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={values.map((value, i) => `${names[i]}: ${value}`).join(', ')}
    >
      <path d={`M0 ${bottom}H${width}`} stroke="var(--rule)" />
      {values.map((value, i) => (
        <g key={names[i]}>
          <rect
            x={i * slot + slot * 0.12}
            y={y(value)}
            width={slot * 0.76}
            height={bottom - y(value)}
            rx="2"
            fill="var(--one)"
            opacity=".8"
          />
          <text x={i * slot + slot / 2} y={y(value) - 4} text-anchor="middle">
            {value}
          </text>
          <text x={i * slot + slot / 2} y={height - 8} text-anchor="middle">
            {names[i]}
          </text>
        </g>
      ))}
      {even !== undefined && <path d={`M0 ${y(even)}H${width}`} stroke="var(--loss)" stroke-dasharray="4 4" />}
    </svg>
  )
}

type Place = { readonly x: number; readonly y: number; readonly angle: number }

const [SIZE, RADIUS, SIDE] = [320, 112, 60]

/** Places on a ring, the first at the top. */
function ring(names: readonly string[]): ReadonlyMap<string, Place> {
  return new Map(
    names.map((name, i) => {
      const angle = (2 * Math.PI * i) / Math.max(1, names.length) - Math.PI / 2
      const [x, y] = [SIZE / 2 + SIDE + RADIUS * Math.cos(angle), SIZE / 2 + RADIUS * Math.sin(angle)]
      return [name, { x, y, angle }] as const
    }),
  )
}

/** Who hears whom: agents on a ring, a line for each pair in a mesh of prices, fainter where only connected. */
export function Mesh({ agents, peers }: { readonly agents: readonly string[]; readonly peers: readonly PeerLine[] }) {
  const others = [...new Set(peers.flatMap(({ name, id }) => (name === undefined ? [id] : [])))]
  const places = ring([...agents, ...others])
  return (
    <svg
      class="plot"
      viewBox={`0 0 ${SIZE + 2 * SIDE} ${SIZE}`}
      role="img"
      aria-label={`${places.size} nodes, ${peers.length} connections seen`}
    >
      {peers.map((peer) => (
        <Link
          key={`${peer.agent}${peer.id}`}
          from={places.get(peer.agent)}
          to={places.get(peer.name ?? peer.id)}
          meshed={peer.mesh.includes('price')}
        />
      ))}
      {[...places].map(([name, place], i) => (
        <Node key={name} {...{ name, place }} ours={i < agents.length} />
      ))}
    </svg>
  )
}

function Link({
  from,
  to,
  meshed,
}: {
  readonly from: Place | undefined
  readonly to: Place | undefined
  readonly meshed: boolean
}) {
  if (from === undefined || to === undefined) return null
  const stroke = meshed ? 'var(--one)' : 'var(--rule)'
  return (
    <path d={`M${from.x} ${from.y}L${to.x} ${to.y}`} stroke={stroke} stroke-width={meshed ? 1.3 : 0.8} opacity=".5" />
  )
}

function Node({
  name,
  place: { x, y, angle },
  ours,
}: {
  readonly name: string
  readonly place: Place
  readonly ours: boolean
}) {
  const side = Math.abs(Math.cos(angle)) > 0.2 ? Math.sign(Math.cos(angle)) : 0
  const anchor = side > 0 ? 'start' : side < 0 ? 'end' : 'middle'
  const down = side !== 0 ? 4 : Math.sin(angle) > 0 ? 19 : -11
  return (
    <g>
      <circle cx={x} cy={y} r="5.5" fill={ours ? toneAt(0) : 'var(--faint)'} stroke="var(--card)" stroke-width="2" />
      <text x={x + 11 * side} y={y + down} text-anchor={anchor} class="strong">
        {name.length > 16 ? `${name.slice(0, 4)}…${name.slice(-4)}` : name}
      </text>
    </g>
  )
}
