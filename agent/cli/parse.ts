// Flags to options: yargs cuts the words, the command's schema judges them.
import yargs, { type Argv, type Options } from 'yargs'
import { z } from 'zod'
import { bare } from '../../config/document.ts'
import { suggest } from '../../config/nearest.ts'
import { usageError } from '../domain/errors.ts'
import { type Command, common, type Entry, type Given, readFlags } from './command.ts'

/** A command's own flags as they were written, and the common ones judged. */
type Parsed = { readonly own: Given; readonly json: boolean }

/** Cuts a command's words into flags. Whatever is unknown, repeated or out of place is E_USAGE with the nearest name. */
export async function parse(entry: Entry, command: Command, words: readonly string[]): Promise<Parsed> {
  const known = fields(command)
  const argv = await tokenizer(entry, command)
    .fail((message, error) => {
      const words = (message ?? error.message).replace(/^Not enough arguments following: (.+)$/, '--$1 needs a value')
      throw usageError('E_USAGE', words, helpHint(entry))
    })
    .parseAsync(words.map(spaced))
  refuseUnknown(entry, known, Object.keys(argv))
  refuseBadToggles(entry, known, words)
  const given = { ...byPlace(entry, command, argv._.map(String)), ...byFlag(entry, known, argv) }
  const own = Object.entries(given).filter(([flag]) => flag in command.shape)
  const { json } = readFlags(z.object(common), given, entry.words.join(' '))
  return { own: Object.fromEntries(own), json }
}

/** Help of one command, at most 80 columns wide. */
export function helpOf(entry: Entry, command: Command): Promise<string> {
  return tokenizer(entry, command).getHelp()
}

const fields = (command: Command): z.ZodRawShape => ({ ...command.shape, ...common })
const helpHint = (entry: Entry): string => `See lienmesh ${entry.words.join(' ')} --help.`

function tokenizer(entry: Entry, command: Command): Argv {
  const places = command.positionals.map((name, i) => ` [${name}${isRest(command, i) ? '...' : ''}]`).join('')
  const name = `lienmesh ${entry.words.join(' ')}`
  const parser = yargs()
    .scriptName(name)
    .usage(`Usage: ${name}${places} [options]\n\n${entry.summary}.`)
    .parserConfiguration({
      'dot-notation': false,
      'camel-case-expansion': false,
      'boolean-negation': false,
      'parse-positional-numbers': false,
    })
    .exitProcess(false)
    .version(false)
    .help(false)
    .wrap(80)
    .options(Object.fromEntries(Object.entries(fields(command)).map(([flag, field]) => [flag, option(field)])))
  return command.examples.reduce((built, example) => built.example(example, ''), parser)
}

function option(field: z.core.$ZodType): Options {
  const inner = bare(field)
  const { description = '', fallback, type } = z.globalRegistry.get(field) ?? {}
  const choices = inner instanceof z.ZodEnum ? inner.options.join('|') : type
  const shown =
    fallback ?? (field instanceof z.ZodDefault && !(inner instanceof z.ZodBoolean) ? field.def.defaultValue : undefined)
  return {
    type: inner instanceof z.ZodBoolean ? 'boolean' : 'string',
    requiresArg: !(inner instanceof z.ZodBoolean),
    describe:
      typeof choices === 'string' && choices.includes('|')
        ? `${description} One of ${choices.replaceAll('|', ', ')}.`
        : description,
    ...(shown === undefined ? {} : { defaultDescription: String(shown) }),
  }
}

function refuseUnknown(entry: Entry, known: z.ZodRawShape, found: readonly string[]): void {
  const unknown = found.find((flag) => !(flag in known) && flag !== '_' && flag !== '$0')
  if (unknown === undefined) return
  const hint = suggest(unknown, Object.keys(known))
  const dashes = unknown.length === 1 ? '-' : '--'
  const near = hint.replace(/^did you mean /, '$&--').replace(/^known: .*/, '')
  const fix = unknown === 'dry-run' && 'mode' in known ? MODES : helpHint(entry)
  throw usageError('E_USAGE', `unknown flag ${dashes}${unknown}${near && ` – ${near}`}`, fix)
}

/** What other programs call a dry run is the default here. */
const MODES = 'Modes are --mode shadow|paper|live; shadow is the default and never sends.'

/** yargs reads `--keep=maybe` as false; we do not guess. */
function refuseBadToggles(entry: Entry, known: z.ZodRawShape, words: readonly string[]): void {
  for (const word of words) {
    const [, flag = '', value] = /^--([^=]+)=(.*)$/.exec(word) ?? []
    if (bare(known[flag]) instanceof z.ZodBoolean && value !== 'true' && value !== 'false')
      throw usageError('E_USAGE', `--${flag} is true or false, found ${value}`, helpHint(entry))
  }
}

function byPlace(entry: Entry, command: Command, places: readonly string[]): Given {
  const names = command.positionals
  const last = names.length - 1
  const found = isRest(command, last) && places.length > last ? joined(places, last) : places
  const extra = found[names.length]
  if (extra !== undefined) throw usageError('E_USAGE', `unexpected ${extra}`, helpHint(entry))
  return Object.fromEntries(found.map((value, index) => [names[index] ?? '', value.trim()]))
}

const isRest = ({ rest, positionals }: Command, place: number): boolean => rest && place === positionals.length - 1
const joined = (places: readonly string[], from: number): readonly string[] => [
  ...places.slice(0, from),
  places
    .slice(from)
    .map((word) => word.trim())
    .join(' '),
]

/** yargs takes a word such as -10% for flags: with a space before it, it is a value. */
const spaced = (word: string): string => (/^-[\d.]+[^\d.]/.test(word) ? ` ${word}` : word)

function byFlag(entry: Entry, known: z.ZodRawShape, argv: Readonly<Record<string, unknown>>): Given {
  const given = Object.keys(known).flatMap((flag) => {
    const value = argv[flag]
    if (Array.isArray(value)) throw usageError('E_USAGE', `--${flag} is given twice`, helpHint(entry))
    return value === undefined
      ? []
      : [[flag, typeof value === 'boolean' ? value : String(value).replace(/^ -/, '-')] as const]
  })
  return Object.fromEntries(given)
}
