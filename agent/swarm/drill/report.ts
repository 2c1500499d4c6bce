// What a drill found, for people and for machines.
import type { ChainId } from '../../domain/units.ts'
import { short, table, usd } from '../format.ts'
import type { Tried } from './attempt.ts'

/** Everything a drill did. `least`: the share of paths that must be proven. */
type Drilled = {
  readonly tried: readonly Tried[]
  readonly asked: ReadonlyMap<ChainId, ReadonlyMap<string, number>>
  readonly seconds: number
  readonly least: number
}

/** One path in at most 80 columns. */
export function lineOf({ path, lent, ...end }: Tried): string {
  const who = `${short(path.account.id)} ${wayOf(path.route)} ${path.actor.name}`
  if (!end.proven) return `✖ ${who}: ${end.at} ${end.reason}`
  const loan = lent > 0n ? `, ${usd(lent)} lent` : ''
  const came = end.sold.reduce((sum, { proceeds }) => sum + proceeds, 0n)
  const home =
    end.sold.length === 0 ? 'cash at the bid' : `${usd(came)} home over ${end.sold.map(({ vault }) => vault)}`
  return `✔ ${who}: paid ${usd(end.fill.outlay)}, ${home}${loan}`
}

const wayOf = ({ settlement, provider }: Tried['path']['route']): string =>
  provider === undefined ? settlement : `sold to ${short(provider)}`

/** One path as JSON, amounts in wei of dollars as decimal strings. */
export function objectOf({ path: { engine, account, route, actor }, lent, ...end }: Tried): object {
  const path = {
    ...{ type: 'path', engine: engine.deployment.chain, account: account.id, mode: account.mode },
    ...{ route: route.id, executor: actor.name, proven: end.proven, lent: String(lent) },
  }
  if (!end.proven) return { ...path, at: end.at, reason: end.reason }
  const { outlay, collateralValue, saleProceeds } = end.fill
  const sold = end.sold.map(({ vault, waits, proceeds }) => ({ vault, waits, proceeds: String(proceeds) }))
  return { ...path, outlay: String(outlay), value: String(collateralValue), atBid: String(saleProceeds), sold }
}

/** The last lines. */
export function summaryLines({ tried, asked, seconds, least }: Drilled): readonly string[] {
  const proven = tried.filter((one) => one.proven).length
  const failed = Map.groupBy(
    tried.flatMap((one) => (one.proven ? [] : [one])),
    ({ at, reason }) => `${at} ${reason}`,
  )
  const reads = [...asked].map(([chain, calls]) => `${sum(calls)} of chain ${chain}`)
  const share = (proven / tried.length) * 100
  return [
    ...(failed.size === 0
      ? []
      : table(
          ['not proven', 'paths'],
          [...failed].map(([why, all]) => [why, `${all.length}`]),
        )),
    `${proven} of ${tried.length} paths proven (${share.toFixed(1)} %, at least ${100 * least} %), ${seconds.toFixed(1)} s`,
    `read from the real chains: ${reads.join(', ')}; nothing else was asked of them`,
  ]
}

/** The last line, for machines. */
export function summaryObject({ tried, asked, seconds, least }: Drilled): object {
  const proven = tried.filter((one) => one.proven).length
  const reads = [...asked].map(([chain, calls]) => ({ chain, ...Object.fromEntries(calls) }))
  const share = proven / tried.length
  return { type: 'summary', paths: tried.length, proven, share, holds: share >= least, reads, wallSeconds: seconds }
}

const sum = (calls: ReadonlyMap<string, number>): number => [...calls.values()].reduce((total, one) => total + one, 0)
