// lienmesh chaos: kill an agent a thousand times while its nodes lie and its chains fork, and count what it lost.
import { z } from 'zod'
import { EXIT, usageError } from '../domain/errors.ts'
import type { BatchResult } from '../swarm/chaos/batch.ts'
import { type BrokenResult, runBroken } from '../swarm/chaos/broken.ts'
import {
  type CampaignOptions,
  failed,
  runCampaign,
  type Shard,
  type Summary,
  summaryOf,
} from '../swarm/chaos/campaign.ts'
import type { Found } from '../swarm/chaos/drill-record.ts'
import { DEEP } from '../swarm/chaos/plan.ts'
import { writeTold } from '../swarm/chaos/told.ts'
import { type Context, command, toggle, wholeNumber } from './command.ts'

const options = z.strictObject({
  kills: wholeNumber.pipe(z.int().min(1)).default(100).describe('How many lives end by SIGKILL.'),
  seed: wholeNumber.default(1).describe('Seed of the whole plan: points, moments, weather and trouble.'),
  shard: z
    .string()
    .regex(/^[1-9]\d*\/[1-9]\d*$/, { error: (issue) => `expected i/n such as 2/4, found ${issue.input}` })
    .optional()
    .describe('Play only this part of the worlds, such as 2/4.'),
  resume: toggle.describe(
    'Keep what earlier runs of the same campaign, or the same drills, finished, of any shard, and play the rest.',
  ),
  'deep-reorgs': wholeNumber
    .pipe(z.int().min(1))
    .optional()
    .describe('So many reorganisations deeper than finality, in the place of shallow ones.'),
  'no-idempotency': toggle.describe('Executors that remember nothing: the journal alone keeps from paying twice.'),
  'lose-journal': toggle.describe('Delete the journal half way through every world: the chain alone keeps from it.'),
  source: z.string().min(1).optional().describe('Another copy of the project: its agent lives, this one judges.'),
  broken: toggle.describe(
    'Try the drills on agents that are broken on purpose: every one must be found out. Kills are added by --kills.',
  ),
  record: z.string().min(1).optional().describe('Write everything that the campaign found into this file.'),
  'run-dir': z.string().min(1).optional().describe('Where .lienmesh is made (default: here).'),
})

/** Runs a campaign. Exit status 6 when anything was paid twice, lost, or off by a wei. */
export const chaos = command({
  options,
  examples: [
    'lienmesh chaos --kills 40',
    'lienmesh chaos --kills 1000 --seed 7 --shard 1/4',
    'lienmesh chaos --kills 1000 --seed 7 --resume --json',
    'lienmesh chaos --kills 100 --deep-reorgs 50',
    'lienmesh chaos --broken --json',
  ],
  run: async (given, context) => {
    const { json, print, flags } = context
    const killed = !given.broken || flags['kills'] !== undefined
    const drilled = given.broken ? await drill(given, context) : NOT_DRILLED
    const { brokenAgents, brokenAgentsCaught } = drilled
    const worlds: BatchResult[] = []
    const campaign = killed ? await kill(given, context, worlds) : summaryOf([])
    const summary = { ...campaign, brokenAgents, brokenAgentsCaught }
    if (given.record !== undefined)
      writeTold(given.record, { asked: askedOf(given), summary, worlds, ...escapesOf(drilled) })
    if (!json) for (const line of [...(killed ? inWords(summary) : []), ...drillWords(drilled)]) print(line)
    print(inJson(summary))
    const escaped = brokenAgentsCaught < brokenAgents || drilled.failedByTheSound.length > 0
    return failed(summary) || escaped ? EXIT.assertion : EXIT.ok
  },
})

type Running = Pick<Context, 'json' | 'print' | 'signal'>

/** Plays the campaign, and lists its worlds. */
function kill(given: Flags, { json, print, signal }: Running, worlds: BatchResult[]): Promise<Summary> {
  const { kills, seed, resume, shard, source, 'run-dir': folder } = given
  const campaign: CampaignOptions = {
    ...{ kills, seed, resume, signal },
    ...narrowed(given),
    ...(shard === undefined ? {} : { shard: shardIn(shard) }),
    ...(source === undefined ? {} : { source }),
    ...(folder === undefined ? {} : { folder }),
    report: (batch, done, of) => {
      worlds.push(batch)
      if (json) print(inJson({ type: 'world', done, of, ...batch }))
      else process.stderr.write(`${lineOf(batch, done, of)}\n`)
    },
  }
  return runCampaign(campaign)
}

