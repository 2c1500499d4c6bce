// Tables: sorted by a click, walked by the arrows, exported whole. Only the rows in sight are drawn.
import type { ComponentChildren } from 'preact'
import { useMemo, useRef, useState } from 'preact/hooks'

/** One column. `value` sorts and is what the CSV carries. */
export type Column<T> = {
  readonly name: string
  readonly value: (row: T) => string | number | undefined
  readonly cell?: (row: T) => ComponentChildren
  readonly end?: boolean
}

type TableProps<T> = {
  readonly name: string
  readonly rows: readonly T[]
  readonly columns: readonly Column<T>[]
  readonly keyOf: (row: T) => string | number
  readonly onOpen?: (row: T) => void
  readonly selected?: (row: T) => boolean
  readonly empty: ComponentChildren
  readonly tall?: boolean
}

const ROW = 25.5
/** Rows drawn beyond the edges. */
const MARGIN = 8
/** A table of fewer rows is drawn whole. In a larger one a line is its place: new rows change words, not elements. */
const SMALL = 80

/** A table of rows that look alike. */
export function Table<T>({ name, rows, columns, keyOf, onOpen, selected, empty, tall }: TableProps<T>) {
  const [sort, setSort] = useState<{ readonly at: number; readonly down: boolean } | undefined>(undefined)
  const [top, setTop] = useState(0)
  const box = useRef<HTMLDivElement>(null)
  const sorted = useMemo(
    () => inOrder(rows, sort === undefined ? undefined : columns[sort.at], sort?.down ?? false),
    [rows, sort, columns],
  )
  if (rows.length === 0) return <>{empty}</>
  const height = box.current?.clientHeight ?? 600
  const whole = sorted.length <= SMALL
  const first = whole ? 0 : Math.max(0, Math.floor(top / ROW) - MARGIN)
  const last = whole ? sorted.length : Math.min(sorted.length, Math.ceil((top + height) / ROW) + MARGIN)
  return (
    <section
      class={`table ${tall === true ? 'tall' : ''}`}
      ref={box}
      onScroll={(event) => !whole && setTop(event.currentTarget.scrollTop)}
      aria-label={name}
    >
      <table>
        <thead>
          <tr>
            {columns.map((column, i) => (
              <th
                key={column.name}
                class={column.end === true ? 'end' : ''}
                {...(sort?.at === i && { 'aria-sort': sort.down ? 'descending' : 'ascending' })}
              >
                <button
                  type="button"
                  class={column.end === true ? 'end' : ''}
                  onClick={() =>
                    setSort(sort?.at === i ? (sort.down ? { at: i, down: false } : undefined) : { at: i, down: true })
                  }
                >
                  {column.name}
                  {sort?.at === i ? (sort.down ? ' ↓' : ' ↑') : ''}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {first > 0 && <tr style={{ height: `${first * ROW}px` }} />}
          {sorted.slice(first, last).map((row, place) => (
            <Line
              key={whole ? keyOf(row) : first + place}
              {...{ row, columns, onOpen }}
              chosen={selected?.(row) ?? false}
            />
          ))}
          {last < sorted.length && <tr style={{ height: `${(sorted.length - last) * ROW}px` }} />}
        </tbody>
      </table>
    </section>
  )
}

function Line<T>({
  row,
  columns,
  onOpen,
  chosen,
}: {
  readonly row: T
  readonly columns: readonly Column<T>[]
  readonly onOpen: ((row: T) => void) | undefined
  readonly chosen: boolean
}) {
  const opens = onOpen !== undefined
  const walk = (event: KeyboardEvent & { readonly currentTarget: HTMLTableRowElement }): void => {
    const near =
      event.key === 'ArrowDown'
        ? event.currentTarget.nextElementSibling
        : event.key === 'ArrowUp'
          ? event.currentTarget.previousElementSibling
          : undefined
    if (near instanceof HTMLElement) near.focus()
    else if (event.key === 'Enter' || event.key === ' ') onOpen?.(row)
    else return
    event.preventDefault()
  }
  return (
    <tr
      class={opens ? 'door' : ''}
      aria-selected={chosen}
      {...(opens && { tabIndex: 0, onClick: () => onOpen(row), onKeyDown: walk })}
    >
      {columns.map((column) => {
        const plain = column.value(row)
        return (
          <td
            key={column.name}
            class={column.end === true ? 'end' : ''}
            title={typeof plain === 'string' && plain.length > 24 ? plain : undefined}
          >
            {column.cell === undefined ? (plain ?? '–') : column.cell(row)}
          </td>
        )
      })}
    </tr>
  )
}

function inOrder<T>(rows: readonly T[], column: Column<T> | undefined, down: boolean): readonly T[] {
  if (column === undefined) return rows
  const rank = (row: T): string | number => column.value(row) ?? Number.NEGATIVE_INFINITY
  const compare = (a: T, b: T): number => {
    const [x, y] = [rank(a), rank(b)]
    if (typeof x === 'number' && typeof y === 'number') return x - y
    return String(x).localeCompare(String(y), 'en', { numeric: true })
  }
  const sorted = [...rows].sort(compare)
  return down ? sorted.reverse() : sorted
}

/** Saves all rows as a file that every spreadsheet reads. */
export function CsvButton<T>({
  name,
  rows,
  columns,
}: {
  readonly name: string
  readonly rows: readonly T[]
  readonly columns: readonly Column<T>[]
}) {
  return (
    <button
      type="button"
      class="button small quiet"
      disabled={rows.length === 0}
      onClick={() => save(`${name}.csv`, csvOf(rows, columns))}
      title={`Save ${rows.length} rows of ${name} as CSV`}
    >
      CSV
    </button>
  )
}

/** One line per row. What a spreadsheet would run is made text. */
export function csvOf<T>(rows: readonly T[], columns: readonly Column<T>[]): string {
  const field = (value: string | number | undefined): string => {
    if (typeof value === 'number' || value === undefined) return String(value ?? '')
    const safe = /^[=+@\t\r]|^-(?!\d+(\.\d+)?$)/.test(value) ? `'${value}` : value
    return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
  }
  const lines = rows.map((row) => columns.map((column) => field(column.value(row))).join(','))
  return [columns.map(({ name }) => field(name)).join(','), ...lines, ''].join('\n')
}

function save(name: string, text: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv' }))
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 1_000)
}
