// The page that tells what was measured, and its picture.
import { holds, type Row } from './hot/measure.ts'

type Machine = { readonly cpu: string; readonly cores: number; readonly node: string; readonly load: number }

/** Every figure beside its limit. */
export function page(rows: readonly Row[], { cpu, cores, node, load }: Machine): string {
  const lines = rows.map((row) => {
    const limit = `${row.direction === 'at-least' ? '≥' : '≤'} ${row.limit.toLocaleString('en')} ${row.unit}`
    const state = holds(row) ? 'reached' : row.kind === 'guide' ? 'above its guide' : '**not reached**'
    return `| ${row.id} | ${row.what} | ${row.against ?? ''} | ${figure(row.seen)} ${row.unit} | ${limit} | ${state} |`
  })
  return `# How fast the hot path is

Written by \`npm run bench\`, which installs the packages we are compared with in \`test/bench\` and nowhere else. What is
compared runs in turns within one process, and computing is timed by CPU time; a ratio gates a run, an absolute figure is a
guide for a quiet machine.

Measured on ${cores} cores (${cpu}), Node ${node.slice(1)}, with a load of ${load.toFixed(1)} when it ended. On a machine that does
other work, everything that waits for a node, a disk or a thread is an upper bound.

![Ratios against their limits](pictures/speed.svg)

| | what | against | seen | asked | |
| --- | --- | --- | ---: | ---: | --- |
${lines.join('\n')}

How it is done: [hot-path.md](hot-path.md).
`
}

const figure = (value: number): string =>
  value >= 1_000 ? Math.round(value).toLocaleString('en') : Number(value.toPrecision(3)).toString()

/** Ratios on a logarithmic scale, each with a mark where its limit is. */
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
  const height = 44 + ratios.length * step
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 880 ${height}" font-family="sans-serif" font-size="11">
<rect width="880" height="${height}" fill="#fff"/>
<text x="12" y="18" font-size="13">Times faster than what it is compared with (logarithmic); the mark is what was asked</text>
${bars.join('\n')}
</svg>
`
}
