// A table in its card, with its corner for the CSV.
import type { ComponentChildren } from 'preact'
import { Card } from './bits.tsx'
import { type Column, CsvButton, Table } from './table.tsx'

type ListingProps<T> = {
  readonly title: string
  readonly aside?: ComponentChildren
  readonly span?: string
  /** Name of the saved file. */
  readonly file: string
  readonly rows: readonly T[]
  readonly columns: readonly Column<T>[]
  /** Columns that are seen and not saved. */
  readonly seen?: readonly Column<T>[]
  readonly keyOf: (row: T) => string | number
  readonly onOpen?: (row: T) => void
  readonly selected?: (row: T) => boolean
  readonly empty: ComponentChildren
  readonly tall?: boolean
}

/** Rows that look alike, and all of them as a file. */
export function Listing<T>({ title, aside, span, file, seen, ...table }: ListingProps<T>) {
  const { rows, columns } = table
  return (
    <Card {...{ title, aside, span }} tools={<CsvButton name={file} {...{ rows, columns }} />} flush>
      <Table name={title} {...table} columns={seen ?? columns} />
    </Card>
  )
}
