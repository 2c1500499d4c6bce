// The overview: every command on one line, within 80 columns.
import { readFileSync } from 'node:fs'
import type { Entry } from './command.ts'

/** `lienmesh X.Y.Z`, from package.json. */
export function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  const number = typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : '?'
  return `lienmesh ${String(number)} (node ${process.versions.node})`
}

/** Help for the whole program, or for one group of commands. */
export function overview(group: string | undefined, entries: readonly Entry[]): string {
  const title = group === undefined ? 'lienmesh <command>' : `lienmesh ${group} <command>`
  const width = Math.max(...entries.map((entry) => entry.words.join(' ').length)) + 3
  const lines = entries.map((entry) => `  ${entry.words.join(' ').padEnd(width)}${entry.summary}`)
  const about = 'Independent, capital-backed agents for cross-chain liquidations.'
  return [
    ...(group === undefined ? [about, ''] : []),
    `Usage: ${title} [options]`,
    '',
    'Commands:',
    ...lines,
    '',
    'Every command: --help, --json, --log.level debug (shows stacks).',
    'Exit status: 0 ok, 1 failure, 2 usage, 3 not running, 4 config or key,',
    '  5 timeout, 6 assertion, 7 safety stop, 130 interrupted.',
  ].join('\n')
}
