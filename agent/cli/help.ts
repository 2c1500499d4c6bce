// The overview: every command on one line, within 80 columns.
import { programVersion } from '../runtime/version.ts'
import type { Entry } from './command.ts'

/** `lienmesh X.Y.Z`, from package.json. */
export function version(): string {
  return `lienmesh ${programVersion()} (node ${process.versions.node})`
}

/** Help for the whole program, or for one group of commands. The program's fits a screen: groups are one line each. */
export function overview(group: string | undefined, entries: readonly Entry[]): string {
  const title = group === undefined ? 'lienmesh <command>' : `lienmesh ${group} <command>`
  const families = [...Map.groupBy(entries, ({ words, under }) => under ?? words[0] ?? '')]
  const grouped = group === undefined ? families.filter(([, { length }]) => length > 1) : []
  const alone = entries.filter((entry) => !grouped.some(([, all]) => all.includes(entry)))
  const about = 'Independent, capital-backed agents for cross-chain liquidations.'
  return [
    ...(group === undefined ? [about, ''] : []),
    `Usage: ${title} [options]`,
    '',
    'Commands:',
    ...columns(alone.map(({ words, summary }) => [words.join(' '), summary])),
    ...(grouped.length === 0 ? [] : ['', 'Groups, each with a --help of its own:']),
    ...columns(
      grouped.map(([name, all]) => [
        name,
        all.map(({ words, under }) => words.slice(under === undefined ? 1 : 0).join(' ')).join(', '),
      ]),
    ),
    '',
    'Every command: --help, --json, --log.level debug (shows stacks).',
    'Exit status: 0 ok, 1 failure, 2 usage, 3 not running, 4 config or key,',
    '  5 timeout, 6 assertion, 7 safety stop, 130 interrupted.',
  ].join('\n')
}

/** Names on the left, words on the right, broken between two of them where a line would be too long. */
function columns(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...rows.map(([name]) => name.length)) + 3
  const most = COLUMNS - width - 2
  return rows.flatMap(([name, text]) => {
    const lines: string[] = ['']
    for (const word of text.split(' ')) {
      const longer = `${lines.at(-1)} ${word}`.trimStart()
      if (longer.length > most) lines.push(word)
      else lines.splice(-1, 1, longer)
    }
    return lines.map((line, i) => `  ${(i === 0 ? name : '').padEnd(width)}${line}`)
  })
}

const COLUMNS = 80
