// How long our own settlements took lately, by vault, as our status tells it: modelled time, from bid to sale.
import type { RouteReport } from '../domain/message.ts'
import { millis, type VaultId } from '../domain/units.ts'
import type { SettlementRecord } from '../ports/journal.ts'
import type { Context } from './context.ts'
import { percentile } from './gossip-stats.ts'

/** One report per vault of the network that we settled over, from the newest settlements of the journal. */
export function routeReports({
  journal,
  network,
  clock,
}: Pick<Context, 'journal' | 'network' | 'clock'>): RouteReport[] {
  const records = journal.settlements({ limit: WINDOW })
  return network.vaults
    .map(({ id }) => reportOf(id, records, { now: clock.now(), timeScale: network.timeScale }))
    .filter(({ settled, stuck }) => settled + stuck > 0)
}

/** Settlements looked at. */
const WINDOW = 64

type Time = { readonly now: number; readonly timeScale: number }

function reportOf(vault: VaultId, records: readonly SettlementRecord[], { now, timeScale }: Time): RouteReport {
  const steps = records.map((record) => record.steps.filter((step) => step.vault === vault))
  const times = steps
    .flatMap((way) => {
      const [opened, sold] = [way.find(({ kind }) => kind === 'opened'), way.findLast(({ kind }) => kind === 'sold')]
      return opened === undefined || sold === undefined ? [] : [(sold.at - opened.at) * timeScale]
    })
    .sort((a, b) => a - b)
  const median = percentile(times, 0.5) ?? 0
  const waiting = steps.filter((way) => way.at(-1)?.kind === 'stuck' || way.at(-1)?.kind === 'playbook')
  const stuck = waiting.filter((way) => (now - (way[0]?.at ?? now)) * timeScale > median).length
  return { vault, settled: times.length, median: millis(Math.max(0, Math.round(median))), stuck }
}
