// From words to the command that answers to them.

import { suggest } from '../../config/nearest.ts'
import { EXIT, type ExitStatus, usageError } from '../domain/errors.ts'
import type { Entry } from './command.ts'
import { commands } from './commands.ts'
import { overview, version } from './help.ts'

/** Runs the command that `argv` names, or prints the help it asks for. */
export async function dispatch(argv: readonly string[], signal: AbortSignal): Promise<ExitStatus> {
  const words = leadingWords(argv)
  const found = commands.find((entry) => entry.words.every((word, index) => words[index] === word))
  if (found !== undefined) return invoke(found, argv.slice(found.words.length), signal)
  if (argv.includes('--version')) return say(version())
  const inGroup = commands.filter((entry) => entry.words.length > 1 && entry.words[0] === words[0])
  const group = inGroup.length > 0 ? words.slice(0, 1) : []
  const [unknown] = words.slice(group.length)
  if (unknown !== undefined && unknown !== 'help') throw unknownCommand(group, unknown, inGroup)
  refuseFlags(argv.slice(words.length))
  return say(overview(group[0], group.length > 0 ? inGroup : commands))
}

async function invoke(entry: Entry, rest: readonly string[], signal: AbortSignal): Promise<ExitStatus> {
  const [command, { parse, helpOf }] = await Promise.all([entry.load(), import('./parse.ts')])
  if (rest.includes('--help') || rest.includes('-h')) return say(await helpOf(entry, command))
  const { own, json } = await parse(entry, command, rest)
  return command.invoke(own, { signal, json, flags: own, name: entry.words.join(' '), commands, print })
}

function unknownCommand(group: readonly string[], word: string, inGroup: readonly Entry[]) {
  const known = [...new Set((inGroup.length > 0 ? inGroup : commands).map((entry) => entry.words[group.length] ?? ''))]
  const hint = suggest(word, known)
  const asked = [...group, word].join(' ')
  return usageError(
    'E_USAGE',
    `unknown command ${asked}${hint && ` – ${hint}`}`,
    `See lienmesh ${[...group, '--help'].join(' ')}.`,
  )
}

/** Help has two spellings; any other flag without a command is a mistake. */
function refuseFlags(rest: readonly string[]): void {
  const flag = rest.find((word) => !['--help', '-h', 'help'].includes(word))
  if (flag !== undefined)
    throw usageError(
      'E_USAGE',
      `unknown flag ${flag} before a command`,
      'Write the command first: lienmesh swarm up --json.',
    )
}

function leadingWords(argv: readonly string[]): readonly string[] {
  const end = argv.findIndex((word) => word.startsWith('-'))
  return end === -1 ? argv : argv.slice(0, end)
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

function say(text: string): ExitStatus {
  print(text)
  return EXIT.ok
}
