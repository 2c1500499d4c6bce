// Numbers and times as people read them. Exact amounts stay text until they are shown.
import type { Money, Time } from '../../view/words.ts'

/** Dollars as a double, to show or to sort; never to reckon with. */
export const dollarsOf = (amount: Money | undefined): number =>
  amount === undefined ? Number.NaN : Number(amount) / 1e18

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const cents = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })

/** `$41,200`, `$12.34`, `−$3.10`; a dash where nothing is known. */
export function usd(amount: Money | number | undefined): string {
  const value = typeof amount === 'number' ? amount : dollarsOf(amount)
  if (Number.isNaN(value)) return '–'
  const size = Math.abs(value)
  const body = size >= 10_000 ? whole.format(size) : cents.format(size)
  return `${value < 0 && body !== '0.00' ? '−' : ''}$${body}`
}

/** Whole dollars, for axes and pictures. */
export const roundUsd = (value: number): string => `${value < 0 ? '−' : ''}$${whole.format(Math.abs(value))}`

/** The same with a plus for what was gained. */
export function gain(amount: Money | number | undefined): string {
  const text = usd(amount)
  return text === '–' || text.startsWith('−') || /^\$0(\.00)?$/.test(text) ? text : `+${text}`
}

/** `gain`, `loss` or nothing: a class by the sign. */
export function sign(amount: Money | number | undefined): string {
  const value = typeof amount === 'number' ? amount : dollarsOf(amount)
  return value > 0.005 ? 'gain' : value < -0.005 ? 'loss' : 'faint'
}

/** `12.3 %`. */
export const percent = (ratio: number | undefined, digits = 1): string =>
  ratio === undefined || !Number.isFinite(ratio) ? '–' : `${(100 * ratio).toFixed(digits).replace('-', '−')} %`

/** A whole number with separators. */
export const count = (value: number | undefined): string => (value === undefined ? '–' : whole.format(value))

/** `0x5aAe…91c2`. */
export const short = (hex: string): string => (hex.length > 13 ? `${hex.slice(0, 6)}…${hex.slice(-4)}` : hex)

/** The time of day. */
export const clock = (at: Time | undefined): string => (at === undefined || at === 0 ? '–' : daytime.format(at))

const daytime = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' })

/** `4.2 s`, `3 min`, `2 h 10`: how long something is. */
export function span(ms: number): string {
  const size = Math.abs(ms)
  if (size < 10_000) return `${(ms / 1_000).toFixed(1)} s`
  if (size < 100_000) return `${Math.round(ms / 1_000)} s`
  if (size < 5_400_000) return `${Math.round(ms / 60_000)} min`
  return `${Math.floor(ms / 3_600_000)} h ${String(Math.round((ms % 3_600_000) / 60_000)).padStart(2, '0')}`
}

/** An amount in an asset's own units: at most six digits that matter. */
export function units(amount: string, decimals: number): string {
  const value = Number(amount) / 10 ** decimals
  return value === 0 ? '0' : value.toLocaleString('en-US', { maximumSignificantDigits: 6 })
}

/** Words of a code: `gap-premium` as `gap premium`. */
export const words = (code: string): string => code.replaceAll('-', ' ')

/** The parts of a P&L in the order of the story. */
export const PARTS = [
  'bonus',
  'positions',
  'funding',
  'gap',
  'slippage',
  'providerFee',
  'protocolFee',
  'gas',
  'lostRaceGas',
] as const

/** What a part is called on a page. */
export const partName = (part: string): string =>
  ({ providerFee: 'provider fee', protocolFee: 'protocol fee', lostRaceGas: 'lost races' })[part] ?? part
