// One line for people per thing an agent said. What only machines need has none.

import { amount, type Saying, text } from '../console/chronicle/saying.ts'
import { gainText, short, usd } from './format.ts'

/** The line of a saying; undefined when it is not worth one. */
export function lineOf({ event, fields }: Saying): string | undefined {
  switch (event) {
    case 'bid:won':
      return `WON     ${who(fields)} ${percent(fields['fraction'])} outlay ${usd(amount(fields['outlay']))} for ${usd(amount(fields['collateralValue']))}${road(fields)}`
    case 'bid:lost':
      return `lost    ${who(fields)} ${text(fields['reason'])}`
    case 'bid:declined':
      return `dropped ${who(fields)} ${text(fields['reason'])}`
    case 'claim:sold':
      return `sold    ${usd(amount(fields['proceeds']))} of ${usd(amount(fields['value']))} from ${text(fields['vault'])}`
    case 'claim:stuck':
      return `stuck   ${text(fields['vault'])}: ${text(fields['reason'])}`
    case 'settlement:closed':
      return `SETTLED ${text(fields['intent']).slice(0, 10)} ${gainText(total(fields['attribution']))}`
    case 'line:declined':
      return `no line ${short(text(fields['line']))} ${text(fields['reason'])}`
    case 'line:moved':
      return `line ${text(fields['kind'])} ${short(text(fields['line']))} ${usd(amount(fields['principal']))}`
    case 'line:refused':
      return `line ${text(fields['kind'])} ${short(text(fields['line']))} refused: ${text(fields['reason'])}`
    case 'line:closed':
      return `line ${text(fields['how'])} ${short(text(fields['line']))} ${gainText(amount(fields['pnl']))}`
    case 'evidence:found':
    case 'agent:failed':
    case 'alarm':
      return `ALARM   ${text(fields['code'] ?? fields['task'])} ${text(fields['detail'] ?? detail(fields['error']))}`
    default:
      return undefined
  }
}

/** The line of a refusal: the account, and the gap it was refused for. */
export const refusalLine = ({ fields }: Saying): string => `refused ${who(fields)} ${text(fields['detail'])}`

const who = (fields: Saying['fields']): string => short(text(fields['account']))

const percent = (fraction: unknown): string => (typeof fraction === 'number' ? `${(fraction / 100).toFixed(0)} %` : '')

function road(fields: Saying['fields']): string {
  const settlement = text(fields['settlement'])
  return settlement === '' || settlement === 'none' ? '' : ` by ${settlement}`
}

const total = (attribution: unknown): bigint =>
  typeof attribution === 'object' && attribution !== null ? amount(Reflect.get(attribution, 'total')) : 0n

const detail = (error: unknown): string =>
  typeof error === 'object' && error !== null ? text(Reflect.get(error, 'message')) : ''
