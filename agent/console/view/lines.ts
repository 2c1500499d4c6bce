// Rows as pages show them.
import type { Bid, Row } from '../chronicle/chronicle.ts'
import type { Decided } from '../chronicle/decided.ts'
import { amount, part, text } from '../chronicle/saying.ts'
import type { Desk } from './desk.ts'
import { dollars, money } from './money.ts'
import type { BidLine, DecisionLine, LogLine } from './words.ts'

/** A decision for JSON: what is unknown is left out. */
export const decisionLine = (decided: Decided): DecisionLine => decided as DecisionLine

/** A saying as a line of the log. */
export function logLine({ seq, at, agent, level, event, fields }: Row): LogLine {
  return { seq, at, agent, level, event, text: sentence(event, fields) }
}

/** A bid with the name of whoever made it. */
export const bidLine = ({ value, outlay, ...bid }: Bid, name: string | undefined): BidLine => ({
  at: bid.at,
  bidder: bid.bidder,
  account: bid.account,
  ...(name !== undefined && { name }),
  ...(bid.fraction !== undefined && { fraction: bid.fraction }),
  ...(value !== undefined && { value: money(value) }),
  ...(outlay !== undefined && { outlay: money(outlay) }),
  ...(bid.waited !== undefined && { waited: bid.waited }),
  ...(bid.road !== undefined && { road: bid.road }),
})

/** Names of addresses that are ours. */
export const namesOf = (desk: Desk): Readonly<Record<string, string>> =>
  Object.fromEntries(desk.agents().flatMap(({ name, addresses }) => addresses.map((one) => [one, name])))

type Fields = Readonly<Record<string, unknown>>

/** What an event says, in a line. Events without a sentence of their own show their fields. */
export function sentence(event: string, fields: Fields): string {
  const who = short(text(fields['account']))
  switch (event) {
    case 'decision':
      return `${who} ${text(fields['kind'])} ${text(fields['reason'])}: ${text(fields['detail'])}`
    case 'candidate:found':
      return `${who} below maintenance, ${usd(fields['equity'])} of ${usd(fields['maintenance'])}, ${text(fields['via'])}`
    case 'bid:submitted':
      return `${who} by ${text(fields['route'])}`
    case 'bid:won':
      return `${who} ${percent(fields['fraction'])} for ${usd(fields['outlay'])}, collateral ${usd(fields['collateralValue'])}`
    case 'bid:lost':
      return `${who} ${text(fields['reason'])}, ${coin(fields['gasCost'])} of coin burnt`
    case 'bid:declined':
      return `${who} ${text(fields['reason'])}`
    case 'settlement:closed':
      return `${short(text(fields['intent']))} ${usd(part(fields['attribution'], 'total'))}`
    case 'claim:opened':
      return `${text(fields['vault'])}, collateral ${text(fields['collateral'])}`
    case 'claim:sold':
      return `${text(fields['vault'])}: ${usd(fields['proceeds'])} of ${usd(fields['value'])}`
    case 'claim:stuck':
      return `${text(fields['vault'])}: ${text(fields['reason'])}`
    case 'agent:halted':
    case 'alarm':
      return `${text(fields['reason'] ?? fields['code'])}: ${text(fields['detail'])}`
    case 'gap:realised':
      return gapSentence(fields)
    default:
      return rest(fields)
  }
}

function gapSentence({ forecast, realised }: Fields): string {
  const loss = Number(part(realised, 'loss')) * 100
  const said = Number(part(forecast, 'expectedLoss')) * 100
  const how = part(realised, 'taken') === true ? 'carried' : 'followed'
  return `${how} on ${text(part(forecast, 'vault'))}: ${loss.toFixed(2)} % of the debt, said ${said.toFixed(2)} %`
}

const rest = (fields: Fields): string =>
  Object.entries(fields)
    .map(
      ([key, value]) => `${key} ${typeof value === 'object' && value !== null ? JSON.stringify(value) : text(value)}`,
    )
    .join(', ')
    .slice(0, 400)

const short = (hex: string): string => (hex.length > 12 ? `${hex.slice(0, 6)}…${hex.slice(-4)}` : hex)
const percent = (bps: unknown): string => (typeof bps === 'number' ? `${(bps / 100).toFixed(0)} %` : '')

/** Native coin, 18 decimals. */
const coin = (value: unknown): string => (Number(amount(value)) / 1e18).toFixed(6)

function usd(value: unknown): string {
  if (value === undefined) return '–'
  const cents = dollars(amount(value))
  return `${cents < 0 ? '−' : ''}$${Math.abs(cents).toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`
}
