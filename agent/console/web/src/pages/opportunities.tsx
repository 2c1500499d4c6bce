// Every decision as it is made: taken, postponed or skipped, and why.
import { useMemo, useState } from 'preact/hooks'
import type { DecisionLine } from '../../../view/words.ts'
import { clock, count, dollarsOf, percent, short, usd, words } from '../format.ts'
import { Empty, Gain } from '../parts/bits.tsx'
import { routeName } from '../parts/drawer.tsx'
import { AgentChoice, Chip, Choice, Search } from '../parts/filters.tsx'
import { Listing } from '../parts/listing.tsx'
import type { Column } from '../parts/table.tsx'
import { show, useStore } from '../store.ts'

const columns: readonly Column<DecisionLine>[] = [
  { name: 'time', value: ({ at }) => at, cell: ({ at }) => <span class="soft">{clock(at)}</span> },
  { name: 'agent', value: ({ agent }) => agent },
  {
    name: 'account',
    value: ({ account }) => account,
    cell: ({ account }) => <span class="mono">{short(account)}</span>,
  },
  { name: 'decision', value: ({ kind }) => kind, cell: ({ kind }) => <span class={`tag ${kind}`}>{kind}</span> },
  { name: 'reason', value: ({ reason }) => words(reason) },
  { name: 'mode', value: ({ mode }) => mode, cell: ({ mode }) => <span class="soft">{mode ?? '–'}</span> },
  {
    name: 'cover',
    value: (one) => dollarsOf(one.equity) / dollarsOf(one.maintenance),
    cell: (one) => percent(dollarsOf(one.equity) / dollarsOf(one.maintenance), 0),
    end: true,
  },
  {
    name: 'size',
    value: ({ fraction }) => fraction,
    cell: ({ fraction }) => (fraction === undefined ? '–' : percent(fraction / 10_000, 0)),
    end: true,
  },
  {
    name: 'gap ES',
    value: ({ shortfall }) => dollarsOf(shortfall),
    cell: ({ shortfall }) => usd(shortfall),
    end: true,
  },
  { name: 'premium', value: ({ premium }) => dollarsOf(premium), cell: ({ premium }) => usd(premium), end: true },
  { name: 'net', value: ({ net }) => dollarsOf(net), cell: ({ net }) => <Gain amount={net} />, end: true },
  {
    name: 'route',
    value: ({ route }) => route,
    cell: ({ route }) => <span class="soft">{route === undefined ? '–' : routeName(route)}</span>,
  },
]

/** The live table, its filters, and the door to every explanation. */
export function Opportunities() {
  const { decisions, account } = useStore()
  const [kind, setKind] = useState('')
  const [reason, setReason] = useState('')
  const [agent, setAgent] = useState('')
  const [sought, setSought] = useState('')
  const rows = useMemo(
    () => decisions.filter((one) => fits(one, { kind, reason, agent, sought: sought.toLowerCase() })),
    [decisions, kind, reason, agent, sought],
  )
  return (
    <>
      <div class="row">
        <Search value={sought} onChange={setSought} hint="Account, reason, strategy" />
        <Choice name="Kinds" value={kind} onChange={setKind} options={['', 'take', 'postpone', 'skip']} />
        <AgentChoice value={agent} onChange={setAgent} />
      </div>
      <Reasons value={reason} onChange={setReason} />
      <Listing
        title="Decisions"
        aside={`${count(rows.length)} of the last ${count(decisions.length)}`}
        file="decisions"
        {...{ rows, columns }}
        keyOf={({ seq }) => seq}
        onOpen={(one) => show(one.account)}
        selected={(one) => one.account === account}
        empty={decisions.length === 0 ? <Nobody /> : <Empty title="Nothing matches">Loosen a filter.</Empty>}
        tall
      />
    </>
  )
}

type Filter = { readonly kind: string; readonly reason: string; readonly agent: string; readonly sought: string }

function fits(one: DecisionLine, { kind, reason, agent, sought }: Filter): boolean {
  if (kind !== '' && one.kind !== kind) return false
  if (reason !== '' && one.reason !== reason) return false
  if (agent !== '' && one.agent !== agent) return false
  if (sought === '') return true
  return `${one.account} ${one.agent} ${one.strategy} ${one.reason} ${one.detail}`.toLowerCase().includes(sought)
}

const Nobody = () => (
  <Empty title="No account has fallen below maintenance yet">
    Each one that does is decided about, and every decision stands here with its reason.
  </Empty>
)

/** How often each reason was given; a press shows only these. */
function Reasons({ value, onChange }: { readonly value: string; readonly onChange: (to: string) => void }) {
  const { views } = useStore()
  const counts = new Map<string, number>()
  for (const { reason, count: n } of views.opportunities?.reasons ?? [])
    counts.set(reason, (counts.get(reason) ?? 0) + n)
  return (
    <fieldset class="chips" aria-label="Reasons">
      {[...counts]
        .sort(([, a], [, b]) => b - a)
        .map(([reason, n]) => (
          <Chip key={reason} pressed={value === reason} onPress={() => onChange(value === reason ? '' : reason)}>
            {words(reason)} <small>{count(n)}</small>
          </Chip>
        ))}
    </fieldset>
  )
}
