// Pictures that are drawn once and need no library: a waterfall, bars, a mesh.
import type { Parts, PeerLine } from '../../../view/words.ts'
import { dollarsOf, PARTS, partName } from '../format.ts'
import { Gain, toneAt } from './bits.tsx'

/** Where the P&L came from, part by part. */
export function Waterfall({ parts }: { readonly parts: Parts }) {
  const steps = PARTS.map((part) => ({ name: partName(part), value: dollarsOf(parts[part]) || 0 })).filter(
    ({ value }) => Math.abs(value) >= 0.005,
  )
  const total = dollarsOf(parts['total']) || 0
  let at = 0
  const bars = steps.map(({ name, value }) => {
    const from = at
    at += value
    return { name, from, to: at, value }
  })
  const ends = [0, total, ...bars.flatMap(({ from, to }) => [from, to])]
  const [low, high] = [Math.min(...ends), Math.max(...ends)]
  const place = (from: number, to: number) => ({
    left: `${(100 * (Math.min(from, to) - low)) / (high - low || 1)}%`,
    width: `${(100 * Math.abs(to - from)) / (high - low || 1)}%`,
  })
  return (
    <ol class="fall">
      {bars.map(({ name, from, to, value }) => (
        <li key={name}>
          <span>{name}</span>
          <span class="span" aria-hidden="true">
            <i class={value < 0 ? 'loss' : ''} style={place(from, to)} />
          </span>
          <Gain amount={value} />
        </li>
      ))}
      <li class="total">
        <span>total</span>
        <span class="span" aria-hidden="true">
          <i style={place(0, total)} />
        </span>
        <Gain amount={total} />
      </li>
    </ol>
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
