// The page that tells what was measured, and its picture.
import { holds, type Row } from './hot/measure.ts'

/** What was asked of the hot path, and why a figure is missing where nothing measures it. */
const ASKED: Readonly<Record<string, { readonly what: string; readonly without: string }>> = {
  B1: { what: 'full rescan', without: 'npm run bench' },
  B2: { what: 'tick to candidates', without: 'npm run bench book' },
  B3: { what: 'worst gap', without: 'npm run bench book' },
  B4: { what: 'growth with the book', without: 'npm run bench book' },
  B5: { what: 'no account missed in ten million checks', without: 'npm run bench:misses counts them, and takes hours' },
  B6: { what: 'exact look at one account', without: 'npm run bench peers' },
  B7: { what: 'encode and sign', without: 'npm run bench signing' },
  B8: { what: 'tick to signed bytes, signed before', without: 'bids are signed when they are decided' },
  B9: { what: 'tick to acknowledged', without: 'npm run bench chain' },
  B10: { what: 'check a signed price', without: 'npm run bench signing' },
  B11: { what: 'tick under gossiped signatures', without: 'npm run bench jitter' },
  B12: { what: 'logs read', without: 'npm run bench logs' },
  B13: { what: 'a hundred accounts read again', without: 'they are read in one request; nothing times it yet' },
  B14: { what: 'cold start', without: 'npm run bench cold' },
  B15: { what: 'allocation per tick', without: 'npm run bench book' },
  B16: { what: 'memory per account', without: 'npm run bench book' },
  B17: { what: 'against whole bots', without: 'theirs are not installed here' },
}

export type State = 'met' | 'missed' | 'not measured'

/** How each figure asked for stands: missed when any of its limits is. */
export const statesOf = (rows: readonly Row[]): Readonly<Record<string, State>> =>
  Object.fromEntries(
    Object.keys(ASKED).map((id) => {
      const own = rows.filter((row) => idOf(row) === id)
      return [id, own.length === 0 ? 'not measured' : own.every(holds) ? 'met' : 'missed']
    }),
  )

/** B1b is a row of B1. */
const idOf = ({ id }: Row): string => /^B\d+/.exec(id)?.[0] ?? id

type Machine = { readonly cpu: string; readonly cores: number; readonly node: string; readonly load: number }

/** Every figure beside its limit. */
export function page(rows: readonly Row[], { cpu, cores, node, load }: Machine): string {
  const lines = rows.map((row) => {
    const limit = `${row.direction === 'at-least' ? '≥' : '≤'} ${row.limit.toLocaleString('en')} ${row.unit}`
    const state = holds(row) ? 'met' : row.kind === 'guide' ? 'missed (a guide)' : '**missed**'
    return `| ${row.id} | ${row.what} | ${row.against ?? ''} | ${figure(row.seen)} ${row.unit} | ${limit} | ${state} |`
  })
  return `# How fast the hot path is

Written by \`npm run bench\`, which installs the packages we are compared with in \`test/bench\` and nowhere else. What is
compared runs in turns within one process, and computing is timed by CPU time; a ratio gates a run, an absolute figure is a
guide for a quiet machine.

Measured on ${cores} cores (${cpu}), Node ${node.slice(1)}, with a load of ${load.toFixed(1)} when it ended. On a machine that does
other work, everything that waits for a node, a disk or a thread is an upper bound.

${summary(rows)}

![Ratios against their limits](pictures/speed.svg)

| | what | against | seen | asked | |
| --- | --- | --- | ---: | ---: | --- |
${[...lines, ...unmeasured(rows)].join('\n')}

How it is done: [hot-path.md](hot-path.md).
`
}

/** One sentence of all of them. */
function summary(rows: readonly Row[]): string {
  const states = Object.entries(statesOf(rows))
  const named = (state: State): string =>
    states.flatMap(([id, one]) => (one === state ? [id] : [])).join(', ') || 'none'
  return `Every limit met: ${named('met')}. At least one missed: ${named('missed')}. Not measured: ${named('not measured')}.`
}

const unmeasured = (rows: readonly Row[]): readonly string[] =>
  Object.entries(statesOf(rows)).flatMap(([id, state]) =>
    state === 'not measured' ? [`| ${id} | ${ASKED[id]?.what} | | | | not measured: ${ASKED[id]?.without} |`] : [],
  )

const figure = (value: number): string =>
  value >= 1_000 ? Math.round(value).toLocaleString('en') : Number(value.toPrecision(3)).toString()

const COLOURS = { met: '#2a7f62', missed: '#b5443c', 'not measured': '#8a8f98' } as const

/** Ratios on a logarithmic scale, each with a mark where its limit is; below, every figure asked for: met, missed (red), not measured (grey). */
export function picture(rows: readonly Row[]): string {
  const ratios = rows.filter(({ unit, direction }) => unit === 'x' && direction === 'at-least')
  const [left, width, step] = [430, 360, 22]
  const most = Math.max(10, ...ratios.flatMap(({ seen, limit }) => [seen, limit]))
  const x = (value: number) => left + (Math.log10(Math.max(1, value)) / Math.log10(most)) * width
  const bars = ratios.map((row, i) => {
    const y = 34 + i * step
    const label = `${row.id} ${row.what}${row.against === undefined ? '' : `, ${row.against}`}`
    const colour = holds(row) ? '#2a7f62' : '#b5443c'
    return [
      `<text x="${left - 8}" y="${y + 11}" text-anchor="end">${label.replaceAll('&', '&amp;').slice(0, 74)}</text>`,
      `<rect x="${left}" y="${y}" width="${(x(row.seen) - left).toFixed(1)}" height="14" fill="${colour}"/>`,
      `<line x1="${x(row.limit).toFixed(1)}" x2="${x(row.limit).toFixed(1)}" y1="${y - 2}" y2="${y + 16}" stroke="#222" stroke-width="2"/>`,
      `<text x="${(x(Math.max(row.seen, row.limit)) + 6).toFixed(1)}" y="${y + 11}">${figure(row.seen)}x</text>`,
    ].join('')
  })
  const below = 50 + ratios.length * step
  const height = below + 34
  const chips = Object.entries(statesOf(rows)).map(([id, state], i) => {
    const at = 12 + i * 50
    return `<rect x="${at}" y="${below}" width="46" height="20" rx="3" fill="${COLOURS[state]}"/><text x="${at + 23}" y="${below + 14}" text-anchor="middle" fill="#fff">${id}</text>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 880 ${height}" font-family="sans-serif" font-size="11">
<rect width="880" height="${height}" fill="#fff"/>
<text x="12" y="18" font-size="13">Times faster than what it is compared with (logarithmic); the mark is what was asked</text>
${bars.join('\n')}
${chips.join('\n')}
</svg>
`
}
