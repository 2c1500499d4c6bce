// An operator's three words. Two can be taken back at once; the third asks first.
import { useEffect, useRef } from 'preact/hooks'
import { changed, order, state } from '../store.ts'

/** Buttons for one agent, or for all. */
export const Orders = ({ agents, small }: { readonly agents: readonly string[]; readonly small?: boolean }) => (
  <span class="row">
    <button
      type="button"
      class={`button ${small === true ? 'small' : ''}`}
      onClick={() => void order('pause', agents)}
      title="Bid no more; what is under way still settles"
    >
      Pause{agents.length > 1 ? ' all' : ''}
    </button>
    <button
      type="button"
      class={`button quiet ${small === true ? 'small' : ''}`}
      onClick={() => void order('resume', agents)}
      title="Bid again; clears a tripped protection"
    >
      Resume
    </button>
    <button
      type="button"
      class={`button grave ${small === true ? 'small' : ''}`}
      onClick={() => askFlatten(agents)}
      title="Bid no more, wait until everything is home, end"
    >
      Flatten
    </button>
  </span>
)

function askFlatten(agents: readonly string[]): void {
  state.asking = agents.length === 1 ? agents[0] : '*'
  changed()
}

/** Asks before agents are ended. */
export function Flatten({ agents }: { readonly agents: readonly string[] }) {
  const box = useRef<HTMLDialogElement>(null)
  useEffect(() => box.current?.showModal(), [])
  const close = (): void => {
    state.asking = undefined
    changed()
  }
  const who = agents.length === 1 ? agents[0] : `all ${agents.length} agents`
  return (
    <dialog ref={box} onClose={close} aria-labelledby="flatten">
      <h2 id="flatten">Flatten {who}?</h2>
      <p>
        Bidding stops at once. Claims still come home; when the last one is settled,{' '}
        {agents.length === 1 ? 'the agent ends' : 'the agents end'}.
      </p>
      <p>
        Until then Resume takes it back. After that only the command line starts {agents.length === 1 ? 'it' : 'them'}{' '}
        again.
      </p>
      <div class="row">
        <button type="button" class="button" onClick={close}>
          Leave as it is
        </button>
        <button
          type="button"
          class="button grave"
          onClick={() => {
            void order('flatten', agents)
            close()
          }}
        >
          Flatten
        </button>
      </div>
    </dialog>
  )
}
