// Settlements as lanes: time runs to the right, the lane ends when all but one in twenty would be home.
import type { ClaimLine, LaneLine } from '../../../view/words.ts'
import { clock, count, dollarsOf, short, span, units, usd } from '../format.ts'
import { Card, Dot, Empty, Gain } from '../parts/bits.tsx'
import { type Column, CsvButton, Table } from '../parts/table.tsx'
import { show, useStore } from '../store.ts'

/** What is on its way, then what came home. */
export function Settlements() {
  const { views } = useStore()
  const view = views.settlements
  if (view === undefined) return <Empty title="Asking …" />
  const stuck = view.open.filter(({ tone }) => tone === 'bad').length
  const late = view.open.filter(({ tone }) => tone === 'warn').length
  return (
    <>
      <Card
        title="On their way"
        aside={
          view.open.length === 0
            ? undefined
            : `${count(view.open.length)} open, ${stuck} stuck, ${late} later than nineteen in twenty`
        }
        tools={<CsvButton name="in-flight" rows={view.open} columns={laneColumns} />}
        flush
      >
        {view.open.length === 0 ? (
          <Empty title="Nothing is in flight">
            Every claim is home. A bid that is won on a state proof opens a lane here.
          </Empty>
        ) : (
          <div class="lanes">
            <div class="lane heads" aria-hidden="true">
              <span>liquidation</span>
              <span>bid → root anchored → sold; the tick is the median, the end the 95th percentile</span>
              <span class="cell">paid</span>
              <span class="cell">gap now</span>
              <span class="cell">worst case</span>
            </div>
            {view.open.map((lane) => (
              <Lane key={`${lane.agent}${lane.intent}`} lane={lane} now={view.at} />
            ))}
          </div>
        )}
      </Card>
      <Card
        title="Came home"
        aside={`${count(view.done.length)} latest`}
        tools={<CsvButton name="settled" rows={view.done} columns={laneColumns} />}
        flush
      >
        <Table
          name="Settled"
          rows={view.done}
          columns={laneColumns}
          keyOf={({ agent, intent }) => `${agent}${intent}`}
          onOpen={({ account }) => account !== undefined && show(account)}
          empty={<Empty title="Nothing has settled yet" />}
        />
      </Card>
    </>
  )
}

const laneColumns: readonly Column<LaneLine>[] = [
  {
    name: 'closed',
    value: ({ closedAt }) => closedAt,
    cell: ({ closedAt }) => <span class="soft">{clock(closedAt)}</span>,
  },
  { name: 'agent', value: ({ agent }) => agent },
  {
    name: 'account',
    value: ({ account, intent }) => account ?? intent,
    cell: ({ account, intent }) => <span class="mono">{short(account ?? intent)}</span>,
  },
  {
    name: 'strategy',
    value: ({ strategy }) => strategy,
    cell: ({ strategy }) => <span class="soft">{strategy ?? '–'}</span>,
  },
  {
    name: 'way',
    value: ({ route, claims }) => [route, ...claims.map(({ vault }) => vault)].join(' '),
    cell: ({ route, claims }) => (
      <span>
        {route}
        {claims[0] === undefined ? '' : ` · ${claims[0].vault}`}
      </span>
    ),
  },
  {
    name: 'took',
    value: ({ since, closedAt }) => (closedAt === undefined ? undefined : closedAt - since),
    cell: ({ since, closedAt }) => (closedAt === undefined ? '–' : span(closedAt - since)),
    end: true,
  },
  { name: 'paid', value: ({ outlay }) => dollarsOf(outlay), cell: ({ outlay }) => usd(outlay), end: true },
  {
    name: 'bonus',
    value: ({ parts }) => dollarsOf(parts?.['bonus']),
    cell: ({ parts }) => <Gain amount={parts?.['bonus']} />,
    end: true,
  },
  { name: 'gap', value: ({ gapNow }) => dollarsOf(gapNow), cell: ({ gapNow }) => <Gain amount={gapNow} />, end: true },
  {
    name: 'said ES',
    value: ({ shortfall }) => dollarsOf(shortfall),
    cell: ({ shortfall }) => usd(shortfall),
    end: true,
  },
  {
    name: 'P&L',
    value: ({ parts }) => dollarsOf(parts?.['total']),
    cell: ({ parts }) => <Gain amount={parts?.['total']} />,
    end: true,
  },
]