/** What a record says was asked for. */
function askedOf(given: Flags): Readonly<Record<string, unknown>> {
  const { kills, seed, shard, source, broken } = given
  const { 'deep-reorgs': deepReorgs, 'no-idempotency': noIdempotency, 'lose-journal': loseJournal } = given
  return { kills, seed, shard, source, deepReorgs, noIdempotency, loseJournal, broken }
}

const escapesOf = ({ escaped, failedByTheSound }: BrokenResult): { readonly escaped: readonly string[] } => ({
  escaped: [...escaped.map(({ name }) => name), ...failedByTheSound.map(({ drill }) => `what ships fails ${drill}`)],
})

const drill = ({ resume, 'run-dir': folder }: Flags, { json, print, signal }: Running): Promise<BrokenResult> =>
  runBroken({
    ...{ signal, resume },
    ...(folder === undefined ? {} : { folder }),
    report: (found, sound) => {
      if (json) print(inJson({ type: 'drill', sound, ...found }))
      else process.stderr.write(`${foundLine(found, sound)}\n`)
    },
  })

type Flags = z.output<typeof options>

/** The campaigns apart from the usual one. Only one thing is taken away at a time. */
function narrowed({ kills, 'deep-reorgs': deep, 'no-idempotency': forgetful, 'lose-journal': lost }: Flags) {
  if (forgetful && lost)
    throw usageError(
      'E_USAGE',
      '--no-idempotency and --lose-journal leave nothing that could hold',
      'Take one of them.',
    )
  return {
    ...(deep === undefined ? {} : { reorgs: deep / kills, depth: DEEP }),
    ...(forgetful ? { without: 'idempotency' as const } : lost ? { without: 'journal' as const } : {}),
  }
}

function shardIn(text: string): Shard {
  const [index = 1, of = 1] = text.split('/').map(Number)
  if (index <= of) return { index, of }
  throw usageError('E_USAGE', `--shard: there is no part ${index} of ${of}`, 'Count the parts from 1.')
}

const inJson = (object: object): string =>
  JSON.stringify(object, (_, value) => (typeof value === 'bigint' ? value.toString() : value))

function lineOf(batch: BatchResult, done: number, of: number): string {
  const { kills, hits, reorgs, rpcFaults, liquidations, doublePayments, lost, weiDifferenceA, weiDifferenceB } = batch
  const named = Object.values(hits).reduce((sum, times) => sum + times, 0)
  const told = `${kills} kills (${named} at points), ${reorgs} reorgs, ${rpcFaults} RPC faults, ${liquidations} liquidations`
  const found = `${doublePayments} paid twice, ${lost} lost, ${weiDifferenceA}/${weiDifferenceB} wei`
  const alarmed = batch.alarmedAfter.length === 0 ? '' : `, alarmed after ${batch.alarmedAfter.join(' ')} blocks`
  const line = `world ${done}/${of}: ${told}: ${found}, ${batch.wallSeconds.toFixed(0)} s${alarmed}`
  return [line, ...batch.findings.map((finding) => `  ${finding}`)].join('\n')
}

const inWords = (summary: Summary): readonly string[] => [
  `${summary.kills} kills at ${summary.namedPoints} named points and at random, ${summary.reorgs} reorganisations, ${summary.rpcFaults} RPC faults`,
  `${summary.liquidations} liquidations: ${summary.doublePayments} paid twice, ${summary.lost} lost`,
  `journal against chain: ${summary.weiDifferenceA} wei on the vault's chain, ${summary.weiDifferenceB} wei on the engine's`,
]

const NOT_DRILLED: BrokenResult = { brokenAgents: 0, brokenAgentsCaught: 0, escaped: [], failedByTheSound: [] }

function foundLine({ name, drill, findings }: Found, sound: boolean): string {
  const [first = ''] = findings
  if (sound) return `drill ${drill}: ${first === '' ? 'what ships passes' : `what ships fails: ${first}`}`
  return `an agent that ${name}: ${first === '' ? `escaped ${drill}` : `found out by ${drill}: ${first}`}`
}

const drillWords = ({
  brokenAgents,
  brokenAgentsCaught,
  escaped,
  failedByTheSound,
}: BrokenResult): readonly string[] =>
  brokenAgents === 0
    ? []
    : [
        `${brokenAgentsCaught} of ${brokenAgents} broken agents found out`,
        ...escaped.map(({ name, drill }) => `  escaped ${drill}: an agent that ${name}`),
        ...failedByTheSound.map(({ drill, findings }) => `  what ships fails ${drill}: ${findings.join('; ')}`),
      ]
