// The gas record as the table of docs/contracts.md, between two marks. `node contracts/forge.ts --record` writes it.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { limits, readRecord } from './gas.ts'
import { root } from './sources.ts'

/** The page that shows the table. */
export const gasPage = join(root, 'docs/contracts.md')
const marks = ['<!-- gas -->', '<!-- /gas -->'] as const

/** The page as it stands with the table of the record in its place. */
export function withGasTable(page: string): string {
  const [from, to] = [page.indexOf(marks[0]), page.indexOf(marks[1])]
  if (from < 0 || to < from) throw new Error(`docs/contracts.md needs ${marks.join(' and ')} around its gas table`)
  return `${page.slice(0, from + marks[0].length)}\n${gasTable()}\n${page.slice(to)}`
}

/** Writes the table into the page. */
export function writeGasTable(): void {
  writeFileSync(gasPage, withGasTable(readFileSync(gasPage, 'utf8')))
}

function gasTable(): string {
  const rows = Object.entries(readRecord()).map(([call, gas]) => `| ${call} | ${group(gas)} | ${limitOf(call)} |`)
  return ['| call | gas | limit |', '|---|--:|--:|', ...rows].join('\n')
}

const limitOf = (call: string): string => (limits[call] === undefined ? '' : group(limits[call]))
const group = (gas: number): string => gas.toLocaleString('en-US')
