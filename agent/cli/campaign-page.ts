// The page of the campaigns that are on record: one row each, written from their files so that it cannot disagree with them.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { EXIT, LienmeshError } from '../domain/errors.ts'

/** The page from the records of a folder: `chaos --record` writes them. Throws E_DOCS for a file that is none. */
export function campaignPage(folder: string): string {
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : []
  const records = files.toSorted().map((name) => ({ name: name.slice(0, -5), ...recordIn(join(folder, name)) }))
  const killed = records.filter(({ kills }) => kills > 0)
  const drilled = records.filter(({ brokenAgents }) => brokenAgents > 0)
  return [
    '# Campaigns on record',
    '',
    'Written by `npm run docs:generate` from the files in `docs/campaigns`, each of which `lienmesh chaos --record` wrote: what',
    'was asked, of which commit, and everything that was found. What is looked for, and what counts as lost, is told in',
    '[chaos.md](../chaos.md).',
    '',
    ...(records.length === 0 ? ['None is on record.', ''] : []),
    ...(killed.length === 0 ? [] : ['## Kills', '', ...table(KILLS, killed), '', ...killed.flatMap(detailsOf)]),
    ...(drilled.length === 0 ? [] : ['## Broken agents', '', ...table(DRILLS, drilled), '']),
  ].join('\n')
}

const counts = z.record(z.string(), z.number())
const amount = z.string().regex(/^\d+$/)

/** A record as it is written. Later ones say more: what an older one does not say is not invented. */
const record = z.looseObject({
  asked: z.record(z.string(), z.unknown()),
  commit: z.string().optional(),
  kills: z.number(),
  reorgs: z.number(),
  rpcFaults: z.number(),
  liquidations: z.number(),
  doublePayments: z.number(),
  lost: z.number(),
  weiDifferenceA: amount,
  weiDifferenceB: amount,
  brokenAgents: z.number(),
  brokenAgentsCaught: z.number(),
  wallSeconds: z.number(),
  worlds: z.number(),
  worldsWithSigner: z.number().optional(),
  signersKilled: z.number().optional(),
  killsAtPoints: z.number(),
  killsAtMoments: z.number(),
  hits: counts,
  livesEndedByThemselves: counts,
  alarms: counts,
  blocksToAlarm: z.array(z.number()),
  alarmsAtStart: z.number(),
  findings: z.array(z.string()),
  escaped: z.array(z.string()).optional(),
})
type Campaign = z.output<typeof record> & { readonly name: string }

function recordIn(file: string): z.output<typeof record> {
  const parsed = record.safeParse(JSON.parse(readFileSync(file, 'utf8')))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const what = `${file} is no record of a campaign: ${issue?.path.join('.')}: ${issue?.message}`
  const fix = 'Write it with lienmesh chaos --record, or take it away.'
  throw new LienmeshError('E_DOCS', what, { remedy: 'fix-config', exit: EXIT.assertion, fix })
}

type Columns = readonly (readonly [title: string, cell: (one: Campaign) => string])[]

const KILLS: Columns = [
  ['record', ({ name }) => `[${name}](../campaigns/${name}.json)`],
  ['commit', ({ commit = 'unknown' }) => `\`${commit}\``],
  ['asked', wordsOf],
  [
    'kills',
    ({ kills, killsAtPoints, killsAtMoments }) => `${kills} (${killsAtPoints} at points, ${killsAtMoments} at random)`,
  ],
  ['points, fewest hits', ({ hits }) => `${Object.keys(hits).length}, ${Math.min(...Object.values(hits))}`],
  ['reorgs', ({ reorgs }) => String(reorgs)],
  ['RPC faults', ({ rpcFaults }) => String(rpcFaults)],
  ['liquidations', ({ liquidations }) => String(liquidations)],
  ['paid twice', ({ doublePayments }) => String(doublePayments)],
  ['lost', ({ lost }) => String(lost)],
  ['wei A, B', ({ weiDifferenceA, weiDifferenceB }) => `${weiDifferenceA}, ${weiDifferenceB}`],
]

const DRILLS: Columns = [
  ['record', ({ name }) => `[${name}](../campaigns/${name}.json)`],
  ['commit', ({ commit = 'unknown' }) => `\`${commit}\``],
  ['broken agents', ({ brokenAgents }) => String(brokenAgents)],
  ['found out', ({ brokenAgentsCaught }) => String(brokenAgentsCaught)],
  ['escaped', ({ escaped = [] }) => (escaped.length === 0 ? 'none' : escaped.join('; '))],
]

function table(columns: Columns, rows: readonly Campaign[]): readonly string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const cellsOf = (one: Campaign): readonly string[] => columns.map(([, cell]) => cell(one))
  return [line(columns.map(([title]) => title)), line(columns.map(() => '---')), ...rows.map(cellsOf).map(line)]
}

/** The command line, as far as it chose anything. */
function wordsOf({ asked }: Campaign): string {
  const chosen = Object.entries(asked).filter(([, value]) => value !== false && value !== undefined && value !== null)
  const flag = (name: string): string => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
  return `\`${chosen.map(([name, value]) => (value === true ? flag(name) : `${flag(name)} ${String(value)}`)).join(' ')}\``
}

/** What does not fit into a row, one line each, where there is something to say. */
function detailsOf(one: Campaign): readonly string[] {
  const said = (words: string, all: Readonly<Record<string, number>>): readonly string[] =>
    Object.keys(all).length === 0 ? [] : [`${words} ${inWords(all)}`]
  const { blocksToAlarm: blocks, alarmsAtStart, signersKilled, worldsWithSigner } = one
  const lines = [
    `${one.worlds} worlds in ${one.wallSeconds} s`,
    ...(worldsWithSigner === undefined
      ? []
      : [
          `${worldsWithSigner} of them with a signer process, ${signersKilled ?? 0} of which were killed before their agent`,
        ]),
    ...said('lives that ended by themselves:', one.livesEndedByThemselves),
    ...said('alarms:', one.alarms),
    ...(blocks.length + alarmsAtStart === 0
      ? []
      : [`${blocks.length} alarms after at most ${Math.max(0, ...blocks)} blocks, ${alarmsAtStart} at a start`]),
    ...one.findings.map((finding) => `found: ${finding}`),
  ]
  return [`${one.name}: ${lines.join('; ')}.`, '']
}

const inWords = (all: Readonly<Record<string, number>>): string =>
  Object.entries(all)
    .map(([name, times]) => `${name} ${times}`)
    .join(', ')
