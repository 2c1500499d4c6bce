// What is at risk, what was earned, who is well: one look.
import type { AgentLine, NearLine, Overview } from '../../../view/words.ts'
import { clock, count, dollarsOf, gain, percent, roundUsd, short, sign, usd } from '../format.ts'
import { Card, Dot, Empty, Figure, Gain, Meter, Spark, Usd } from '../parts/bits.tsx'
import { Chart } from '../parts/chart.tsx'
import { Orders } from '../parts/orders.tsx'
import { Waterfall } from '../parts/pictures.tsx'
import { type Column, CsvButton, Table } from '../parts/table.tsx'
import { show, useStore } from '../store.ts'

/** The first page. */
export function OverviewPage() {
  const { views } = useStore()
  const { overview } = views
  if (overview === undefined) return <Empty title="Asking the agents …" />
  return (
    <>
      <Figures {...{ overview }} />
      <div class="grid">
        <Card title="Settled P&L" aside={`${count(overview.won)} races won, ${count(overview.lost)} lost`} span="w7">
          {overview.curve.length > 1 ? (
            <Chart
              name="Settled P&L"
              series={[{ name: 'settled', points: overview.curve, stepped: true, fill: true }]}
              height={212}
              show={roundUsd}
            />
          ) : (
            <Empty title="Nothing settled yet">The curve begins with the first claim that comes home.</Empty>
          )}
        </Card>
        <Card title="Where it came from" aside="parts sum to the total, to the wei" span="w5">
          {Number(overview.parts['total'] ?? 0) === 0 ? (
            <Empty title="No settlement has closed yet" />
          ) : (
            <Waterfall parts={overview.parts} />
          )}
        </Card>
        <Agents agents={overview.agents} />
        <Card title="Health" span="w7">
          <div class="tiles">
            {overview.tiles.map(({ name, tone, says }) => (
              <div class="tile" key={name}>
                <Dot tone={tone} />
                <b>{name}</b>
                <span>{says}</span>
              </div>
            ))}
          </div>
          <Prices {...{ overview }} />
        </Card>
        <NearList near={overview.near} />
        <Lately {...{ overview }} />
      </div>
    </>
  )
}

function Figures({ overview }: { readonly overview: Overview }) {
  const [shortfall, limit] = [dollarsOf(overview.shortfall), dollarsOf(overview.limit)]
  const flight = dollarsOf(overview.inFlight)
  return (
    <dl class="figures">
      <Figure name="Capital" value={usd(overview.wealth)} under={`${usd(overview.free)} free to bid`} />
      <Figure
        name="Settled P&L"
        value={gain(overview.settled)}
        tone={sign(overview.settled)}
        under={`less ${usd(overview.unsettledGas)} of gas not yet carried`}
      />
      <Figure
        name="In flight"
        value={usd(overview.inFlight)}
        under={
          <Meter value={flight} of={dollarsOf(overview.mostInFlight)} label="Outlay in flight against its limit" />
        }
      />
      <Figure
        name="Gap at risk, ES 97.5 %"
        value={usd(overview.shortfall)}
        under={
          <>
            <Meter value={shortfall} of={limit} label="Expected shortfall against its limit" />
            of {usd(overview.limit)}
          </>
        }
      />
      <Figure
        name="Marked to market"
        value={gain(overview.marked)}
        tone={sign(overview.marked)}
        under="collateral on its way, since the bids"
      />
      <Figure
        name="On their way"
        value={count(overview.open)}
        under={overview.stuck === 0 ? 'none is stuck' : <span class="loss">{overview.stuck} stuck</span>}
      />
    </dl>
  )
}

