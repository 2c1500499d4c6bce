// What was earned and why, and whether what was said of gaps came true.
import type { Calibration, PnlLine } from '../../../view/words.ts'
import { count, dollarsOf, gain, PARTS, partName, percent, roundUsd, sign, usd } from '../format.ts'
import { Card, Empty, Figure, Gain, Legend } from '../parts/bits.tsx'
import { Chart } from '../parts/chart.tsx'
import { Columns, Waterfall } from '../parts/pictures.tsx'
import { type Column, CsvButton, Table } from '../parts/table.tsx'
import { useStore } from '../store.ts'

const columns = (head: string): readonly Column<PnlLine>[] => [
  { name: head, value: ({ name }) => name, cell: ({ name }) => <b style={{ fontWeight: 560 }}>{name}</b> },
  { name: 'settled', value: ({ settled }) => settled, end: true },
  ...PARTS.filter((part) => part !== 'funding').map(
    (part): Column<PnlLine> => ({
      ...{ name: partName(part), end: true, value: ({ parts }) => dollarsOf(parts[part]) || 0 },
      cell: ({ parts }) => <Gain amount={parts[part] ?? '0'} />,
    }),
  ),
  {
    name: 'total',
    value: ({ parts }) => dollarsOf(parts['total']),
    cell: ({ parts }) => (
      <b style={{ fontWeight: 560 }}>
        <Gain amount={parts['total']} />
      </b>
    ),
    end: true,
  },
]

const CUTS = [
  ['By agent', 'agent', 'byAgent'],
  ['By strategy', 'strategy', 'byStrategy'],
  ['By way home', 'way', 'byRoute'],
  ['By asset', 'asset', 'byAsset'],
] as const

/** The P&L page. */
export function Pnl() {
  const { views } = useStore()
  const view = views.pnl
  if (view === undefined) return <Empty title="Asking …" />
  const lost = dollarsOf(view.parts['lostRaceGas'])
  return (
    <>
      <dl class="figures">
        <Figure
          name="Settled P&L"
          value={gain(view.parts['total'] ?? '0')}
          tone={sign(view.parts['total'])}
          under={`${count(view.settled)} settlements`}
        />
        <Figure
          name="Taken by the gap"
          value={gain(view.parts['gap'] ?? '0')}
          tone={sign(view.parts['gap'])}
          under="collateral at the sale less at the bid"
        />
        <Figure name="Largest fall from a peak" value={usd(view.drawdown)} under="of settled P&L" />
        <Figure
          name="Gas of lost races"
          value={gain(Number.isNaN(lost) ? 0 : lost)}
          under={`and ${usd(view.unsettledGas)} that nobody carries yet`}
        />
      </dl>
      <div class="grid">
        <Card title="Where it came from" aside="parts sum to the total, to the wei" span="w6">
          {view.settled === 0 ? <Empty title="No settlement has closed yet" /> : <Waterfall parts={view.parts} />}
        </Card>
        <Card title="Settled P&L over time" span="w6">
          {view.curves.length === 0 ? (
            <Empty title="Nothing settled yet" />
          ) : (
            <>
              <Chart
                name="Settled P&L"
                series={view.curves.map((one) => ({ ...one, stepped: true }))}
                height={210}
                show={roundUsd}
              />
              <Legend names={view.curves.map(({ name }) => name)} />
            </>
          )}
        </Card>
        {CUTS.map(([title, head, field]) => (
          <Card
            title={title}
            key={field}
            tools={<CsvButton name={`pnl-${field}`} rows={view[field]} columns={columns(head)} />}
            flush
          >
            <Table
              name={title}
              rows={view[field]}
              columns={columns(head)}
              keyOf={({ name }) => name}
              empty={<Empty title="No settlement has closed yet" />}
            />
          </Card>
        ))}
        <Judged calibration={view.calibration} />
      </div>
    </>
  )
}

type Level = Calibration['levels'][number]

const levelColumns: readonly Column<Level>[] = [
  { name: 'level', value: ({ alpha }) => alpha, cell: ({ alpha }) => percent(alpha) },
  { name: 'gaps', value: ({ of }) => of, end: true },
  {
    name: 'should be beyond',
    value: ({ expected }) => expected,
    cell: ({ expected }) => expected.toFixed(1),
    end: true,
  },
  { name: 'were beyond', value: ({ observed }) => observed, end: true },
  {
    name: '',
    value: ({ observed, expected }) => observed / expected,
    cell: ({ observed, expected }) => <Judgement seen={observed} said={expected} />,
    end: true,
  },
]

/** Twice the standard deviation of a Poisson count around what was said. */
const Judgement = ({ seen, said }: { readonly seen: number; readonly said: number }) => {
  const wide = 2 * Math.sqrt(Math.max(said, 1))
  if (seen > said + wide) return <span class="tag bad">too thin</span>
  return seen < said - wide ? <span class="tag warn">cautious</span> : <span class="tag gain">holds</span>
}

const TENTHS = ['0', '.1', '.2', '.3', '.4', '.5', '.6', '.7', '.8', '.9']

/** Said against seen. */
function Judged({ calibration }: { readonly calibration: Calibration }) {
  const { pit, levels, said, lost, carried, followed } = calibration
  const gaps = pit.reduce((sum, one) => sum + one, 0)
  if (gaps === 0)
    return (
      <Card title="Calibration">
        <Empty title="No gap is over yet">
          Each one that ends is compared with what was said of it, carried or not.
        </Empty>
      </Card>
    )
  return (
    <>
      <Card title="Calibration" aside={`${count(carried)} carried, ${count(followed)} followed`} span="w4">
        <Columns values={pit} names={TENTHS} even={gaps / pit.length} />
        <p class="soft">
          Where each return fell in its forecast. If the law holds, every tenth is as high as the dashed line; a high
          bar on the left is a fall that was not thought possible.
        </p>
      </Card>
      <Card
        title="Losses beyond what was said"
        span="w4"
        flush
        tools={<CsvButton name="levels" rows={levels} columns={levelColumns} />}
      >
        <Table
          name="Levels"
          rows={levels}
          columns={levelColumns}
          keyOf={({ alpha }) => alpha}
          empty={<Empty title="No levels" />}
        />
      </Card>
      <Card title="Said and lost" aside="carried gaps, summed" span="w4">
        {said.length < 2 ? (
          <Empty title="Too few carried gaps yet" />
        ) : (
          <>
            <Chart
              name="Expected and realised loss"
              series={[
                { name: 'said', points: said, stepped: true },
                { name: 'lost', points: lost, stepped: true },
              ]}
              height={172}
              show={roundUsd}
            />
            <Legend names={['expected loss E[l⁺]', 'realised loss (negative is a gain)']} />
          </>
        )}
      </Card>
    </>
  )
}
