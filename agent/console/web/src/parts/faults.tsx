// What is wrong with a swarm on purpose: what acts, a way to end it, and a line for more.
import { useState } from 'preact/hooks'
import type { FaultLine } from '../../../view/words.ts'
import { span } from '../format.ts'
import { breakIt, state } from '../store.ts'
import { Card, Dot, Empty } from './bits.tsx'

/** The faults of a run. Whoever may only look sees them, and no buttons. */
export function Faults({ faults }: { readonly faults: readonly FaultLine[] }) {
  const steers = state.served?.power === 'control'
  return (
    <Card title="Faults" span="w12" aside={faults.length === 0 ? 'none' : `${faults.length} act or wait`}>
      {steers && <Inject />}
      {faults.length === 0 ? (
        <Empty title="Nothing is wrong on purpose" />
      ) : (
        <ul class="holds">
          {faults.map((fault) => (
            <li key={fault.id}>
              <Dot tone={fault.state === 'acting' ? 'warn' : 'idle'} label={fault.state} />
              <span>{fault.line}</span>
              <span class="soft">{leftOf(fault)}</span>
              {steers && (
                <button type="button" class="button small" onClick={() => void breakIt({ heal: String(fault.id) })}>
                  Heal
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}

function Inject() {
  const [line, write] = useState('')
  return (
    <form
      class="row"
      onSubmit={(event) => {
        event.preventDefault()
        void breakIt({ inject: line }).then((done) => done && write(''))
      }}
    >
      <input
        type="text"
        class="field grow"
        aria-label="A fault in one line"
        placeholder="latency 200ms jitter 50ms on house-2 for 30s"
        list="faults"
        value={line}
        onInput={({ currentTarget }) => write(currentTarget.value)}
      />
      <datalist id="faults">
        {EXAMPLES.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
      <button type="submit" class="button" disabled={line.trim() === ''}>
        Inject
      </button>
    </form>
  )
}

/** One of every family, to begin from. */
const EXAMPLES = [
  'partition house-1 from publishers for 10s',
  'loss 10% on house for 20s',
  'rpc_lag 800ms on house-1 for 20s',
  'rpc_limit 90% on house for 20s',
  'halt engine for 5s',
  'reorg 2 on engine',
  'gas_spike 80 gwei on engine for 10s',
  'oracle_freeze ETH for 10s',
  'oracle_lie +50% on ETH for 10s',
  'crash house-1 for 5s',
  'spam 200/s on house-1 for 10s',
]

function leftOf({ state: now, since, until }: FaultLine): string {
  if (now === 'waiting') return `in ${span(Math.max(0, since - Date.now()))}`
  return until === undefined ? 'until it is healed' : `${span(Math.max(0, until - Date.now()))} left`
}