const agentColumns: readonly Column<AgentLine>[] = [
  {
    name: 'agent',
    value: ({ name }) => name,
    cell: ({ name, tone, state, detail }) => (
      <span title={detail}>
        <Dot tone={tone} label={state} /> <b style={{ marginLeft: '.35rem', fontWeight: 560 }}>{name}</b>
      </span>
    ),
  },
  {
    name: 'state',
    value: ({ state }) => state,
    cell: ({ state, detail }) => (
      <span class="soft" title={detail}>
        {state}
      </span>
    ),
  },
  { name: 'strategy', value: ({ strategy }) => strategy, cell: ({ strategy }) => <span class="soft">{strategy}</span> },
  { name: 'capital', value: ({ wealth }) => dollarsOf(wealth), cell: ({ wealth }) => usd(wealth), end: true },
  {
    name: 'in flight',
    value: ({ inFlight }) => dollarsOf(inFlight),
    cell: ({ inFlight }) => <Usd amount={inFlight} />,
    end: true,
  },
  {
    name: 'gap ES',
    value: ({ shortfall }) => dollarsOf(shortfall),
    cell: ({ shortfall }) => <Usd amount={shortfall} />,
    end: true,
  },
  { name: 'open', value: ({ open }) => open, end: true },
  { name: 'won', value: ({ won }) => won, end: true },
  { name: 'lost', value: ({ lost }) => lost, end: true },
  { name: 'peers', value: ({ peers }) => peers, end: true },
  { name: 'P&L', value: ({ pnl }) => dollarsOf(pnl), cell: ({ pnl }) => <Gain amount={pnl} />, end: true },
  {
    name: 'settled over time',
    value: ({ spark }) => spark.at(-1),
    cell: ({ spark, name }) => <Spark points={spark} label={name} />,
  },
]

function Agents({ agents }: { readonly agents: readonly AgentLine[] }) {
  const { served } = useStore()
  const steered = served?.power === 'control' && agents.length > 1
  const orders: readonly Column<AgentLine>[] = steered
    ? [{ name: 'order', value: () => undefined, cell: ({ name }) => <Orders agents={[name]} small /> }]
    : []
  const columns = [...agentColumns, ...orders]
  return (
    <Card
      title={agents.length === 1 ? 'Agent' : 'Fleet'}
      aside={`${agents.filter(({ tone }) => tone === 'ok').length} of ${agents.length} well`}
      tools={<CsvButton name="agents" rows={agents} columns={agentColumns} />}
      flush
    >
      <Table
        name="Agents"
        rows={agents}
        columns={columns}
        keyOf={({ name }) => name}
        empty={<Empty title="No agent has spoken yet" />}
      />
    </Card>
  )
}

function Prices({ overview }: { readonly overview: Overview }) {
  if (overview.prices.length === 0) return null
  return (
    <ul class="quotes">
      {overview.prices.map(({ name, price, change, spark }) => (
        <li key={name}>
          <b>{name}</b>
          <span>{usd(price)}</span>
          <Spark points={spark} label={name} />
          <span class={sign((change ?? 0) * 1_000)}>{percent(change)}</span>
        </li>
      ))}
    </ul>
  )
}

/** How far above maintenance, or below it. */
function NearList({ near }: { readonly near: readonly NearLine[] }) {
  const cover = ({ equity, maintenance }: NearLine): number => dollarsOf(equity) / dollarsOf(maintenance)
  return (
    <Card title="Nearest to liquidation" aside="equity over maintenance" span="w5">
      {near.length === 0 ? (
        <Empty title="No account is known yet" />
      ) : (
        <ul class="bars">
          {near.slice(0, 9).map((line) => (
            <li key={line.account}>
              <button
                type="button"
                class="button quiet small mono"
                style={{ textAlign: 'left' }}
                onClick={() => show(line.account)}
              >
                {short(line.account)}
              </button>
              <span class="track" title={`${line.mode}, ${usd(line.equity)} of ${usd(line.maintenance)}`}>
                <i
                  style={{
                    width: `${Math.min(100, Math.max(1, 50 * cover(line)))}%`,
                    background: cover(line) < 1 ? 'var(--loss)' : cover(line) < 1.15 ? 'var(--warn)' : 'var(--one)',
                  }}
                />
              </span>
              <span class={cover(line) < 1 ? 'loss' : ''}>{percent(cover(line), 0)}</span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}

function Lately({ overview }: { readonly overview: Overview }) {
  return (
    <Card title="Lately" span="w12">
      {overview.events.length === 0 ? (
        <Empty title="Nothing worth a line yet" />
      ) : (
        <ol class="story">
          {overview.events.map(({ seq, at, agent, event, text, level }) => (
            <li key={seq}>
              <time>{clock(at)}</time>
              <span
                class={`dot ${level === 'error' ? 'bad' : level === 'warn' ? 'warn' : event === 'bid:won' ? 'ok' : 'idle'}`}
                aria-hidden="true"
              />
              <p>
                <b style={{ fontWeight: 560 }}>{agent}</b> <span class="soft">{event.replace(':', ' ')}</span> {text}
              </p>
            </li>
          ))}
        </ol>
      )}
    </Card>
  )
}
