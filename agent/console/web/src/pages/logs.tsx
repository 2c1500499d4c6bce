// What was said, and what everything is set to.
import { useMemo, useState } from 'preact/hooks'
import type { ConfigView, LogLine } from '../../../view/words.ts'
import { clock, count } from '../format.ts'
import { Empty } from '../parts/bits.tsx'
import { AgentChoice, Choice, Search } from '../parts/filters.tsx'
import { Listing } from '../parts/listing.tsx'
import type { Column } from '../parts/table.tsx'
import { useStore } from '../store.ts'

const columns: readonly Column<LogLine>[] = [
  { name: 'time', value: ({ at }) => at, cell: ({ at }) => <span class="soft">{clock(at)}</span> },
  { name: 'level', value: ({ level }) => level, cell: ({ level }) => <span class={`tag ${level}`}>{level}</span> },
  { name: 'agent', value: ({ agent }) => agent },
  { name: 'event', value: ({ event }) => event, cell: ({ event }) => <span class="mono">{event}</span> },
  { name: 'says', value: ({ text }) => text },
]

type Setting = ConfigView['settings'][number]
const settingColumns: readonly Column<Setting>[] = [
  { name: 'setting', value: ({ key }) => key, cell: ({ key }) => <span class="mono">{key}</span> },
  {
    name: 'value',
    value: ({ value }) => value,
    cell: ({ value }) => (value === '' ? <span class="faint">not set</span> : value),
  },
  { name: 'from', value: ({ from }) => from, cell: ({ from }) => <span class="soft">{from}</span> },
]

const LEVELS = ['', 'error', 'warn', 'info', 'debug'] as const

/** The page of logs and settings. */
export function Logs() {
  const { logs, views } = useStore()
  const [level, setLevel] = useState('')
  const [agent, setAgent] = useState('')
  const [sought, setSought] = useState('')
  const rows = useMemo(
    () => logs.filter((one) => fits(one, { level, agent, sought: sought.toLowerCase() })),
    [logs, level, agent, sought],
  )
  const settings = views.config?.settings ?? []
  return (
    <>
      <div class="row">
        <Search value={sought} onChange={setSought} hint="Event or text" />
        <Choice name="Levels" value={level} onChange={setLevel} options={LEVELS} />
        <AgentChoice value={agent} onChange={setAgent} />
      </div>
      <Listing
        title="Log"
        aside={`${count(rows.length)} of the last ${count(logs.length)} lines`}
        file="log"
        {...{ rows, columns }}
        keyOf={({ seq }) => seq}
        empty={
          logs.length === 0 ? (
            <Empty title="Nothing was said yet" />
          ) : (
            <Empty title="Nothing matches">Loosen a filter.</Empty>
          )
        }
        tall
      />
      <Listing
        title="Settings"
        aside={`${settings.length}, with where each came from`}
        file="settings"
        rows={settings}
        columns={settingColumns}
        keyOf={({ agent: of, key }) => `${of}${key}`}
        empty={<Empty title="No settings are known" />}
      />
    </>
  )
}

type Filter = { readonly level: string; readonly agent: string; readonly sought: string }

function fits(one: LogLine, { level, agent, sought }: Filter): boolean {
  if (level !== '' && one.level !== level) return false
  if (agent !== '' && one.agent !== agent) return false
  return sought === '' || `${one.event} ${one.text} ${one.agent}`.toLowerCase().includes(sought)
}
