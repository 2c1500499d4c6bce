// What each strategy wished for, what it got, and what it is set to.
import type { StrategyLine } from '../../../view/words.ts'
import { count, dollarsOf, words } from '../format.ts'
import { Card, Empty, Gain } from '../parts/bits.tsx'
import { type Column, CsvButton, Table } from '../parts/table.tsx'
import { useStore } from '../store.ts'

const columns: readonly Column<StrategyLine>[] = [
  { name: 'agent', value: ({ agent }) => agent, cell: ({ agent }) => <b style={{ fontWeight: 560 }}>{agent}</b> },
  { name: 'strategy', value: ({ name }) => name },
  { name: 'taken', value: ({ taken }) => taken, cell: ({ taken }) => count(taken), end: true },
  { name: 'postponed', value: ({ postponed }) => postponed, cell: ({ postponed }) => count(postponed), end: true },
  { name: 'skipped', value: ({ skipped }) => skipped, cell: ({ skipped }) => count(skipped), end: true },
  {
    name: 'errors',
    value: ({ errors }) => errors,
    cell: ({ errors }) => <span class={errors > 0 ? 'loss' : 'faint'}>{errors}</span>,
    end: true,
  },
  { name: 'settled', value: ({ settled }) => settled, end: true },
  { name: 'P&L', value: ({ pnl }) => dollarsOf(pnl), cell: ({ pnl }) => <Gain amount={pnl} />, end: true },
  { name: 'capital', value: ({ share }) => share, cell: ({ share }) => <span class="soft">{share}</span>, end: true },
  {
    name: 'tail',
    value: ({ shortfall }) => shortfall,
    cell: ({ shortfall }) => <span class="soft">{shortfall}</span>,
    end: true,
  },
  {
    name: 'parameters',
    value: ({ params }) => params,
    cell: ({ params }) => <span class="mono soft">{params === '{}' ? 'defaults' : params}</span>,
  },
]

/** The strategies page. */
export function Strategies() {
  const { views } = useStore()
  const rows = views.strategies?.rows
  if (rows === undefined) return <Empty title="Asking …" />
  return (
    <>
      <Card
        title="Strategies"
        aside="decisions that a strategy made itself; limits and waits of the core are not its own"
        flush
        tools={<CsvButton name="strategies" {...{ rows, columns }} />}
      >
        <Table
          name="Strategies"
          {...{ rows, columns }}
          keyOf={({ agent, name }) => `${agent}${name}`}
          empty={<Empty title="No strategy decides here">A provider buys claims and has none.</Empty>}
        />
      </Card>
      <div class="grid">
        {rows
          .filter(({ reasons }) => reasons.length > 0)
          .map(({ agent, name, reasons }) => (
            <Card title={agent} aside={name} span="w4" key={`${agent}${name}`}>
              <ul class="bars">
                {reasons.slice(0, 7).map(({ reason, count: n }) => (
                  <li key={reason}>
                    <span>{words(reason)}</span>
                    <span class="track">
                      <i
                        style={{
                          width: `${(100 * n) / (reasons[0]?.count ?? 1)}%`,
                          background: reason === 'take' ? 'var(--gain)' : 'var(--one)',
                          opacity: '.85',
                        }}
                      />
                    </span>
                    <span>{count(n)}</span>
                  </li>
                ))}
              </ul>
            </Card>
          ))}
      </div>
    </>
  )
}
