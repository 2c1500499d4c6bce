// Flags that say where strategies are tried out, and against whom: the same for backtest, sweep and arena.
import { z } from 'zod'
import { bookFile } from '../../config/book.ts'
import { readJson } from '../../config/document.ts'
import { loadScenario } from '../../config/scenario.ts'
import { duration, ratio } from '../../config/units.ts'
import { usageError } from '../domain/errors.ts'
import { type Ground, type Plan, type Spec, type Task, termsOf } from '../kit/backtest/plan.ts'
import { leftOut } from '../simulator/scenario/left-out.ts'
import { HOUR } from '../simulator/venue.ts'
import { wholeNumber } from './command.ts'

/** Flags of everything that plays many worlds. */
export const grounds = {
  prices: z
    .string()
    .optional()
    .describe('Price files (CSV, gzipped or not), comma-separated; each is played by itself.'),
  scenario: z.string().optional().describe('Scenarios by name or file, comma-separated, in place of prices.'),
  session: z.string().optional().describe('Sessions that lienmesh record has written, in place of prices.'),
  seeds: wholeNumber.pipe(z.int().min(1).max(10_000)).default(3).describe('Worlds per file: books, delays, races.'),
  seed: wholeNumber.default(1).describe('The first seed; the others follow it.'),
  competitors: z
    .string()
    .optional()
    .describe(
      'Who races: rival (a searcher without a gap model) or strategies (default: rival*2, or the scenario’s own).',
    ),
  capital: wholeNumber.pipe(z.int().min(1_000)).default(400_000).describe('Cash of every agent, in dollars.'),
  book: z.string().optional().describe('A YAML file that describes the accounts.'),
  'oracle.deviation': ratio.prefault('0 %').describe('Publishers speak after a move of so much.'),
  'oracle.heartbeat': duration.prefault('1h').describe('Or after so long a silence.'),
  'oracle.rounds': z.string().optional().describe('Rounds of a real oracle in place of that: ETH=FILE,BTC=FILE.'),
  'max-gap': duration.prefault('1h').describe('Longest time without a row that is accepted.'),
  'warm-up': duration.prefault('24h').describe('History before the market opens, to learn from.'),
  jobs: wholeNumber.pipe(z.int().min(1).max(64)).default(2).describe('Threads. The answer does not depend on them.'),
} as const

const shape = z.object(grounds)
export type Asked = z.output<typeof shape>

/** Everything but who is tested; and the competitors that have a core. */
export function planOf(asked: Asked): { readonly plan: Plan; readonly entrants: readonly Spec[] } {
  const all = groundsOf(asked)
  const { entrants, rivals } = competitorsOf(asked.competitors ?? 'rival*2')
  const base = termsOf(asked.book === undefined ? bookFile.parse({}) : readJson(asked.book, bookFile))
  const oracle = { deviation: asked['oracle.deviation'] / 10_000, heartbeat: asked['oracle.heartbeat'] }
  const terms = { ...base, warmUp: asked['warm-up'] / HOUR, rivals, oracle, capital: asked.capital }
  const rounds = roundsOf(asked['oracle.rounds'])
  return {
    plan: { grounds: all, gap: asked['max-gap'], rounds, terms, named: asked.competitors !== undefined },
    entrants,
  }
}

/** Says on standard error what the simulator leaves out of the scenarios that are played. */
export function tellLeftOut({ grounds: all }: Plan): void {
  for (const { kind, file } of all)
    if (kind === 'scenario')
      for (const what of leftOut(loadScenario(file)))
        process.stderr.write(`the simulator leaves out of ${file}: ${what}\n`)
}

function groundsOf({ prices, scenario, session }: Asked): readonly Ground[] {
  const named = [listed('prices', prices), listed('scenario', scenario), listed('session', session)]
  const [found, ...more] = named.filter((one) => one.length > 0)
  if (found !== undefined && more.length === 0) return found
  throw usageError(
    'E_USAGE',
    `expected one of --prices, --scenario and --session, found ${found === undefined ? 'none' : more.length + 1}`,
    'Say where it is to be played.',
  )
}

const listed = (kind: Ground['kind'], text: string | undefined): readonly Ground[] =>
  (text ?? '')
    .split(',')
    .filter((file) => file !== '')
    .map((file) => ({ kind, file }))

/** `rival*2,gap-aware` is two rivals and one agent. */
function competitorsOf(list: string): { readonly entrants: readonly Spec[]; readonly rivals: number } {
  const all = list
    .split(',')
    .filter((one) => one !== '' && one !== 'none')
    .flatMap((one) => {
      const [, use, count = '1'] = /^(.+?)(?:\*(\d+))?$/.exec(one) ?? []
      return Array.from({ length: Number(count) }, () => use ?? one)
    })
  const rivals = all.filter((one) => one === 'rival').length
  if (rivals > MOST_RIVALS || all.length > MOST)
    throw usageError(
      'E_USAGE',
      `--competitors: expected at most ${MOST_RIVALS} rivals and ${MOST} in all, found ${rivals} and ${all.length}`,
      'Name fewer.',
    )
  return { rivals, entrants: all.filter((one) => one !== 'rival').map((use) => ({ use, params: {} })) }
}

const MOST_RIVALS = 3
const MOST = 20

function roundsOf(text: string | undefined): Plan['rounds'] {
  const pairs = (text ?? '').split(',').filter((one) => one !== '')
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, symbol, file] = /^([A-Za-z0-9]+)=(.+)$/.exec(pair) ?? []
      if (symbol !== undefined && file !== undefined) return [symbol.toUpperCase(), file]
      throw usageError('E_USAGE', `--oracle.rounds: expected ETH=FILE, found ${pair}`, 'Name the asset and the file.')
    }),
  )
}

/** Parameters as JSON. */
export function paramsOf(text: string | undefined): Spec['params'] {
  if (text === undefined) return {}
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text))
  } catch {
    throw usageError(
      'E_USAGE',
      `--params: expected an object in JSON, found ${text}`,
      `Write --params '{"minNet":"0"}'.`,
    )
  }
}

/** Every seed on every ground, for so many line-ups. */
export const tasksOf = ({ seeds, seed }: Asked, plan: Plan, lineups: number): readonly Task[] =>
  Array.from({ length: lineups }, (_, lineup) =>
    plan.grounds.flatMap((_, ground) =>
      Array.from({ length: seeds }, (_, i): Task => ({ ground, seed: seed + i, lineup })),
    ),
  ).flat()

/** What is played, in words. */
export function inWords({ seeds }: Asked, { grounds: all }: Plan): string {
  const noun = { prices: 'price file', scenario: 'scenario', session: 'session' }[all[0]?.kind ?? 'prices']
  return `${seeds} ${seeds === 1 ? 'seed' : 'seeds'} on ${all.length} ${noun}${all.length === 1 ? '' : 's'}`
}
