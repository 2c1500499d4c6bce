// Where the capital lies: what is free, what is promised, what is on its way.
import type { HoldingLine, Capital as View } from '../../../view/words.ts'
import { count, dollarsOf, units, usd } from '../format.ts'
import { Card, Empty, Legend, toneAt } from '../parts/bits.tsx'
import { Listing } from '../parts/listing.tsx'
import type { Column } from '../parts/table.tsx'
import { useStore } from '../store.ts'

const amountOf = (line: HoldingLine, field: 'actual' | 'inFlight' | 'reserved' | 'inventory'): number =>
  Number(line[field]) / 10 ** line.decimals

const column = (name: string, field: 'actual' | 'inFlight' | 'reserved' | 'inventory'): Column<HoldingLine> => ({
  ...{ name, end: true, value: (line) => amountOf(line, field) },
  cell: (line) => (line[field] === '0' ? <span class="faint">0</span> : units(line[field], line.decimals)),
})

const columns: readonly Column<HoldingLine>[] = [
  { name: 'agent', value: ({ agent }) => agent },
  {
    name: 'chain',
    value: ({ place, chain }) => `${place} ${chain}`,
    cell: ({ place, chain }) => (
      <span>
        {place} <span class="faint">{chain}</span>
      </span>
    ),
  },
  { name: 'asset', value: ({ asset }) => asset },
  column('actual', 'actual'),
  column('in flight', 'inFlight'),
  column('reserved', 'reserved'),
  column('inventory', 'inventory'),
]

type Runway = View['runway'][number]

const runwayColumns: readonly Column<Runway>[] = [
  { name: 'agent', value: ({ agent }) => agent },
  { name: 'chain', value: ({ place }) => place },
  {
    name: 'claims it pays for',
    value: ({ claims }) => claims,
    cell: ({ claims }) => <span class={claims < 10 ? 'loss' : ''}>{count(claims)}</span>,
    end: true,
  },
]

/** The capital page. */
export function Capital() {
  const { views } = useStore()
  const view = views.capital
  if (view === undefined) return <Empty title="Asking …" />
  return (
    <div class="grid">
      <Split view={view} />
      <Listing
        title="Holdings"
        aside="inventory = actual + in flight − reserved, in the assets' own units"
        span="w8"
        file="holdings"
        rows={view.holdings}
        columns={columns}
        keyOf={({ agent, chain, asset }) => `${agent}${chain}${asset}`}
        empty={<NoBooks />}
        tall
      />
      <Listing
        title="Gas runway"
        aside="at present fees"
        span="w4"
        file="runway"
        rows={view.runway}
        columns={runwayColumns}
        keyOf={({ agent, chain }) => `${agent}${chain}`}
        empty={<Empty title="Not measured yet" />}
        tall
      />
    </div>
  )
}

/** What is free, what is promised and what is on its way, side by side. */
function Split({ view }: { readonly view: View }) {
  const most = Math.max(
    1,
    ...view.split.map(({ free, reserved, inFlight }) => dollarsOf(free) + dollarsOf(reserved) + dollarsOf(inFlight)),
  )
  return (
    <Card title="Engine capital by state" aside="dollars at this moment" span="w12">
      {view.split.length === 0 ? (
        <Empty title="No agent answers">
          Holdings come from running agents; an ended one is asked with lienmesh capital plan.
        </Empty>
      ) : (
        <>
          <ul class="bars">
            {view.split.map(({ agent, free, reserved, inFlight, wealth }) => (
              <li key={agent}>
                <b style={{ fontWeight: 560 }}>{agent}</b>
                <span class="track" title={`free ${usd(free)}, reserved ${usd(reserved)}, in flight ${usd(inFlight)}`}>
                  {[free, reserved, inFlight].map((part, i) => (
                    <i
                      key={i}
                      style={{ width: `${(100 * Math.max(0, dollarsOf(part))) / most}%`, background: toneAt(i) }}
                    />
                  ))}
                </span>
                <span>{usd(wealth)}</span>
              </li>
            ))}
          </ul>
          <Legend names={['free to bid', 'reserved for bids', 'in flight']} />
        </>
      )}
    </Card>
  )
}

const NoBooks = () => (
  <Empty title="The books are empty">They begin with the first statement of a chain; a shadow keeps none.</Empty>
)
