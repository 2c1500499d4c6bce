// lienmesh completion: a script that completes commands and flags in bash and zsh.
import { z } from 'zod'
import { bare } from '../../config/document.ts'
import { EXIT } from '../domain/errors.ts'
import { command, common, type Entry } from './command.ts'

/** Prints the script. It knows the commands of this version: print it again after an update. */
export const completion = command({
  options: z.strictObject({}),
  examples: ['lienmesh completion >> ~/.bashrc', 'source <(lienmesh completion)'],
  run: async (_, context) => {
    const cases = await Promise.all(context.commands.map(caseOf))
    const words = [...new Set(context.commands.map(({ words: [first = ''] }) => first))]
    for (const line of script(words, groupsOf(context.commands), cases)) context.print(line)
    return EXIT.ok
  },
})

/** What may follow a command: its flags, and the words that a flag takes. */
async function caseOf(entry: Entry): Promise<string> {
  const { shape } = await entry.load()
  const flags = Object.entries({ ...shape, ...common }).map(([flag]) => `--${flag}`)
  const choices = Object.entries({ ...shape, ...common }).flatMap(([flag, field]) => {
    const inner = bare(field)
    return inner instanceof z.ZodEnum ? [`      --${flag}) words="${inner.options.join(' ')}" ;;`] : []
  })
  const asked =
    choices.length === 0 ? [] : ['      case "$before" in', ...choices.map((line) => `  ${line}`), '      esac']
  return [`    "${entry.words.join(' ')}"*)`, `      words="${flags.join(' ')} --help"`, ...asked, '      ;;'].join(
    '\n',
  )
}

/** The second words of commands that have two. */
function groupsOf(commands: readonly Entry[]): readonly string[] {
  const groups = Map.groupBy(
    commands.filter(({ words }) => words.length > 1),
    ({ words }) => words[0] ?? '',
  )
  return [...groups].map(([first, all]) => `    "${first}") words="${all.map(({ words }) => words[1]).join(' ')}" ;;`)
}

const script = (words: readonly string[], groups: readonly string[], cases: readonly string[]): readonly string[] => [
  '# lienmesh completion for bash; zsh reads it after: autoload -U +X bashcompinit && bashcompinit',
  '_lienmesh() {',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's own words.
  '  local here="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}" line words',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's own words.
  '  line="${COMP_WORDS[*]:1:COMP_CWORD-1}"',
  '  case "$line" in',
  `    "") words="${words.join(' ')}" ;;`,
  ...groups,
  ...cases,
  '  esac',
  '  COMPREPLY=($(compgen -W "$words" -- "$here"))',
  '}',
  'complete -o default -F _lienmesh lienmesh lienmesh.js bin/lienmesh.js',
]