function Lane({ lane, now }: { readonly lane: LaneLine; readonly now: number }) {
  const { agent, account, intent, tone, claims } = lane
  const open = account === undefined ? undefined : () => show(account)
  const worst =
    lane.shortfall === undefined || lane.expected === undefined
      ? undefined
      : String(-BigInt(lane.shortfall) - BigInt(lane.expected))
  const trouble = claims.find(({ stuck, soldAt }) => stuck !== undefined && soldAt === undefined)
  const debt =
    claims.every((one) => one.debt !== undefined) && claims.length > 0
      ? claims.reduce((sum, one) => sum + dollarsOf(one.debt), 0)
      : undefined
  return (
    // biome-ignore lint/a11y/useSemanticElements: a lane is a row of a grid that opens the drawer.
    <div
      class="lane"
      role="button"
      tabIndex={0}
      onClick={open}
      onKeyDown={(event) => event.key === 'Enter' && open?.()}
    >
      <div class="who">
        <b>
          <Dot tone={tone} /> {agent}{' '}
          <span class="mono soft" style={{ fontWeight: 400 }}>
            {short(account ?? intent)}
          </span>
        </b>
        <small>
          {lane.state === 'bidding'
            ? 'bid under way'
            : claims
                .map(({ amount, decimals, symbol, vault }) => `${units(amount, decimals)} ${symbol} from ${vault}`)
                .join(', ') || lane.route}
        </small>
      </div>
      <Way lane={lane} now={now} />
      <span class="cell">
        {usd(lane.outlay ?? debt)}
        <small>{lane.route}</small>
      </span>
      <span class="cell">
        <Gain amount={lane.gapNow} />
        <small>{lane.collateralValue === undefined ? '' : `of ${usd(lane.collateralValue)}`}</small>
      </span>
      <span class="cell">
        {usd(worst)}
        <small>{lane.premium === undefined ? '' : `premium ${usd(lane.premium)}`}</small>
      </span>
      {trouble !== undefined && (
        <span class="stuck">
          stuck: {trouble.stuck}
          {trouble.doing === undefined ? '' : ` · next: ${trouble.doing}`}
        </span>
      )}
    </div>
  )
}

/** The slowest claim of a lane, from its opening to its due time. */
function Way({ lane, now }: { readonly lane: LaneLine; readonly now: number }) {
  const claim = slowest(lane.claims)
  if (claim === undefined)
    return (
      <div class="way">
        <div class="road" />
        <small style={{ left: 0 }}>
          {lane.state === 'bidding' ? `sent ${span(now - lane.since)} ago` : 'no collateral has to come home'}
        </small>
      </div>
    )
  const end = Math.max(claim.dueAt, now)
  const at = (moment: number): string =>
    `${Math.min(100, Math.max(0, (100 * (moment - claim.openedAt)) / Math.max(1, end - claim.openedAt))).toFixed(2)}%`
  const left = claim.dueAt - now
  const stage =
    claim.soldAt !== undefined
      ? 'sold'
      : claim.anchoredAt !== undefined
        ? claim.usableAt !== undefined && claim.usableAt > now
          ? `root anchored, pays in ${span(claim.usableAt - now)}`
          : 'root anchored'
        : 'waiting for a root'
  return (
    <div class="way">
      <div class="road" />
      <div class={`gone ${lane.tone}`} style={{ width: at(claim.soldAt ?? now) }} />
      <span class="mark half" style={{ left: at(claim.expectedAt) }} title="half of all claims are home" />
      {claim.anchoredAt !== undefined && (
        <span
          class="mark"
          style={{ left: at(claim.anchoredAt) }}
          title={`root anchored at ${clock(claim.anchoredAt)}`}
        />
      )}
      <small style={{ left: 0 }}>
        {span(now - claim.openedAt)} · {stage}
      </small>
      <small style={{ right: 0 }} class={left < 0 ? 'warn' : ''}>
        {left >= 0 ? `due in ${span(left)}` : `${span(-left)} late`}
      </small>
    </div>
  )
}

const slowest = (claims: readonly ClaimLine[]): ClaimLine | undefined =>
  claims.filter(({ soldAt }) => soldAt === undefined).sort((a, b) => b.dueAt - a.dueAt)[0] ?? claims[0]
