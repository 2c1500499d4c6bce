// What narrows a table: words, choices, an agent.
import type { ComponentChildren } from 'preact'
import { useStore } from '../store.ts'

type Chosen = { readonly value: string; readonly onChange: (to: string) => void }

/** A field that `/` leads to. */
export const Search = ({ value, onChange, hint }: Chosen & { readonly hint: string }) => (
  <input
    class="field search"
    type="search"
    placeholder={`${hint}   /`}
    aria-label={hint}
    value={value}
    onInput={(event) => onChange(event.currentTarget.value)}
  />
)

/** One of a few; the empty one is all. */
export const Choice = ({
  value,
  onChange,
  name,
  options,
}: Chosen & { readonly name: string; readonly options: readonly string[] }) => (
  <fieldset class="chips" aria-label={name}>
    {options.map((one) => (
      <Chip key={one} pressed={value === one} onPress={() => onChange(one)}>
        {one === '' ? 'all' : one}
      </Chip>
    ))}
  </fieldset>
)

/** One word that is on or off. */
export const Chip = ({
  pressed,
  onPress,
  children,
}: {
  readonly pressed: boolean
  readonly onPress: () => void
  readonly children: ComponentChildren
}) => (
  <button type="button" class="chip" aria-pressed={pressed} onClick={onPress}>
    {children}
  </button>
)

/** Which agent; nothing to choose where there is one. */
export function AgentChoice({ value, onChange }: Chosen) {
  const { served } = useStore()
  if ((served?.agents.length ?? 0) < 2) return null
  return (
    <select class="field" aria-label="Agent" value={value} onChange={(event) => onChange(event.currentTarget.value)}>
      <option value="">every agent</option>
      {served?.agents.map((name) => (
        <option key={name}>{name}</option>
      ))}
    </select>
  )
}
