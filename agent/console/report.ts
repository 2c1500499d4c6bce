// A run, or what an agent did, as one file: no script, no network, light or dark as the reader's machine is.
import { type Curve, counts, curves, dollars, figure, pit, waterfall } from './picture/figures.ts'
import { PAGE } from './picture/page.ts'
import { escaped, STYLE } from './picture/svg.ts'
import type { Calibration, LaneLine, Views } from './view/words.ts'

/** What the page is made of: the views of the dashboard at one moment. */
export type RunPage = Pick<Views, 'overview' | 'pnl' | 'settlements' | 'opportunities' | 'competitors'> & {
  readonly title: string
  readonly from: string
}

/** The whole document. */
export function runPage(page: RunPage): string {
  const { title, from, overview, pnl, settlements, opportunities, competitors } = page
  const when = overview.at === 0 ? '' : ` at ${new Date(overview.at).toISOString().slice(0, 19)} UTC`
  const { curves: lines, hours } = equityOf(pnl.curves)
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><title>${escaped(title)}</title><style>${PAGE}${STYLE}</style></head>
<body><main>
<h1>${escaped(title)}</h1>
<p class="soft">As told by ${escaped(from)}${when}. Amounts are dollars.</p>
${summary(page)}
${figure('Equity', curves('Settled P&L', lines, hours), 'Settled P&L after each settlement, by agent, since the first of them.')}
${figure('Where it came from', settledOf(pnl), 'The parts, one after the other, add up to the settled P&L.', byTable(pnl))}
${figure('Calibration', pit(pnl.calibration.pit), 'Where gaps fell in their forecast. A model that holds fills every tenth alike (dashed); a high bar on the left is a tail that was too thin.', coverage(pnl.calibration))}
${figure('What was left, and why', counts('Decisions by reason', reasonsOf(opportunities)), 'Every decision with its reason; one that repeats the last about an account is not counted again.')}
<section><h2>In flight</h2>${lanes(settlements.open, 'Nothing is on its way.')}</section>
<section><h2>Settlements</h2>${lanes(settlements.done.toReversed(), 'Nothing has settled.')}</section>
<section><h2>Competitors</h2>${rivals(competitors)}</section>
<section><h2>Agents</h2>${agents(overview)}</section>
</main></body></html>
`
}

/** Exact integers of 18 decimals as doubles: for reading, never for books. */
const toDollars = (amount: string | undefined): number => Number(BigInt(amount ?? '0') / 10n ** 14n) / 1e4
const usd = (amount: string | undefined): string => (amount === undefined ? '' : dollars(toDollars(amount)))

function summary({ overview, pnl }: RunPage): string {
  const rows = [
    ['Capital', usd(overview.wealth) || 'not told'],
    ['Settled P&L', `${usd(pnl.parts['total'] ?? '0')} over ${pnl.settled} settlements`],
    ['Gas that none carries', usd(pnl.unsettledGas)],
    ['Largest fall from a peak', dollars(pnl.drawdown)],
    ['Won, lost', `${overview.won}, ${overview.lost}`],
    ['On their way', `${overview.open}${overview.stuck === 0 ? '' : `, ${overview.stuck} stuck`}`],
  ]
  return `<dl>${rows.map(([name, value]) => `<dt>${name}</dt><dd>${escaped(value ?? '')}</dd>`).join('')}</dl>`
}

/** Minutes since the first settlement, and the hours that they span. */
function equityOf(all: Views['pnl']['curves']): { readonly curves: readonly Curve[]; readonly hours: number } {
  const times = all.flatMap(({ points }) => points.map(([at]) => at))
  const [first, last] = [Math.min(...times), Math.max(...times)]
  const hours = times.length === 0 ? 0 : Math.max((last - first) / 3_600_000, 1 / 60)
  const minutes = (at: number): number => (at - first) / 60_000
  return {
    curves: all.map(({ name, points }) => ({
      name,
      points: points.map(([at, total]) => [minutes(at), total] as const),
    })),
    hours,
  }
}

const PARTS: readonly (readonly [string, string])[] = [
  ['bonus', 'bonus'],
  ['positions', 'positions'],
  ['funding', 'funding'],
  ['gap', 'gap'],
  ['slippage', 'slippage'],
  ['providerFee', 'provider fee'],
  ['protocolFee', 'protocol fee'],
  ['gas', 'gas'],
  ['lostRaceGas', 'gas of lost races'],
]

function settledOf({ parts, settled }: Views['pnl']): string | undefined {
  return settled === 0 ? undefined : waterfall(PARTS.map(([part, name]) => [name, toDollars(parts[part])]))
}

function byTable({ byAgent, byStrategy, byRoute, byAsset }: Views['pnl']): string {
  const row = (what: string) => (one: Views['pnl']['byAgent'][number]) => [
    ...[what, one.name, String(one.settled)],
    ...[usd(one.parts['bonus']), usd(one.parts['gap']), usd(one.parts['total'])],
  ]
  const rows = [
    ...byAgent.map(row('agent')),
    ...byStrategy.map(row('strategy')),
    ...byRoute.map(row('way home')),
    ...byAsset.map(row('asset')),
  ]
  return rows.length === 0 ? '' : table(['by', '', 'settled', 'bonus', 'gap', 'total'], rows)
}

function coverage({ levels, carried, followed }: Calibration): string {
  const rows = levels.map(({ alpha, of, observed, expected }) => [
    ...[`${100 * alpha} %`, String(of), String(observed), expected.toFixed(1)],
  ])
  const about = `<p class="soft">${carried} gaps were carried, ${followed} were followed without being taken.</p>`
  return rows.length === 0 ? about : `${table(['level', 'gaps', 'beyond', 'expected'], rows)}${about}`
}

/** Reasons over all agents and strategies, most frequent first. */
function reasonsOf({ reasons }: Views['opportunities']): readonly (readonly [string, number])[] {
  const sums = new Map<string, number>()
  for (const { kind, reason, count } of reasons) {
    const name = kind === reason ? kind : `${kind}: ${reason}`
    sums.set(name, (sums.get(name) ?? 0) + count)
  }
  return [...sums].sort(([, a], [, b]) => b - a)
}

/** Rows of a table at most: a page is read, not searched. */
const MOST = 200

function lanes(all: readonly LaneLine[], none: string): string {
  if (all.length === 0) return `<p class="soft">${none}</p>`
  const rows = all
    .slice(0, MOST)
    .map((one) => [
      ...[new Date(one.since).toISOString().slice(11, 19), one.agent, short(one.account ?? one.intent)],
      ...[one.claims[0]?.vault ?? one.route.split(':').at(-1) ?? '', one.state],
      ...[usd(one.outlay), usd(one.premium), usd(one.gapNow), usd(one.parts?.['total'])],
    ])
  const more = all.length > MOST ? `<p class="soft">The newest ${MOST} of ${all.length}.</p>` : ''
  return `${table(['since', 'agent', 'account', 'way home', 'state', 'outlay', 'premium', 'gap', 'P&L'], rows)}${more}`
}

function rivals({ rivals: all }: Views['competitors']): string {
  if (all.length === 0) return '<p class="soft">Nobody took anything.</p>'
  const rows = all
    .slice(0, MOST)
    .map((one) => [
      ...[
        `${one.name ?? short(one.bidder)}${one.ours ? ' (ours)' : ''}`,
        String(one.bids),
        `${(100 * one.share).toFixed(1)} %`,
      ],
      ...[usd(one.value), usd(one.bonus), one.median === undefined ? '' : `${(one.median / 1_000).toFixed(1)} s`],
    ])
  return table(['bidder', 'bids', 'share', 'collateral', 'bonus', 'typical wait'], rows)
}

function agents({ agents: all }: Views['overview']): string {
  const rows = all.map((one) => [
    ...[one.name, one.role, one.strategy, one.state],
    ...[usd(one.wealth), String(one.won), String(one.lost), String(one.open), usd(one.pnl)],
  ])
  return table(['agent', 'role', 'strategy', 'state', 'capital', 'won', 'lost', 'open', 'P&L'], rows)
}

const short = (hex: string): string => (hex.length > 13 ? `${hex.slice(0, 6)}…${hex.slice(-4)}` : hex)

const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  `<div class="scroll"><table><tr>${heads.map((one) => `<th>${escaped(one)}</th>`).join('')}</tr>${rows
    .map((row) => `<tr>${row.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`)
    .join('')}</table></div>`
