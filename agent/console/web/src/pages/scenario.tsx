// The run itself: its prices, what happened when, what must hold, and which processes play it.
import type { ScenarioView } from '../../../view/words.ts'
import { clock, count, percent, span } from '../format.ts'
import { Card, Dot, Empty, Figure, Legend } from '../parts/bits.tsx'
import { Chart } from '../parts/chart.tsx'
import { Faults } from '../parts/faults.tsx'
import { Listing } from '../parts/listing.tsx'
import type { Column } from '../parts/table.tsx'
import { useStore } from '../store.ts'

type Moment = ScenarioView['timeline'][number]
const timeColumns: readonly Column<Moment>[] = [
  { name: 'time', value: ({ at }) => at, cell: ({ at }) => <span class="soft">{clock(at)}</span> },
  { name: 'who', value: ({ who }) => who },
  { name: 'what', value: ({ what }) => what },
]

type Process = ScenarioView['processes'][number]
const processColumns: readonly Column<Process>[] = [
  {
    name: 'process',
    value: ({ name }) => name,
    cell: ({ name, alive }) => (
      <span>
        <Dot tone={alive ? 'ok' : 'idle'} label={alive ? 'alive' : 'ended'} /> {name}
      </span>
    ),
  },
  { name: 'pid', value: ({ pid }) => pid, end: true },
]

const isScenario = (view: object | undefined): view is ScenarioView => view !== undefined && 'seed' in view

/** The scenario page. */
export function Scenario() {
  const { views } = useStore()
  const view = views.scenario
  if (!isScenario(view))
    return <Empty title="No scenario is played here">This agent runs on a network of its own.</Empty>
  return (
    <>
      <p class="soft">
        {view.about}. Seed {view.seed}; one wall second is {view.timeScale} modelled seconds.
      </p>
      <dl class="figures">
        <Figure name="phase" value={view.phase.replace('-', ' ')} under={whereIn(view)} />
        {Object.entries(view.counts).map(([name, value]) => (
          <Figure key={name} name={name} value={count(value)} />
        ))}
      </dl>
      <div class="grid">
        <Prices view={view} />
        <Assertions view={view} />
        {view.faults !== undefined && <Faults faults={view.faults} />}
        <Listing
          title="As it happened"
          span="w8"
          file="timeline"
          rows={view.timeline}
          columns={timeColumns}
          keyOf={({ at, who, what }) => `${at}${who}${what}`}
          empty={<Empty title="Nothing yet" />}
          tall
        />
        <Listing
          title="Processes"
          span="w4"
          file="processes"
          rows={view.processes}
          columns={processColumns}
          keyOf={({ name, pid }) => `${name}${pid}`}
          empty={<Empty title="None" />}
          tall
        />
      </div>
    </>
  )
}

function whereIn({ openedAt, duration }: ScenarioView): string {
  if (openedAt === undefined) return 'the market is not open yet'
  const left = openedAt + duration - Date.now()
  return left > 0 ? `closes in ${span(left)}` : `opened at ${clock(openedAt)}`
}

/** Prices as changes since the first, with what was done to the routes. */
function Prices({ view }: { readonly view: ScenarioView }) {
  const marks = view.timeline.flatMap(({ at, who, what }) =>
    who === 'guardian' || /ALARM|BAD DEBT/.test(what) ? [at] : [],
  )
  const series = view.prices.map(({ name, points }) => {
    const first = points[0]?.[1] ?? 1
    return { name, points: points.map(([at, price]) => [at, price / first - 1] as const) }
  })
  return (
    <Card title="Prices" aside="dashed: a route was stopped or released" span="w8">
      {series.length === 0 ? (
        <Empty title="The publishers have not spoken yet" />
      ) : (
        <>
          <Chart name="Prices" series={series} height={236} show={(value) => percent(value, 0)} marks={marks} />
          <Legend names={series.map(({ name }) => name)} />
        </>
      )}
    </Card>
  )
}

const Assertions = ({ view }: { readonly view: ScenarioView }) => (
  <Card title="What must hold" span="w4">
    {view.assertions.length === 0 ? (
      <Empty title="Judged at the end">Every claim has time to come home first.</Empty>
    ) : (
      <ul class="holds">
        {view.assertions.map(({ claim, holds, found }) => (
          <li key={claim}>
            <Dot tone={holds === true ? 'ok' : 'bad'} label={holds === true ? 'holds' : 'does not hold'} />
            <span>{claim}</span>
            <span class="soft">{found}</span>
          </li>
        ))}
      </ul>
    )}
  </Card>
)
