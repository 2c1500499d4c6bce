// Who else is there, what they take, and how fast.
import type { BidLine, RivalLine } from '../../../view/words.ts'
import { clock, count, dollarsOf, percent, short, span, usd } from '../format.ts'
import { Card, Empty, Gain, toneAt } from '../parts/bits.tsx'
import { type Column, CsvButton, Table } from '../parts/table.tsx'
import { show, useStore } from '../store.ts'

const Who = ({ name, bidder }: { readonly name: string | undefined; readonly bidder: string }) =>
  name === undefined ? <span class="mono">{short(bidder)}</span> : <b style={{ fontWeight: 560 }}>{name}</b>

const rivalColumns: readonly Column<RivalLine>[] = [
  {
    name: 'bidder',
    value: ({ name, bidder }) => name ?? bidder,
    cell: ({ name, bidder }) => <Who {...{ name, bidder }} />,
  },
  { name: 'bids', value: ({ bids }) => bids, end: true },
  { name: 'share', value: ({ share }) => share, cell: ({ share }) => percent(share), end: true },
  { name: 'collateral taken', value: ({ value }) => dollarsOf(value), cell: ({ value }) => usd(value), end: true },
  { name: 'bonus', value: ({ bonus }) => dollarsOf(bonus), cell: ({ bonus }) => <Gain amount={bonus} />, end: true },
  {
    name: 'median wait',
    value: ({ median }) => median,
    cell: ({ median }) => (median === undefined ? '–' : span(median)),
    end: true,
  },
  {
    name: 'last seen',
    value: ({ last }) => last,
    cell: ({ last }) => <span class="soft">{clock(last)}</span>,
    end: true,
  },
]

const bidColumns: readonly Column<BidLine>[] = [
  { name: 'time', value: ({ at }) => at, cell: ({ at }) => <span class="soft">{clock(at)}</span> },
  {
    name: 'bidder',
    value: ({ name, bidder }) => name ?? bidder,
    cell: ({ name, bidder }) => <Who {...{ name, bidder }} />,
  },
  {
    name: 'account',
    value: ({ account }) => account,
    cell: ({ account }) => <span class="mono">{short(account)}</span>,
  },
  {
    name: 'slice',
    value: ({ fraction }) => fraction,
    cell: ({ fraction }) => (fraction === undefined ? '–' : percent(fraction / 10_000, 0)),
    end: true,
  },
  { name: 'paid', value: ({ outlay }) => dollarsOf(outlay), cell: ({ outlay }) => usd(outlay), end: true },
  { name: 'collateral', value: ({ value }) => dollarsOf(value), cell: ({ value }) => usd(value), end: true },
  {
    name: 'waited',
    value: ({ waited }) => waited,
    cell: ({ waited }) => (waited === undefined ? '–' : span(waited)),
    end: true,
  },
  { name: 'way', value: ({ road }) => road, cell: ({ road }) => <span class="soft">{road ?? '–'}</span> },
]

/** The competitors page. */
export function Competitors() {
  const { views } = useStore()
  const view = views.competitors
  if (view === undefined) return <Empty title="Asking …" />
  return (
    <div class="grid">
      <Card title="Share of slices" aside={`${count(view.bids.length)} bids seen on chain`} span="w5">
        {view.rivals.length === 0 ? (
          <Empty title="Nobody has bid yet">Every bid that the chain takes is counted here, whoever made it.</Empty>
        ) : (
          <ul class="bars">
            {view.rivals.slice(0, 12).map(({ bidder, name, share, ours }, i) => (
              <li key={bidder}>
                <Who {...{ name, bidder }} />
                <span class="track">
                  <i style={{ width: `${100 * share}%`, background: ours ? toneAt(0) : toneAt(i + 1) }} />
                </span>
                <span>{percent(share)}</span>
              </li>
            ))}
          </ul>
        )}
      </Card>
      <Card
        title="Bidders"
        span="w7"
        flush
        tools={<CsvButton name="bidders" rows={view.rivals} columns={rivalColumns} />}
      >
        <Table
          name="Bidders"
          rows={view.rivals}
          columns={rivalColumns}
          keyOf={({ bidder }) => bidder}
          empty={<Empty title="Nobody yet" />}
        />
      </Card>
      <Card title="Bids" flush tools={<CsvButton name="bids" rows={view.bids} columns={bidColumns} />}>
        <Table
          name="Bids"
          rows={view.bids}
          columns={bidColumns}
          keyOf={({ at, bidder, account }) => `${at}${bidder}${account}`}
          onOpen={({ account }) => show(account)}
          empty={<Empty title="No bid yet" />}
          tall
        />
      </Card>
    </div>
  )
}
