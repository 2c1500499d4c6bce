// Who hears whom, what travels, what is refused, and how long it takes.
import type { NetworkView, PeerLine } from '../../../view/words.ts'
import { count, short, span } from '../format.ts'
import { Card, Empty, Legend } from '../parts/bits.tsx'
import { Chart } from '../parts/chart.tsx'
import { Listing } from '../parts/listing.tsx'
import { Mesh } from '../parts/pictures.tsx'
import type { Column } from '../parts/table.tsx'
import { useStore } from '../store.ts'

const peerColumns: readonly Column<PeerLine>[] = [
  { name: 'agent', value: ({ agent }) => agent },
  {
    name: 'peer',
    value: ({ name, id }) => name ?? id,
    cell: ({ name, id }) => name ?? <span class="mono">{short(id)}</span>,
  },
  {
    name: 'topics',
    value: ({ topics }) => topics.join(' '),
    cell: ({ topics }) => <span class="soft">{topics.join(', ')}</span>,
  },
  {
    name: 'in the mesh of',
    value: ({ mesh }) => mesh.join(' '),
    cell: ({ mesh }) => (mesh.length === 0 ? <span class="faint">none</span> : mesh.join(', ')),
  },
  {
    name: 'score',
    value: ({ score }) => score,
    cell: ({ score }) => <span class={score < 0 ? 'loss' : ''}>{score.toFixed(1)}</span>,
    end: true,
  },
  {
    name: 'address',
    value: ({ address }) => address,
    cell: ({ address }) => <span class="faint mono">{address}</span>,
  },
]

type AgentRow = NetworkView['agents'][number]
const agentColumns: readonly Column<AgentRow>[] = [
  { name: 'agent', value: ({ name }) => name },
  { name: 'connected', value: ({ peers }) => peers, end: true },
  {
    name: 'in the mesh',
    value: ({ mesh }) => mesh,
    cell: ({ mesh }) => <span class={mesh === 0 ? 'loss' : ''}>{mesh ?? '–'}</span>,
    end: true,
  },
  { name: 'messages', value: ({ messages }) => messages, cell: ({ messages }) => count(messages), end: true },
  { name: 'median', value: ({ p50 }) => p50, cell: ({ p50 }) => (p50 === undefined ? '–' : `${p50} ms`), end: true },
  {
    name: '99 %',
    value: ({ p99 }) => p99,
    cell: ({ p99 }) => (p99 === undefined ? '–' : `${count(p99)} ms`),
    end: true,
  },
]

type Kind = NetworkView['kinds'][number]
const kindColumns: readonly Column<Kind>[] = [
  { name: 'kind', value: ({ kind }) => kind },
  { name: 'received', value: ({ received }) => received, cell: ({ received }) => count(received), end: true },
  { name: 'published', value: ({ published }) => published, cell: ({ published }) => count(published), end: true },
]

type Reject = NetworkView['rejects'][number]
const rejectColumns: readonly Column<Reject>[] = [
  { name: 'refused because', value: ({ cause }) => cause.replace(':', ', ') },
  { name: 'count', value: ({ count: n }) => n, cell: ({ count: n }) => count(n), end: true },
]

type Head = NetworkView['heads'][number]
const headColumns: readonly Column<Head>[] = [
  { name: 'agent', value: ({ agent }) => agent },
  { name: 'chain', value: ({ place, chain }) => `${place} ${chain}` },
  { name: 'block', value: ({ number }) => Number(number), cell: ({ number }) => number, end: true },
  { name: 'age', value: ({ age }) => age, cell: ({ age }) => span(Math.max(0, age)), end: true },
]

/** The network page. */
export function Network() {
  const { views } = useStore()
  const view = views.network
  if (view === undefined) return <Empty title="Asking …" />
  return (
    <div class="grid">
      <Pictures view={view} />
      <Listing
        title="Agents"
        span="w7"
        file="gossip"
        rows={view.agents}
        columns={agentColumns}
        keyOf={({ name }) => name}
        empty={<Empty title="No agent yet" />}
      />
      <Listing
        title="Messages"
        span="w5"
        file="messages"
        rows={view.kinds}
        columns={kindColumns}
        keyOf={({ kind }) => kind}
        empty={<Empty title="None yet" />}
      />
      <Listing
        title="Refused"
        aside="by kind and cause"
        span="w5"
        file="refused"
        rows={view.rejects}
        columns={rejectColumns}
        keyOf={({ cause }) => cause}
        empty={<Empty title="Nothing was refused" />}
      />
      <Listing
        title="Chain heads"
        span="w7"
        file="heads"
        rows={view.heads}
        columns={headColumns}
        keyOf={({ agent, chain }) => `${agent}${chain}`}
        empty={<Empty title="No agent answers" />}
      />
      <Listing
        title="Peers"
        aside={count(view.peers.length)}
        file="peers"
        rows={view.peers}
        columns={peerColumns}
        keyOf={({ agent, id }) => `${agent}${id}`}
        empty={<Empty title="No peer yet" />}
      />
    </div>
  )
}

/** Who hears whom, and how fast. */
function Pictures({ view }: { readonly view: NetworkView }) {
  const { served } = useStore()
  const delivery = [
    { name: 'median', points: view.delivery.map(([at, p50]) => [at, p50] as const) },
    { name: '99 %', points: view.delivery.map(([at, , p99]) => [at, p99] as const) },
  ]
  return (
    <>
      <Card
        title="Mesh of prices"
        aside={`${count(view.peers.length)} links seen from ${served?.agents.length ?? 0} agents`}
        span="w5"
      >
        {view.peers.length === 0 ? (
          <Empty title="No peer yet">Peers are dialled at the start; p2p.bootstrap names the first ones.</Empty>
        ) : (
          <Mesh agents={served?.agents ?? []} peers={view.peers} />
        )}
      </Card>
      <Card title="From signature to receipt" aside="price batches, milliseconds" span="w7">
        {view.delivery.length < 2 ? (
          <Empty title="Nothing measured yet">Agents report every five seconds.</Empty>
        ) : (
          <>
            <Chart name="Delivery" series={delivery} height={300} show={(value) => `${Math.round(value)} ms`} />
            <Legend names={['median', '99th percentile']} />
          </>
        )}
      </Card>
    </>
  )
}
